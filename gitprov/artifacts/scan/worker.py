"""One forked worker: takes jobs from a pipe, reads and hashes, and answers through another.

A job is groups of rows, each of one directory. A frame of an answer is its kind and length, then: for `DONE`, the bytes
read since the last frame, then the states, the sizes and the digests of all rows, in order; for `TOLD`, bytes read; for
`ERROR`, the message and the hint.
"""

import os
import signal
from array import array
from struct import Struct
from typing import BinaryIO, Final, NamedTuple

from gitprov.artifacts.scan.reading import Keeper, Outcome, Reader
from gitprov.artifacts.scan.rows import Identity, split_rows
from gitprov.errors import ProvError

DONE: Final = 1
TOLD: Final = 2
ERROR: Final = 3
FRAME: Final = Struct("=BI")
COUNT: Final = Struct("=Q")
_GROUPS: Final = Struct("=I")
_GROUP: Final = Struct("=IIqQ")
_TELL_EVERY: Final = 32 << 20  # bytes


class Group(NamedTuple):
    """Rows of one directory, whose path is below the root."""

    directory: bytes
    known: Identity
    rows: list[bytes]


def packed(groups: list[Group]) -> bytes:
    """Return a job as it goes through the pipe."""
    parts = [_GROUPS.pack(len(groups))]
    for directory, known, rows in groups:
        data = b"".join(rows)
        parts += [_GROUP.pack(len(directory), len(data), *known), directory, data]
    return b"".join(parts)


def work(number: int, root: bytes, keeper: Keeper | None, commands: int, answers: int) -> None:
    """Do what is asked until the pipe is closed; the process ends here."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted as well, and ends us
        signal.signal(signal.SIGBUS, signal.SIG_DFL)  # a mapped file was shortened: the parent knows what to do
        with open(commands, "rb") as asked:
            _Worker(root, keeper.fork(number) if keeper else None, answers).run(asked)
        status = 0
    except BrokenPipeError:  # the parent has gone
        pass
    except ProvError as error:
        _write(answers, ERROR, f"{error.message}\0{error.hint}".encode("utf-8", "replace"))
    except Exception as error:  # noqa: BLE001 - it is told where somebody hears it
        _write(answers, ERROR, f"a hashing process failed: {error!r}\0".encode("utf-8", "replace"))
    finally:
        os._exit(status)


class _Worker:
    def __init__(self, root: bytes, keeper: Keeper | None, answers: int) -> None:
        self._reader = Reader(root, keeper, self._tell)
        self._keeper = keeper
        self._answers = answers
        self._told = 0

    def run(self, asked: BinaryIO) -> None:
        while head := asked.read(_GROUPS.size):
            outcomes: list[Outcome] = []
            for _ in range(_GROUPS.unpack(head)[0]):
                path, length, *known = _GROUP.unpack(asked.read(_GROUP.size))
                directory = asked.read(path)
                outcomes += self._reader.read(directory, Identity(*known), split_rows(asked.read(length)))
            self._answer(outcomes)
        if self._keeper:
            self._keeper.close()

    def _answer(self, outcomes: list[Outcome]) -> None:
        told, self._told = self._told, 0
        states, sizes, digests = zip(*outcomes, strict=True)
        data = b"".join([COUNT.pack(told), bytes(states), array("q", sizes).tobytes(), *digests])
        _write(self._answers, DONE, data)

    def _tell(self, more: int) -> None:
        self._told += more
        if self._told >= _TELL_EVERY:
            told, self._told = self._told, 0
            _write(self._answers, TOLD, COUNT.pack(told))


def _write(handle: int, kind: int, data: bytes) -> None:
    rest = memoryview(FRAME.pack(kind, len(data)) + data)
    while rest:
        rest = rest[os.write(handle, rest) :]
