"""The workers of one scan: forked when there is work for them, fed, heard, and ended.

Forking copies locks that another thread may hold at that moment. So nothing here starts a thread, large files are
hashed by the workers as well, and in a process that has threads all is done right here instead. A worker that is ended
by SIGBUS, as when somebody shortens a file that it has mapped, is not the end of the scan.
"""

import os
import select
import signal
from array import array
from collections.abc import Callable
from typing import Final, Protocol

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.scan.process import Answer, Job, Process
from gitprov.artifacts.scan.reading import FAILED, Keeper, Reader
from gitprov.artifacts.scan.worker import COUNT, DONE, ERROR, TOLD
from gitprov.errors import ProvError

SHRANK: Final = -1
"""The "number of the error" of a file that was shortened while it was read, twice."""
_AHEAD: Final = 3  # jobs that one worker has at a time, so that it need not wait for us
_MOST: Final = 16
_READ: Final = 1 << 16

Done = Callable[[Job, Answer], None]
"""Told what came of a job."""
Hire = Callable[[bytes, Keeper | None, Done, Tell], "Workers"]
"""Gives the workers for a root, where they are not to be processes of this machine."""


class Workers(Protocol):
    """Who does jobs."""

    def submit(self, job: Job) -> None:
        """Do a job, now or later."""
        ...

    def finish(self) -> None:
        """Do all that is left."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


def workers_for(root: bytes, keeper: Keeper | None, done: Done, tell: Tell, number: int | Hire | None) -> Workers:
    """Return `number` forked workers, as many as there are cores if nothing is said; or what does all right here."""
    if callable(number):
        return number(root, keeper, done, tell)
    if number == 0 or not is_alone():
        return Here(root, keeper, done, tell)
    return Forked(root, keeper, done, tell, number or min(cores(), _MOST))


class Here:
    """Does the jobs in this process."""

    def __init__(self, root: bytes, keeper: Keeper | None, done: Done, tell: Tell) -> None:
        self._reader = Reader(root, keeper, tell)
        self._done = done

    def submit(self, job: Job) -> None:
        """Do a job."""
        outcomes = [outcome for group in job.groups for outcome in self._reader.read(*group)]
        states, sizes, digests = zip(*outcomes, strict=True)
        self._done(job, Answer(bytes(states), array("q", sizes), b"".join(digests)))

    def finish(self) -> None:
        """Nothing is left."""

    def abort(self) -> None:
        """Nothing has been begun."""


class Forked:
    """Hands the jobs to forked workers."""

    def __init__(self, root: bytes, keeper: Keeper | None, done: Done, tell: Tell, number: int) -> None:
        self._root = root
        self._keeper = keeper
        self._done = done
        self._tell = tell
        self._poll = select.poll()
        self._by_handle: dict[int, Process] = {}
        for at in range(number):
            self._start(at)

    def submit(self, job: Job) -> None:
        """Give a job to the worker that has least to do, when it has room."""
        while len((worker := self._idlest()).jobs) >= _AHEAD:
            self._hear()
        worker.ask(job)
        self._hear(0)

    def finish(self) -> None:
        """Wait for all, and let the workers end."""
        while any(worker.jobs for worker in self._by_handle.values()):
            self._hear()
        for worker in self._by_handle.values():
            worker.close()
        while self._by_handle:
            self._hear()

    def abort(self) -> None:
        """Kill the workers."""
        for worker in self._by_handle.values():
            worker.kill()
        self._by_handle.clear()

    def _start(self, number: int) -> Process:
        worker = Process(number, self._root, self._keeper, [*self._by_handle.values()])
        self._by_handle[worker.answers] = worker
        self._poll.register(worker.answers, select.POLLIN)
        return worker

    def _idlest(self) -> Process:
        return min(self._by_handle.values(), key=lambda worker: len(worker.jobs))

    def _hear(self, wait: int | None = None) -> None:
        """Take what the workers have answered; `wait` (ms) for something to come."""
        for handle, _ in self._poll.poll(wait):
            worker = self._by_handle[handle]
            data = os.read(handle, _READ)
            if not data:
                self._ended(worker)
                continue
            for kind, payload in worker.frames(data):
                self._take(worker, kind, payload)

    def _take(self, worker: Process, kind: int, payload: bytes) -> None:
        if kind == ERROR:
            message, _, hint = payload.decode("utf-8", "replace").partition("\0")
            raise ProvError(message, hint=hint)
        self._tell(COUNT.unpack_from(payload)[0])
        if kind == TOLD:
            return
        assert kind == DONE
        at = COUNT.size
        count = (len(payload) - at) // 41
        sizes = array("q", payload[at + count : at + 9 * count])
        self._done(worker.jobs.popleft(), Answer(payload[at : at + count], sizes, payload[at + 9 * count :]))

    def _ended(self, worker: Process) -> None:
        del self._by_handle[worker.answers]
        self._poll.unregister(worker.answers)
        ended_by = worker.reap()
        if not ended_by:
            return
        if self._keeper or not worker.jobs:
            raise _lost(ended_by)
        another = self._start(worker.number)
        first = worker.jobs.popleft()
        if not first.tries:
            another.ask(first._replace(tries=1))
        elif ended_by == signal.SIGBUS and sum(len(group.rows) for group in first.groups) == 1:
            self._done(first, Answer(bytes([FAILED]), array("q", [SHRANK]), bytes(32)))
        else:
            raise _lost(ended_by)
        for job in worker.jobs:
            another.ask(job)


def _lost(ended_by: int) -> ProvError:
    how = f"by signal {ended_by}" if ended_by > 0 else "too early"
    return ProvError(f"a hashing process was ended {how}", hint="see whether memory is short, then do the same again")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_alone() -> bool:
    """Tell whether this process has one thread, so that it may fork."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        from threading import active_count

        return active_count() == 1
