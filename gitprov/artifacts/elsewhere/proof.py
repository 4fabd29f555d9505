"""Whether a file's bytes are those that another tool's name stands for."""

import hashlib
import os
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from gitprov.artifacts.elsewhere.delivery import PIECE
from gitprov.artifacts.elsewhere.location import ANNEX, DVC, LFS, Location
from gitprov.artifacts.elsewhere.texts import Key, parse_key
from gitprov.artifacts.hashing import Tell

_Hash = Any  # hashlib's objects have no public type

_BY_BACKEND: Final[dict[str, Callable[[], _Hash]]] = {
    "MD5": partial(hashlib.md5, usedforsecurity=False),
    "SHA1": partial(hashlib.sha1, usedforsecurity=False),
    **{f"SHA{bits}": partial(hashlib.new, f"sha{bits}") for bits in (224, 256, 384, 512)},
    **{f"SHA3_{bits}": partial(hashlib.new, f"sha3_{bits}") for bits in (224, 256, 384, 512)},
    **{f"BLAKE2B{bits}": partial(hashlib.blake2b, digest_size=bits // 8) for bits in (160, 224, 256, 384, 512)},
    **{f"BLAKE2S{bits}": partial(hashlib.blake2s, digest_size=bits // 8) for bits in (160, 224, 256)},
}
_DOS_LOOK: Final = 512  # bytes of a file by which DVC 2 told whether it is text
_TEXT: Final = bytes(range(32, 127)) + b"\n\r\t\f\b"


def proves(location: Location, path: str, tell: Tell | None = None) -> bool | None:
    """Hash a file as the other tool did, and tell whether it is what `location` names; `None` when no hash tells.

    OSError when it cannot be read. A URL, a version of an S3 object and a directory prove nothing.
    """
    if location.kind == LFS:
        return _hashed(path, hashlib.sha256(), tell) == location.oid
    if location.kind == DVC and not location.md5.endswith(".dir"):
        return location.md5 in _md5s(path, tell)
    key = parse_key(location.key) if location.kind == ANNEX else None
    return _proves_key(key, path, tell) if key else None


def _proves_key(key: Key, path: str, tell: Tell | None) -> bool | None:
    extended = key.backend.endswith("E")
    make = _BY_BACKEND.get(key.backend.removesuffix("E"))
    if make is None:
        return None
    if key.size is not None and os.stat(path).st_size != key.size:
        return False
    said = key.name.partition(".")[0] if extended else key.name
    return bool(_hashed(path, make(), tell) == said)


def _hashed(path: str, hasher: _Hash, tell: Tell | None) -> str:
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(PIECE):
            hasher.update(piece)
            if tell:
                tell(len(piece))
    return str(hasher.hexdigest())


def _md5s(path: str, tell: Tell | None) -> set[str]:
    """Return the MD5 of a file, and for text what DVC before 3 took for it: that of the lines as Unix ends them."""
    plain, unix = hashlib.md5(usedforsecurity=False), hashlib.md5(usedforsecurity=False)
    with open(path, "rb", buffering=0) as file:
        first = file.read(PIECE)
        text = _is_text(first[:_DOS_LOOK])
        piece = first
        while piece:
            plain.update(piece)
            if text:  # a piece at a time, as DVC did: a line end cut in two stays as it is
                unix.update(piece.replace(b"\r\n", b"\n"))
            if tell:
                tell(len(piece))
            piece = file.read(PIECE)
    return {plain.hexdigest(), unix.hexdigest()} if text else {plain.hexdigest()}


def _is_text(block: bytes) -> bool:
    """Guess as DVC 2 did (`dvc_objects.istextfile`): no NUL, and less than 30 % that is no text character."""
    if not block:
        return True
    if b"\0" in block:
        return False
    return len(block.translate(None, _TEXT)) / len(block) <= 0.30
