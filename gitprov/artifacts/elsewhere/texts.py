"""The short texts that stand in a repository in place of large files, and the names in them."""

import os
import re
import struct
from typing import Final, NamedTuple

from gitprov.artifacts.elsewhere.location import ANNEX, LFS, Location
from gitprov.model.text import is_clean

LARGEST: Final = 8 << 10
"""Bytes; no pointer is longer."""
SIZE_LIMIT: Final = 1 << 63
"""Bytes; a file that says it is larger is not believed."""

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,18})\n"
)
_LFS_LARGEST: Final = 1023
OID: Final = re.compile(r"[0-9a-f]{64}")
"""A Git LFS object's name."""

# https://git-annex.branchable.com/internals/key_format/ and .../pointer_file/
_KEY: Final = re.compile(r"(?P<backend>[A-Z][A-Z0-9_]{0,40})(?P<fields>(?:-[A-Za-z][0-9]{1,20})*)--(?P<name>[^\n\t]+)")
_KEY_LONGEST: Final = 4096
_ANNEX_POINTER: Final = re.compile(rb"/annex/objects/([^\n/\0]+)(?:\n.*)?", re.DOTALL)
_ANNEX_LINK: Final = re.compile(rb"(?:.*/)?\.git/annex/objects/[^/]+/[^/]+/([^/\0\n]+)/([^/\0\n]+)", re.DOTALL)
_ESCAPES: Final = {"&a": "&", "&s": "%", "&c": ":", "%": "/"}
_ESCAPED: Final = {"&": "&a", "%": "&s", ":": "&c", "/": "%"}
_LETTERS: Final = "0123456789zqjxkmvwgpfZQJXKMVWGPF"


class Key(NamedTuple):
    """A git-annex key, taken apart: how it was made, of what, and how many bytes it stands for."""

    backend: str
    name: str
    size: int | None


def pointed(data: bytes) -> Location | None:
    """Return what a pointer file stands for, `None` when it is no pointer file of Git LFS or git-annex."""
    if len(data) <= _LFS_LARGEST and (match := _LFS.fullmatch(data)):
        return Location(LFS, oid=match[1].decode(), size=_bounded(match[2]))
    if len(data) <= LARGEST and (match := _ANNEX_POINTER.fullmatch(data)):
        return _annexed(match[1])
    return None


def linked(target: bytes) -> Location | None:
    """Return what a symbolic link into git-annex's objects stands for."""
    match = _ANNEX_LINK.fullmatch(target)
    return _annexed(match[1]) if match and match[1] == match[2] else None


def lfs_pointer(oid: str, size: int) -> bytes:
    """Return the pointer file of a Git LFS object."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


def parse_key(key: str) -> Key | None:
    """Return the parts of a key, `None` when it is not a well-formed one."""
    match = _KEY.fullmatch(key) if len(key) <= _KEY_LONGEST and is_clean(key) else None
    if match is None:
        return None
    size = re.search(r"-s([0-9]{1,19})(?=-|$)", match["fields"])
    chunk = re.search(r"-[SC][0-9]", match["fields"])
    return None if chunk else Key(match["backend"], match["name"], _bounded(size[1]) if size else None)


def object_paths(key: str) -> list[str]:
    """Return where git-annex keeps a key's bytes below `annex/objects`: in a working repository, in a bare one."""
    name = re.sub("[&%:/]", lambda match: _ESCAPED[match[0]], key)
    import hashlib  # dear to import, and only git-annex's own places need it

    digest = hashlib.md5(key.encode(), usedforsecurity=False)
    word = struct.unpack("<I", digest.digest()[:4])[0]
    letters = [_LETTERS[word >> shift & 31] for shift in (0, 6, 12, 18)]
    mixed = os.path.join(letters[1] + letters[0], letters[3] + letters[2])
    lower = os.path.join(digest.hexdigest()[:3], digest.hexdigest()[3:6])
    return [os.path.join(directories, name, name) for directories in (mixed, lower)]


def _annexed(name: bytes) -> Location | None:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return None
    key = re.sub("&[asc]|%", lambda match: _ESCAPES[match[0]], text)
    parts = parse_key(key)
    return Location(ANNEX, key=key, size=parts.size) if parts else None


def _bounded(digits: bytes | str) -> int | None:
    return size if (size := int(digits)) < SIZE_LIMIT else None
