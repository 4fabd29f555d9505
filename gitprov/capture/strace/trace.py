"""From strace's lines to events, as a stream."""

import json
from collections.abc import Callable
from typing import Final, NamedTuple

from gitprov.capture.strace import lines
from gitprov.capture.strace.calls import Touch, directory_of, kind_of_open, touches
from gitprov.capture.strace.novelty import Novelty
from gitprov.capture.strace.paths import absolute, worth_telling
from gitprov.capture.strace.processes import Line, Processes
from gitprov.observer import protocol

_BIRTHS: Final = frozenset((b"clone", b"clone3", b"fork", b"vfork"))
_MOVES: Final = frozenset((b"chdir", b"fchdir"))
_TURNS: Final = (protocol.REMOVED, protocol.RENAMED, protocol.LINKED)
_MOST_REMEMBERED: Final = 1 << 16  # calls
_TOO_MANY: Final = "the run used more files than are followed: those it came to last are not known"


class World(NamedTuple):
    """What has to be asked of the system."""

    realpath: Callable[[bytes], bytes]
    """The path of a directory, links resolved."""
    trouble: Callable[[bytes], str]
    """What keeps a program from its work under strace, empty for nothing."""


class Trace:
    """A run's trace, while it is read."""

    def __init__(self, cwd: bytes, world: World) -> None:
        self.has_begun = False
        """Whether the command itself was executed."""
        self.is_over = False
        """Whether the command itself has ended. Processes it left in the background may still be traced."""
        self._world = world
        self._processes = Processes(cwd)
        self._novelty = Novelty()
        self._unfinished: dict[bytes, bytes] = {}
        self._kinds: dict[bytes, bytes] = {}
        self._opened: set[tuple[bytes, bytes, bytes]] = set()
        self._number = 0
        self._events: list[tuple[int, bytes, bytes]] = []
        self._is_ordered = True
        self._gaps: set[str] = set()

    def feed(self, data: bytes) -> bytes:
        """Take whole lines; return the events that they are, encoded."""
        if not self._processes.main and (first := data.split(maxsplit=1)):
            self._processes.begin(first[0])
        for pid, cwd, name, flags, path, other in lines.PLAIN_OPENS.findall(data):
            self._number += 1
            if flags:
                call = (cwd, name, flags)
                if call not in self._opened:
                    self._opened.add(call)
                    self._open(call, path)
            elif not _has_failed(other):
                self._line((self._number, pid, other))
                if self.is_over:
                    break
        if len(self._opened) > _MOST_REMEMBERED:
            self._opened.clear()
        if self._novelty.is_full:
            self._gap(_TOO_MANY)
        return self._encoded()

    def end(self) -> bytes:
        """The trace is at its end: return the events that waited for more of it, encoded."""
        for line in self._processes.adopt():
            self._replay(line)
        if self.has_begun and not self.is_over:
            self._gap("strace ended before the run did: what it read and wrote after that is not known")
        return self._encoded()

    def _open(self, call: tuple[bytes, bytes, bytes], real: bytes) -> None:
        cwd, name, flags = call
        kind = self._kinds.get(flags)
        if kind is None:
            kind = self._kinds[flags] = kind_of_open(flags)
        if kind and (path := worth_telling(absolute(cwd, name, real), real)) and self._novelty.is_new(kind, path):
            self._events.append((self._number, kind, path))

    def _line(self, line: Line) -> None:
        number, pid, text = line
        if text.startswith(lines.RESUMED):
            text = lines.resumed(self._unfinished.pop(pid, b""), text)
        elif text.endswith(lines.UNFINISHED):
            self._unfinished[pid] = text.removesuffix(lines.UNFINISHED)
            return
        if call := lines.parse(text):
            self._call((number, pid, text), call)
        elif lines.has_ended(text):
            self._unfinished.pop(pid, None)
            self._processes.ended(pid)
            self.is_over = pid == self._processes.main
        elif thread := lines.successor(text):
            self._unfinished[pid] = self._unfinished.pop(thread, b"")
            self._processes.ended(thread)

    def _call(self, line: Line, call: lines.Call) -> None:
        number, pid, _ = line
        cwd = self._processes.cwd(pid)
        if cwd is None:
            self._wait(line)
        elif call.name in _BIRTHS:
            shares = b"CLONE_FS" in call.arguments
            for waiting in self._processes.born(b"%d" % call.value, pid, shares=shares):
                self._replay(waiting)
        elif call.name in _MOVES:
            if directory := directory_of(call, cwd):
                self._processes.moved(pid, self._world.realpath(directory))
        else:
            for touch in touches(call, cwd):
                self._tell(number, touch)

    def _wait(self, line: Line) -> None:
        for waiting in self._processes.wait(*line):
            self._replay(waiting)

    def _replay(self, line: Line) -> None:
        self._is_ordered = False
        if call := lines.parse(line[2]):
            self._call(line, call)

    def _tell(self, number: int, touch: Touch) -> None:
        kind, path, target = touch
        if kind in _TURNS:
            self._opened.clear()
        if kind == protocol.EXECUTED:
            self.has_begun = True
        if not self._novelty.is_new(kind, path, target):
            return
        self._events.append((number, kind, protocol.pair(path, target) if target else path))
        if kind == protocol.EXECUTED and (trouble := self._world.trouble(path)):
            self._gap(f"{trouble}; use --trace python")

    def _gap(self, words: str) -> None:
        if words not in self._gaps:
            self._gaps.add(words)
            self._events.append((self._number, protocol.TOLD, json.dumps({"gap": words}).encode()))

    def _encoded(self) -> bytes:
        if not self._is_ordered:
            self._events.sort(key=lambda event: event[0])
            self._is_ordered = True
        events = b"".join([protocol.encode(kind, number, payload) for number, kind, payload in self._events])
        self._events.clear()
        return events


def _has_failed(text: bytes) -> bool:
    """Tell of an `openat` that it failed, as quickly as most can be told."""
    return text[-1:] == b")" and text.startswith(b"openat(") and not text.endswith(b">(deleted)")
