"""Where things stand in the trees of data commits; see `docs/spec/data.md` and `docs/spec/pointers.md`."""

import re
from typing import Final

ATTACHMENTS: Final = "b3"
STATEMENTS: Final = "pointer"

_ATTACHMENT: Final = re.compile(rb"b3/([0-9a-f]{64})")
_STATEMENT: Final = re.compile(rb"pointer/([0-9a-f]{64})-([0-9a-f]{32})")


def attachment(digest: str) -> str:
    """The place of the attachment with this digest."""
    return digest.replace(":", "/", 1)


def statement(digest: str, statement_id: str) -> str:
    """The place of a statement about the bytes with this digest."""
    return f"{STATEMENTS}/{digest.removeprefix('b3:')}-{statement_id}"


def attachment_key(place: bytes) -> bytes:
    """The hash in an attachment's place, 32 bytes; empty where it is no such place."""
    found = _ATTACHMENT.fullmatch(place)
    return bytes.fromhex(found[1].decode("ascii")) if found else b""


def statement_key(place: bytes) -> bytes:
    """The hash and the statement's id in a statement's place, 48 bytes; empty where it is no such place."""
    found = _STATEMENT.fullmatch(place)
    return bytes.fromhex((found[1] + found[2]).decode("ascii")) if found else b""
