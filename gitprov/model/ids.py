"""Names that are made of hex digits: record ids, Git object ids, content digests."""

import re
from typing import Final

ABBREV: Final = 7
"""How many digits of an id people are shown; any prefix of at least this many is unambiguous in practice."""

_ID_BYTES: Final = 16
_ID: Final = re.compile(r"[0-9a-f]{32}")
_OID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DIGEST: Final = re.compile(r"b3:[0-9a-f]{64}|git:[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LOCATION: Final = re.compile(r"[0-9a-f]{32}:(?:0|[1-9][0-9]{0,2})")


def new_id(rand: bytes) -> str:
    """Return the record id, 32 hex digits, that 16 random bytes spell; ValueError for any other length."""
    if len(rand) != _ID_BYTES:
        raise ValueError(f"an id is made of {_ID_BYTES} random bytes, not {len(rand)}")
    return rand.hex()


def is_id(text: str) -> bool:
    """Tell whether `text` is a whole record id: 32 lower-case hex digits."""
    return _ID.fullmatch(text) is not None


def is_oid(text: str) -> bool:
    """Tell whether `text` is a whole Git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits."""
    return _OID.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Tell whether `text` is a content digest: `b3:` and 64 hex digits, or `git:` and an object id."""
    return _DIGEST.fullmatch(text) is not None


def is_content_digest(text: str) -> bool:
    """Tell whether `text` is the digest of bytes, `b3:` and 64 hex digits, and no `git:` one."""
    return text.startswith("b3:") and is_digest(text)


def is_location_id(text: str) -> bool:
    """Tell whether `text` is the id of a location: that of its statement, a colon, its number there."""
    return _LOCATION.fullmatch(text) is not None
