"""A scan whose files are read by a cluster: the walk is the one of a local scan, and so is all that comes of it."""

import os
from array import array
from typing import Final, NamedTuple

from gitprov.artifacts.beyond.cluster import Cluster
from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.scan import Scanned, one
from gitprov.artifacts.scan.process import Answer, Job
from gitprov.artifacts.scan.reading import Keeper, Outcome, Reader
from gitprov.artifacts.scan.rows import NUMBERS, TAIL, Identity, identity, open_directory
from gitprov.artifacts.scan.worker import Group
from gitprov.artifacts.scan.workers import Done, Hire, Workers
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError

_MOST_ROWS: Final = 2048
_MOST_KEPT_ROWS: Final = 8192  # so that a pack of a store is not too small
_MOST_BYTES: Final = 32 << 20
_DEVICE: Final = 5 - TAIL
"""Where in a row, from its end, the device stands: behind the NUL and the mode."""


class Reading(NamedTuple):
    """Rows of directories below a root that are to be read, job by job, and the store that keeps them."""

    root: bytes
    store: Store | None
    jobs: list[list[Group]]


class Read(NamedTuple):
    """What came of it: the parts of an `Answer` a job, and how many bytes were read."""

    answers: list[tuple[bytes, bytes, bytes]]
    told: int


class OneFile(NamedTuple):
    """A file that is to be read."""

    path: bytes
    store: Store | None


def hired(cluster: Cluster, store: Store | None) -> Hire:
    """Return what lets a cluster do the reading of a scan; its workers keep what they read in the store, if given."""

    def hire(root: bytes, _keeper: Keeper | None, done: Done, tell: Tell) -> Workers:
        return _Cluster(cluster, root, store, done, tell)

    return hire


def read_one(cluster: Cluster, path: bytes, store: Store | None, tell: Tell) -> Scanned:
    """Return what `scan.one` does of a file that a worker reads, and keeps."""
    (scanned,) = [scanned for _, scanned in cluster.each(_read_one, [OneFile(path, store)])]
    tell(scanned.size)
    return scanned


class _Cluster:
    """`Workers`: sends the jobs of a scan, many at a time."""

    def __init__(self, cluster: Cluster, root: bytes, store: Store | None, done: Done, tell: Tell) -> None:
        self._root = root
        self._store = store
        self._done = done
        self._tell = tell
        self._window = cluster.window(_read)
        self._jobs: list[Job] = []
        self._rows = self._bytes = 0
        self._most_rows = _MOST_KEPT_ROWS if store else _MOST_ROWS

    def submit(self, job: Job) -> None:
        """Send a job, now or with those that follow."""
        rows = [row for group in job.groups for row in group.rows]
        self._jobs.append(job)
        self._rows += len(rows)
        self._bytes += sum(NUMBERS.unpack_from(row, len(row) - TAIL + 1)[3] for row in rows)
        if self._rows >= self._most_rows or self._bytes >= _MOST_BYTES:
            self._flush()

    def finish(self) -> None:
        """Send what is left, and wait for all."""
        self._flush()
        for jobs, read in self._window.rest():
            self._take(jobs, read)

    def abort(self) -> None:
        """Call back what was sent."""
        self._window.cancel()

    def _flush(self) -> None:
        if self._jobs:
            jobs, self._jobs = self._jobs, []
            self._rows = self._bytes = 0
            self._window.submit(Reading(self._root, self._store, [job.groups for job in jobs]), jobs)
        for sent, read in self._window.arrived():
            self._take(sent, read)

    def _take(self, jobs: list[Job], read: Read) -> None:
        self._tell(read.told)
        for job, (states, sizes, digests) in zip(jobs, read.answers, strict=True):
            answer = Answer(states, array("q", sizes), digests)
            count = sum(len(group.rows) for group in job.groups)
            if not len(states) == len(answer.sizes) == len(digests) / 32 == count:
                raise ProvError("a worker has answered for other files", hint="see that all run the same gitprov")
            self._done(job, answer)


def _read(reading: Reading) -> Read:
    """Read, on a worker. What is kept is in the store when this returns."""
    if reading.store is None:
        return _read_into(reading, None)
    with reading.store.keeper() as keeper:
        return _read_into(reading, keeper)


def _read_into(reading: Reading, keeper: Keeper | None) -> Read:
    told: list[int] = []
    # A mapped file that somebody shortens would end the worker, and with it what others have there.
    reader = Reader(reading.root, keeper, told.append, mapped=False)
    answers = []
    for groups in reading.jobs:
        outcomes = [outcome for group in groups for outcome in _read_group(reader, reading.root, group)]
        states, sizes, digests = zip(*outcomes, strict=True)
        answers.append((bytes(states), array("q", sizes).tobytes(), b"".join(digests)))
    return Read(answers, sum(told))


def _read_group(reader: Reader, root: bytes, group: Group) -> list[Outcome]:
    """Read rows that another machine has made: shared storage has another number of the device on each."""
    directory, known, rows = group
    try:
        handle = open_directory(os.path.join(root, directory), follow=not directory)
    except OSError:
        return reader.read(directory, known, rows)  # it finds the words
    try:
        device = identity(os.fstat(handle)).device
    finally:
        os.close(handle)
    if device != known.device:
        rows = [_moved(row, known.device, device) for row in rows]
    return reader.read(directory, Identity(device, known.inode), rows)


def _moved(row: bytes, old: int, new: int) -> bytes:
    at = len(row) + _DEVICE
    is_there = row[at : at + 8] == _number(old)
    return row[:at] + _number(new) + row[at + 8 :] if is_there else row


def _number(device: int) -> bytes:
    return NUMBERS.pack(0, device, 0, 0, 0, 0)[4:12]


def _read_one(asked: OneFile) -> Scanned:
    if asked.store is None:
        return one(asked.path, mapped=False)
    with asked.store.keeper() as keeper:
        return one(asked.path, keep=keeper)
