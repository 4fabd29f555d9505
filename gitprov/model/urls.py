"""Which addresses may be recorded: none that lets whoever reads it in."""

import re
from typing import Final

URL_LIMIT: Final = 4096
"""The most characters an address may have."""

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
# What makes an address a secret: signed and shared links, and keys that are handed over in the query.
_SECRET: Final = re.compile(
    r"(?i)(x-amz-|x-goog-|goog|aws)?(signature|credential|security-token|accesskeyid|accessid)"
    r"|sig|(access_?|auth_?|private_)?token|api_?key|key|secret|password"
)
# Behind these a user name is half of a password, or all of it: https://TOKEN@host, s3://KEY@bucket.
_NO_USERS: Final = frozenset({"http", "https", "dav", "davs", "webdav", "webdavs", "s3", "gs", "gcs"})


def unsafe_url(url: str) -> str:
    """Say why an address may not be recorded; `""` where it may. The reason never repeats the secret."""
    if len(url) > URL_LIMIT:
        return f"is an address of {len(url)} characters, the limit is {URL_LIMIT}"
    if not _PLAIN.fullmatch(url):
        return "is not an address (a scheme, a colon, and what it names, in ASCII)"
    from urllib.parse import parse_qsl, urlsplit  # most statements name no address

    try:
        parts = urlsplit(url)
        named = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        return "is not an address"
    if parts.password is not None:
        return "is an address with a password in it"
    if parts.username is not None and parts.scheme in _NO_USERS:
        return "is an address with a user name in it, which may be a token"
    if any(map(_SECRET.fullmatch, named)):
        return "is an address with a signature or key in it"
    return ""
