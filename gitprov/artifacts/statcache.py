"""Digests of files remembered by what `stat` says of them, so that a large file that stays as it is is read once.

A table of fixed size in one file: the key's hash says in which row an answer stands, so that looking one up costs one
short read however much is remembered, and what is new takes the place of something old. Processes that write at the
same moment need no lock: an entry that was torn or damaged fails its check and is no answer.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Final

from blake3 import blake3

from gitprov.artifacts.hashing import FileDigest, Tell, digest_file

WORTH: Final = 4 << 20
"""Bytes; where all files together have fewer, hashing them is quicker than remembering."""
_SMALLEST: Final = 64 << 10  # bytes of a file that is looked up; a smaller one is read as quickly
_ROWS: Final = 1 << 15
_PER_ROW: Final = 4
_TAG: Final = slice(4, 24)  # of the key's hash; the bytes before it choose the row
_DIGEST: Final = 32
_CHECK: Final = 12
_ENTRY: Final = 20 + _DIGEST + _CHECK
_ROW: Final = _PER_ROW * _ENTRY

# A file may change once more without another time stamp, for as long as its clock has not moved on.
_FINE: Final = 100_000_000  # ns; the steps of file systems that keep fractions of a second
_COARSE: Final = 2_000_000_000  # ns; those of the others
_SECOND: Final = 1_000_000_000


class StatCache:
    """Remembers digests in a file, which may be lost or damaged at any moment, and shared by any processes."""

    def __init__(self, path: str, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            self._handle = -1

    def digest(self, path: str | bytes, tell: Tell | None = None) -> FileDigest:
        """Return the digest of a file, as `digest_file` does, from memory where the file is still the same."""
        before = os.stat(path)
        if before.st_size < _SMALLEST or self._handle < 0:
            return digest_file(path, tell)
        key = _key(path, before)
        if known := self._find(key):
            if tell:
                tell(before.st_size)
            return FileDigest(f"b3:{known.hex()}", before.st_size)
        began = int(self._clock() * _SECOND)
        found = digest_file(path, tell)
        if not found.changed and _is_settled(before, began) and _key(path, os.stat(path)) == key:
            self._keep(key, bytes.fromhex(found.digest.removeprefix("b3:")))
        return found

    def close(self) -> None:
        """Let go of the file; digests are worked out from then on."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def _find(self, key: bytes) -> bytes:
        """Return the remembered digest; `b""` where there is none."""
        for entry in self._row(key):
            if entry.startswith(key[_TAG]) and _is_sound(entry):
                return entry[20 : 20 + _DIGEST]
        return b""

    def _keep(self, key: bytes, digest: bytes) -> None:
        sound = [_is_sound(entry) for entry in self._row(key)]
        slot = sound.index(False) if False in sound else key[-1] % _PER_ROW
        body = key[_TAG] + digest
        try:
            os.pwrite(self._handle, body + _check(body), _offset(key) + slot * _ENTRY)
        except OSError:  # a full disk: nothing more is remembered
            self.close()

    def _row(self, key: bytes) -> list[bytes]:
        try:
            data = os.pread(self._handle, _ROW, _offset(key)).ljust(_ROW, b"\0")
        except OSError:
            data = bytes(_ROW)
        return [data[at : at + _ENTRY] for at in range(0, _ROW, _ENTRY)]


def remembering(path: str, sizes: Iterable[int], clock: Callable[[], float] = time.time) -> StatCache | None:
    """Return the cache at `path` where files of these sizes (bytes) are worth it."""
    return StatCache(path, clock) if sum(size for size in sizes if size >= _SMALLEST) >= WORTH else None


def _key(path: str | bytes, found: os.stat_result) -> bytes:
    numbers = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return blake3(b"%d %d %d %d %d " % numbers + os.fsencode(path)).digest()


def _offset(key: bytes) -> int:
    return int.from_bytes(key[:4], "big") % _ROWS * _ROW


def _check(body: bytes) -> bytes:
    return blake3(body).digest(length=_CHECK)


def _is_sound(entry: bytes) -> bool:
    body = entry[:-_CHECK]
    return _check(body) == entry[-_CHECK:]


def _is_settled(found: os.stat_result, began_ns: int) -> bool:
    """Tell whether a later change would have another time stamp than the file had when it was read."""
    is_coarse = found.st_mtime_ns % _SECOND == 0 and found.st_ctime_ns % _SECOND == 0
    return began_ns - max(found.st_mtime_ns, found.st_ctime_ns) > (_COARSE if is_coarse else _FINE)
