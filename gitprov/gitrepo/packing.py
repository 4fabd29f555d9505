"""Storing many blobs: they stream into one pack in a file, which git takes in at the end.

Memory does not grow with the bytes. Until git has the pack nothing is in the repository; until a ref leads to the
blobs they are what `git gc` takes away.
"""

import contextlib
import os
import subprocess
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from gitprov.gitrepo.objects import entry_header, hash_of
from gitprov.gitrepo.process import failure
from gitprov.gitrepo.repo import Repo

_LOOSE: Final = 100
"""Fewer objects than this become files of their own, as in a fetch; more stay together in the pack."""
_COUNT_AT: Final = 8
_PIECE: Final = 1 << 20


class Pack:
    """A pack in the making. Deltas are left to `git gc`, which finds better ones than could be found here."""

    def __init__(self, file: BinaryIO, object_format: str) -> None:
        self._file = file
        self._hash = hash_of(object_format)
        self._written: set[str] = set()
        file.write(b"PACK" + (2).to_bytes(4, "big") + bytes(4))

    def blob(self, data: bytes) -> str:
        """Add a blob, once, and return its id. Raises `OSError`."""
        oid = self._hash(b"blob %d\0" % len(data) + data).hexdigest()
        if oid not in self._written:
            self._file.write(entry_header("blob", len(data)))
            self._file.write(zlib.compress(data))
            self._written.add(oid)
        return oid

    def finish(self) -> int:
        """Write the number of objects and the checksum; returns that number. Raises `OSError`."""
        file = self._file
        file.seek(_COUNT_AT)
        file.write(len(self._written).to_bytes(4, "big"))
        file.seek(0)
        checksum = self._hash(b"")
        while piece := file.read(_PIECE):
            checksum.update(piece)
        file.write(checksum.digest())
        file.flush()
        return len(self._written)


@contextlib.contextmanager
def packing(repo: Repo, path: str) -> Iterator[Pack]:
    """Make a pack in a file at `path`, which is gone afterwards, and hand it to git, unless the block fails.

    Raises `OSError` where the file cannot be written, `GitFailed` where git cannot take the objects in.
    """
    with open(path, "w+b", buffering=_PIECE) as file:
        try:
            pack = Pack(file, repo.object_format)
            yield pack
            count = pack.finish()
            if count:
                _take_in(repo, file, count)
        finally:
            os.unlink(path)


def _take_in(repo: Repo, file: BinaryIO, count: int) -> None:
    """Give the pack to git, which works out every id anew and syncs what it stores."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # git reads on from where the file itself stands, not its buffer
    verb = ("unpack-objects", "-q") if count < _LOOSE else ("index-pack", "--stdin")
    process = repo.git.popen(verb, stdin=file, stderr=subprocess.PIPE)
    _, words = process.communicate()
    if process.returncode:
        raise failure(verb, process.returncode, words)
