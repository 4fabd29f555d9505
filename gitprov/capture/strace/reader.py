"""The process that reads what strace prints, and writes it down as events.

It is forked from ours before the command starts, in a session of its own, and goes on until strace has ended, whatever
becomes of us: a strace that nobody listens to would hold up the user's program.
"""

import contextlib
import gc
import os
import select
import signal
import time
from typing import Final, NamedTuple

from gitprov.observer import protocol

WATCHED: Final = b"w"
"""The answer when the command's end was seen, or a gap was told where it was not."""
NOT_BEGUN: Final = b"n"
"""The answer when strace ended and the command was never seen to begin."""

_BLOCK: Final = 1 << 20
_NAP: Final = 0.02
"""Seconds between two looks: so strace does not wake us for every line. Its pipe holds many times as much."""
_GRACE: Final = 5
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE)


class Pipes(NamedTuple):
    """The reader's ends, as file descriptors."""

    source: int
    """What strace prints."""
    door: int
    """Where strace is let in: the other end of `source`, closed when it is there."""
    hurry: int
    """Something to be read here: we wait; at its end: we are gone."""
    answer: int
    """Where to say that the trace was read, by one of the answers, and by closing it."""


def fork(pipes: Pipes, directory: str, cwd: str) -> int:
    """Return the pid of a new reader. Raises `OSError`."""
    pid = os.fork()
    if pid:
        return pid
    try:  # the process must not come back from here, whatever happens
        gc.disable()
        _stand_alone(pipes)
        _Reader(pipes).run(os.fsencode(os.path.join(os.path.abspath(directory), protocol.STRACE)), os.fsencode(cwd))
    finally:
        os._exit(0)


def _stand_alone(pipes: Pipes) -> None:
    """Hold nothing that is the user's: no terminal, no end of a pipeline, no directory."""
    os.setsid()
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    kept = {0, 1, 2, *pipes}
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


class _Reader:
    """Reading one trace to its end."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._poll = select.poll()
        self._poll.register(pipes.source, select.POLLIN)
        self._poll.register(pipes.hurry, select.POLLIN)
        self._has_door = True
        self._in_haste = False
        self._is_orphan = False
        self._answered = False

    def run(self, path: bytes, cwd: bytes) -> None:
        """Read, and in the end, or should that fail, read on without understanding."""
        try:
            with contextlib.suppress(Exception):
                self._follow(path, cwd)
            self._answer(b"")
        finally:
            while self._block():
                pass

    def _follow(self, path: bytes, cwd: bytes) -> None:
        from gitprov.capture.strace.trace import Trace, World
        from gitprov.capture.strace.troubles import trouble

        trace = Trace(cwd, World(os.path.realpath, trouble))
        rest = b""
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        while not trace.is_over and (block := self._block()):
            data, line_end, rest = (rest + block).rpartition(b"\n")
            if _write(file, trace.feed(data + line_end)):
                return
            if len(block) < _BLOCK // 16 and not trace.is_over:
                self._nap()
        _write(file, trace.end())
        os.close(file)
        self._answer(WATCHED if trace.has_begun else NOT_BEGUN)

    def _block(self) -> bytes:
        """Return the next piece of what strace prints, empty at its end."""
        if self._has_door:
            ready = [number for number, _ in self._poll.poll()]
            if self._pipes.hurry in ready:
                self._hurry()
                if self._is_orphan:  # a strace that was just started may be on its way
                    self._poll.unregister(self._pipes.hurry)
                    self._poll.poll(_GRACE * 1000)
            # strace is there, or nobody is left who could start it
            self._has_door = False
            os.close(self._pipes.door)
        return os.read(self._pipes.source, _BLOCK)

    def _nap(self) -> None:
        if not self._in_haste:
            self._poll.unregister(self._pipes.source)
            if self._poll.poll(_NAP * 1000):
                self._hurry()
            self._poll.register(self._pipes.source, select.POLLIN)
        elif self._is_orphan:
            time.sleep(_NAP)

    def _hurry(self) -> None:
        self._in_haste = True
        self._is_orphan = not os.read(self._pipes.hurry, 1)

    def _answer(self, answer: bytes) -> None:
        """Say it once, and close, which also says that no more events are written."""
        if not self._answered:
            self._answered = True
            with contextlib.suppress(OSError):
                os.write(self._pipes.answer, answer)
            os.close(self._pipes.answer)


def _write(file: int, events: bytes) -> bool:
    """Append events. Returns whether that is no use any more: the run was recorded, and its events removed."""
    while events:
        events = events[os.write(file, events) :]
    return os.fstat(file).st_nlink == 0
