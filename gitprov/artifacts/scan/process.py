"""One worker as its parent sees it, and what the two speak of."""

import os
import signal
from array import array
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from gitprov.artifacts.scan.reading import Keeper, Outcome
from gitprov.artifacts.scan.worker import FRAME, Group, packed, work


class Job(NamedTuple):
    """Groups of rows to be read, and what is meant by them: that is for the one who asked."""

    groups: list[Group]
    meant: Any
    tries: int = 0


class Answer(NamedTuple):
    """What came of all rows of a job, in their order."""

    states: bytes
    sizes: "array[int]"
    digests: bytes
    """32 bytes a row."""

    def outcome(self, at: int) -> Outcome:
        """Return what came of one row."""
        return Outcome(self.states[at], self.sizes[at], self.digests[32 * at : 32 * at + 32])


class Process:
    """One worker as the parent sees it."""

    def __init__(self, number: int, root: bytes, keeper: Keeper | None, others: "Iterable[Process]") -> None:
        self.number = number
        self.jobs: deque[Job] = deque()
        self._buffer = b""
        commands, self._commands = os.pipe()
        self.answers, answers = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            for other in others:  # else they would not see that the parent has gone
                other.forget()
            os.close(self._commands)
            os.close(self.answers)
            work(number, root, keeper, commands, answers)
        os.close(commands)
        os.close(answers)

    def ask(self, job: Job) -> None:
        """Give it one more job."""
        self.jobs.append(job)
        rest = memoryview(packed(job.groups))
        try:
            while rest:
                rest = rest[os.write(self._commands, rest) :]
        except BrokenPipeError:  # its end is heard soon
            pass

    def frames(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return the whole frames that have come."""
        self._buffer += data
        found, at = [], 0
        while len(self._buffer) >= at + FRAME.size:
            kind, length = FRAME.unpack_from(self._buffer, at)
            end = at + FRAME.size + length
            if len(self._buffer) < end:
                break
            found.append((kind, self._buffer[at + FRAME.size : end]))
            at = end
        self._buffer = self._buffer[at:]
        return found

    def close(self) -> None:
        """Tell it that nothing more comes."""
        if self._commands >= 0:
            os.close(self._commands)
            self._commands = -1

    def forget(self) -> None:
        """Let go of our ends of its pipes."""
        self.close()
        os.close(self.answers)

    def reap(self) -> int:
        """Wait for its end, and return the signal that ended it; -1 for a failure, 0 if all is well."""
        self.forget()
        status = os.waitpid(self._pid, 0)[1]
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -1 if status else 0

    def kill(self) -> None:
        """End it at once."""
        os.kill(self._pid, signal.SIGKILL)
        self.reap()
