"""From rows that have to be read to jobs, and from answers back to the directories."""

import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import LARGE, Tell
from gitprov.artifacts.scan.directory import Directory
from gitprov.artifacts.scan.process import Answer, Job
from gitprov.artifacts.scan.reading import CHANGED, ESCAPING, FAILED, KNOWN, MOVED, NOTHING, Keeper, Outcome
from gitprov.artifacts.scan.result import LEADS_OUT, Remarks
from gitprov.artifacts.scan.rows import Numbers, name_of, numbers_of
from gitprov.artifacts.scan.worker import Group
from gitprov.artifacts.scan.workers import SHRANK, Here, Hire, Workers, workers_for

_MOST_ROWS: Final = 256  # of one directory
_FIXED: Final = 64  # bytes, about, that a group takes beside its rows
_MOST_BYTES: Final = 1 << 20
_LONGEST: Final = 1 << 15  # bytes of rows and paths, so that a job goes through the pipe at once
_FEW: Final = 1 << 18  # bytes that are read sooner than workers are forked
_WORTH: Final = 64 << 10  # bytes of a file from which on it pays to look for its other names
Release = Callable[[Directory], None]
"""Told that a directory waits for one thing less."""


class Waiting(NamedTuple):
    """Rows of a directory that are being read, by their places."""

    directory: Directory
    places: list[int]


class Jobs:
    """Gathers rows, has them read, and puts what came of them into their directories."""

    def __init__(
        self,
        root: bytes,
        keeper: Keeper | None,
        remarks: Remarks,
        release: Release,
        *,
        tell: Tell,
        number: int | Hire | None,
    ) -> None:
        self.hashed = 0
        """Rows that were read."""
        self._root = root
        self._keeper = keeper
        self._remarks = remarks
        self._release = release
        self._tell = tell
        self._number = number
        self._workers: Workers | None = None
        self._groups: list[Group] = []
        self._waiting: list[Waiting] = []
        self._last: Directory | None = None
        self._places: list[int] = []
        self._rows: list[bytes] = []
        """Of the last group."""
        self._bytes = self._length = 0
        """Of all groups."""
        self._names: dict[Numbers, list[tuple[Directory, int]]] = {}
        """Other names of a file that is being read."""
        self._known: dict[Numbers, Outcome] = {}
        """Files that may have other names still to come."""

    def start(self) -> None:
        """Make the workers ready, if they are not."""
        if self._workers is None:
            self._workers = workers_for(self._root, self._keeper, self._done, self._tell, self._number)

    def add(self, directory: Directory, at: int, row: bytes, size: int, *, is_shared: bool) -> None:
        """Have a row read, of a file with so many bytes, which may have other names."""
        if is_shared and size >= _WORTH:
            self._add_shared(directory, at, row)
            return
        if size > LARGE:
            self._add_alone(directory, at, row, None)
            return
        if directory is not self._last:
            self._begin_group(directory)
        self._places.append(at)
        self._rows.append(row)
        self._bytes += size
        self._length += len(row)
        if self._is_full():
            self._flush()

    def add_all(self, directory: Directory, begin: int, rows: list[bytes], sizes: Sequence[int]) -> None:
        """Have rows read that stand together from `begin` on, of files that have no other names and are not large."""
        done = 0
        while done < len(rows):
            count = min(_MOST_ROWS - len(self._rows) if directory is self._last else _MOST_ROWS, len(rows) - done)
            while count > 1 and self._is_too_much(rows, sizes, done, done + count):
                count //= 2
            if directory is not self._last:
                self._begin_group(directory)
            end = done + count
            self._places += range(begin + done, begin + end)
            self._rows += rows[done:end]
            self._bytes += sum(sizes[done:end])
            self._length += sum(map(len, rows[done:end]))
            done = end
            if self._is_full():
                self._flush()

    def _is_too_much(self, rows: list[bytes], sizes: Sequence[int], begin: int, end: int) -> bool:
        more = sum(sizes[begin:end])
        return self._bytes + more > _MOST_BYTES or self._length + sum(map(len, rows[begin:end])) > _LONGEST

    def _is_full(self) -> bool:
        return len(self._rows) >= _MOST_ROWS or self._bytes >= _MOST_BYTES or self._length >= _LONGEST

    def finish(self) -> None:
        """Have everything read that is left, and wait for it."""
        if not self._workers and self._bytes <= _FEW:
            self._workers = Here(self._root, self._keeper, self._done, self._tell)
        self._flush()
        if self._workers:
            self._workers.finish()

    def abort(self) -> None:
        """End at once."""
        if self._workers:
            self._workers.abort()

    def _begin_group(self, directory: Directory) -> None:
        directory.waiting += 1
        self._last, self._places, self._rows = directory, [], []
        self._waiting.append(Waiting(directory, self._places))
        self._groups.append(Group(directory.path, directory.identity, self._rows))
        self._length += len(directory.path) + _FIXED

    def _add_alone(self, directory: Directory, at: int, row: bytes, shared: Numbers | None) -> None:
        directory.waiting += 1
        self._submit(Job([Group(directory.path, directory.identity, [row])], ([Waiting(directory, [at])], shared)))

    def _add_shared(self, directory: Directory, at: int, row: bytes) -> None:
        """Have a file with several names read once."""
        numbers = numbers_of(row)
        if known := self._known.get(numbers):
            self._put(directory, at, known)
        elif numbers in self._names:
            directory.waiting += 1
            self._names[numbers].append((directory, at))
        else:
            self._names[numbers] = []
            self._add_alone(directory, at, row, numbers)

    def _flush(self) -> None:
        if self._waiting:
            job = Job(self._groups, (self._waiting, None))
            self._groups, self._waiting = [], []
            self._last = None
            self._bytes = self._length = 0
            self._submit(job)

    def _submit(self, job: Job) -> None:
        self.start()
        assert self._workers
        self._workers.submit(job)

    def _done(self, job: Job, answer: Answer) -> None:
        """Put an answer into the directories that wait for it."""
        waiting, shared = job.meant
        begin = 0
        for directory, places in waiting:
            end = begin + len(places)
            self._take(directory, places, answer, begin)
            directory.read += sum(answer.sizes[begin:end])
            begin = end
        self.hashed += begin
        if shared:
            known = self._known[shared] = answer.outcome(0)
            for directory, at in self._names.pop(shared):
                self._put(directory, at, known)
                self._release(directory)
        for directory, _ in waiting:
            self._release(directory)

    def _take(self, directory: Directory, places: list[int], answer: Answer, begin: int) -> None:
        count, at = len(places), places[0]
        if places[-1] - at + 1 == count and answer.states.count(KNOWN, begin, begin + count) == count:
            directory.states[at : at + count] = bytes([KNOWN]) * count
            directory.digests[32 * at : 32 * (at + count)] = answer.digests[32 * begin : 32 * (begin + count)]
            return
        for number, place in enumerate(places, begin):
            self._put(directory, place, answer.outcome(number))

    def _put(self, directory: Directory, at: int, outcome: Outcome) -> None:
        state, size, digest = outcome
        path = os.path.join(directory.path, name_of(directory.rows[at]))
        if state == FAILED:
            self._remarks.skip(path, _REASONS.get(size) or f"cannot be read: {os.strerror(size)}")
        elif state == NOTHING:
            state = FAILED  # for now
            self._remarks.skip(path, "is no file any more")
        elif state == CHANGED:
            self._remarks.skip(path, "changed while it was read")
        elif state == ESCAPING:
            self._remarks.remark(path, LEADS_OUT)
        directory.put(at, state, digest, size if state in (MOVED, CHANGED, ESCAPING) else None)


_REASONS: Final = {0: "is gone", SHRANK: "was shortened while it was read"}
