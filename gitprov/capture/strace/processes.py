"""The processes of a run, as far as paths need them: who has which working directory.

strace tells of a new process when the call that made it returns, often after the first lines of the new one. Lines
that cannot be understood without its working directory wait until then.
"""

from typing import Final

_MOST_WAITING: Final = 1000

Line = tuple[int, bytes, bytes]
"""Running number, pid, rest of the line."""


class Processes:
    """Working directories by pid. Threads and some processes share one."""

    def __init__(self, cwd: bytes) -> None:
        self.main = b""
        """The pid that the command itself has; empty before the first line."""
        self._first = cwd
        self._cwds: dict[bytes, list[bytes]] = {}
        self._waiting: dict[bytes, list[Line]] = {}

    def begin(self, pid: bytes) -> None:
        """The first line is the command's own."""
        self.main = pid
        self._cwds[pid] = [self._first]

    def cwd(self, pid: bytes) -> bytes | None:
        """Return the working directory of a process, `None` where it is not known yet."""
        found = self._cwds.get(pid)
        return found[0] if found else None

    def moved(self, pid: bytes, cwd: bytes) -> None:
        """A process changed its working directory."""
        self._cwds[pid][0] = cwd

    def born(self, pid: bytes, parent: bytes, *, shares: bool) -> list[Line]:
        """A process was made: return its lines that have waited for this."""
        cwd = self._cwds[parent]
        self._cwds[pid] = cwd if shares else [cwd[0]]
        return self._waiting.pop(pid, [])

    def ended(self, pid: bytes) -> None:
        """A process is no more. What waits may still have to be understood."""
        if pid not in self._waiting:
            self._cwds.pop(pid, None)

    def wait(self, number: int, pid: bytes, text: bytes) -> list[Line]:
        """Keep a line. Returns all that wait when they are too many: their parents will not be heard of any more."""
        self._waiting.setdefault(pid, []).append((number, pid, text))
        return self.adopt() if sum(map(len, self._waiting.values())) > _MOST_WAITING else []

    def adopt(self) -> list[Line]:
        """Take it that the processes still not known are where the command itself began."""
        lines = sorted(line for waiting in self._waiting.values() for line in waiting)
        for pid in self._waiting:
            self._cwds[pid] = [self._first]
        self._waiting.clear()
        return lines
