"""What may stand in a lock: names, versions, commits, addresses. What does not fit is refused, never mended."""

import re
from typing import Final
from urllib.parse import urlsplit

from gitprov.capture.environment import pylock

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
"""A distribution's name in its normalised form (PEP 503)."""
VERSION: Final = re.compile(pylock.VERSION, re.ASCII)
"""A version, as a lock is written; of digits that every installer reads."""
PYTHON: Final = re.compile(r"(\d{1,2})\.(\d{1,3})\.(\d{1,3})((?:a|b|rc)\d{1,3})?", re.ASCII)
"""An interpreter's version: major, minor, patch, and what precedes a release."""
COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
"""One part of a path inside a repository or an archive: no `..`, nothing that begins like an option."""
FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!-]*\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)")

_LONGEST: Final = 200
_LONGEST_URL: Final = 2000
_DIGITS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
# No `$`, `{`, quote, space or backslash: an installer's file of requirements gives each of them a meaning.
_ADDRESS: Final = re.compile(r"[a-z]+://[A-Za-z0-9._~:/@%+,=&?-]+")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._~%+-]*@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
_VCS_SCHEMES: Final = ("https", "http", "ssh")
_ARCHIVE_SCHEMES: Final = ("https", "http")


def is_name(text: str) -> bool:
    """Tell whether a text is a distribution's normalised name."""
    return len(text) <= _LONGEST and NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Tell whether a text is a version that installers understand."""
    return len(text) <= _LONGEST and VERSION.fullmatch(text) is not None


def is_hash(algorithm: str, digits: str) -> bool:
    """Tell whether these are the hash of a file as pip takes one."""
    return re.fullmatch(f"[0-9a-f]{{{_DIGITS.get(algorithm, 0)}}}", digits) is not None and algorithm in _DIGITS


def unsafe_subdirectory(path: str) -> str:
    """Say why a path inside a repository or an archive is refused; `""` where it is fine."""
    parts = path.split("/")
    return "" if all(PART.fullmatch(part) for part in parts) else "has a subdirectory that reaches elsewhere"


def unsafe_repository(url: str) -> str:
    """Say why nothing is cloned from an address; `""` where that is possible."""
    return _unsafe(url, _VCS_SCHEMES)


def unsafe_archive(url: str) -> str:
    """Say why nothing is downloaded from an address; `""` where that is possible."""
    return _unsafe(url, _ARCHIVE_SCHEMES)


def _unsafe(url: str, schemes: tuple[str, ...]) -> str:
    if "redacted:" in url:
        return "has an address with something secret in it, which was not recorded"
    if len(url) > _LONGEST_URL or not _ADDRESS.fullmatch(url):
        return "has an address that is none"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "has an address that is none"
    if parts.scheme not in schemes:
        return f"has an address that is not of {', '.join(schemes)}"
    if not _HOST.fullmatch(parts.netloc):
        return "has an address without a proper host"
    return ""
