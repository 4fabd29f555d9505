"""Reading and hashing what rows name: the work of one worker."""

import os
import stat
from typing import Final, NamedTuple, Protocol

from blake3 import blake3

from gitprov.artifacts.hashing import LARGE, OPEN, FileDigest, Tell, digest_file
from gitprov.artifacts.scan.rows import NUMBERS, TAIL, Identity, identity, matches, open_directory
from gitprov.errors import ProvError

# What came of a row.
UNKNOWN: Final = 0
KNOWN: Final = 1
"""Its digest is that of the file the row says."""
ESCAPING: Final = 2
"""Known; a link that leads out of the directory."""
NOTHING: Final = 3
"""It has no entry: it is no file, or an empty directory."""
MOVED: Final = 4
"""Its digest is good, but the row is out of date."""
CHANGED: Final = 5
"""It changed each time it was read."""
FAILED: Final = 6
"""It could not be read; `size` is the number of the error."""

_NO_DIGEST: Final = bytes(32)
_OPEN: Final = OPEN | os.O_NOFOLLOW
_UNMARKED: Final = _OPEN | getattr(os, "O_NOATIME", 0)
"""Leaves no mark that the file was read, which would be one more write for each; for the files of one's own."""


class Outcome(NamedTuple):
    """What came of one row."""

    state: int
    size: int
    digest: bytes


class Keeper(Protocol):
    """What puts bytes into a store; each worker has its own."""

    def fork(self, number: int = 0) -> "Keeper":
        """Return the keeper of one worker."""
        ...

    def takes_bytes(self, size: int) -> bool:
        """Tell whether a file of so many bytes is as well handed over as bytes."""
        ...

    def keep_hashed(self, raw: bytes, data: bytes) -> None:
        """Keep these bytes, which have this hash."""
        ...

    def keep(self, path: str | bytes, tell: Tell | None = None) -> FileDigest:
        """Keep a file, and return the digest of what was kept."""
        ...

    def close(self) -> None:
        """Sync all, and give everything its place."""
        ...


class Reader:
    """Reads the files of rows, directory by directory."""

    def __init__(self, root: bytes, keeper: Keeper | None, tell: Tell, *, mapped: bool = True) -> None:
        self._root = root
        self._keeper = keeper
        self._tell = tell
        self._mapped = mapped
        self._how = _UNMARKED
        self._small_enough = -1
        """Bytes; a file that has no more is read at once."""

    def read(self, directory: bytes, known: Identity, rows: list[bytes]) -> list[Outcome]:
        """Return what came of rows of the directory with this path below the root; OSErrors are outcomes."""
        path = os.path.join(self._root, directory)
        try:
            handle = open_directory(path, follow=not directory)
        except OSError as error:
            return [_failed(error)] * len(rows)
        try:
            if identity(os.fstat(handle)) != known:  # another directory by now
                return [Outcome(FAILED, 0, _NO_DIGEST)] * len(rows)
            return [self._row(handle, directory, row) for row in rows]
        finally:
            os.close(handle)

    def _row(self, handle: int, directory: bytes, row: bytes) -> Outcome:
        numbers = NUMBERS.unpack_from(row, len(row) - TAIL + 1)
        name, mode, size = row[:-TAIL], numbers[0], numbers[3]
        try:
            if stat.S_ISLNK(mode):
                return _link(handle, directory, name, size)
            if (size <= self._small_enough or self._at_once(size)) and (
                outcome := self._small(handle, name, size, numbers)
            ):
                return outcome
            return self._file(handle, directory, name, numbers)
        except OSError as error:
            return _failed(error)

    def _at_once(self, size: int) -> bool:
        if size > LARGE or (self._keeper and not self._keeper.takes_bytes(size)):
            return False
        self._small_enough = size
        return True

    def _small(self, handle: int, name: bytes, size: int, numbers: tuple[int, ...]) -> Outcome | None:
        """Read a file that is what its row says, as nearly all are, with as few calls as can be."""
        file = self._opened(handle, name)
        try:
            data = os.read(file, size + 1)
            if len(data) != size or not matches(numbers, os.fstat(file)):
                return None
        except BlockingIOError:  # a pipe by now
            return None
        finally:
            os.close(file)
        raw = blake3(data).digest()
        if self._keeper:
            self._keeper.keep_hashed(raw, data)
        self._tell(size)
        return Outcome(KNOWN, size, raw)

    def _opened(self, handle: int, name: bytes) -> int:
        try:
            return os.open(name, self._how, dir_fd=handle)
        except PermissionError:
            self._how = _OPEN  # it is another user's, and more of theirs may come
            return os.open(name, _OPEN, dir_fd=handle)

    def _file(self, handle: int, directory: bytes, name: bytes, numbers: tuple[int, ...]) -> Outcome:
        """Read a file that is large, or is not what its row says any more."""
        try:
            if self._keeper:
                found = self._keeper.keep(os.path.join(self._root, directory, name), self._tell)
            else:
                found = digest_file(name, self._tell, dir_fd=handle, follow=False, mapped=self._mapped)
        except ProvError:
            if stat.S_ISREG(os.lstat(name, dir_fd=handle).st_mode):
                raise
            return Outcome(NOTHING, 0, _NO_DIGEST)
        after = os.lstat(name, dir_fd=handle)
        if not stat.S_ISREG(after.st_mode):  # the keeper follows links
            return Outcome(NOTHING, 0, _NO_DIGEST)
        state = CHANGED if found.changed else KNOWN if matches(numbers, after) else MOVED
        return Outcome(state, found.size, bytes.fromhex(found.digest[3:]))


def _link(handle: int, directory: bytes, name: bytes, size: int) -> Outcome:
    text = os.readlink(name, dir_fd=handle)
    state = ESCAPING if leads_out(directory, text) else KNOWN if len(text) == size else MOVED
    return Outcome(state, len(text), blake3(text).digest())


def leads_out(directory: bytes, target: bytes) -> bool:
    """Tell whether a link in a directory below the root leads out of the root, as far as its text can tell."""
    if target.startswith(b"/"):
        return True
    depth = directory.count(b"/") + 1 if directory else 0
    for part in target.split(b"/"):
        if part == b"..":
            depth -= 1
        elif part not in (b"", b"."):
            depth += 1
        if depth < 0:
            return True
    return False


def _failed(error: OSError) -> Outcome:
    return Outcome(FAILED, error.errno or 0, _NO_DIGEST)
