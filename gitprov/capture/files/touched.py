"""What a run's processes did to files, programs and the network, from the files of events they left.

Where strace watched, it alone says which files: it sees all processes, and only what succeeded. Else the Python
processes do, each for itself, and only what they were about to do; whether that came off is judged by the file.
Files of events are written by the user's programs: what makes no sense in them is passed over.
"""

import json
import os
import stat
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, Final, NamedTuple

from gitprov.capture.files import redirected
from gitprov.capture.files.fates import Fate, Fates
from gitprov.capture.realpaths import Directories
from gitprov.observer import protocol

_PAIRS: Final = protocol.RENAMED + protocol.LINKED
_MOST_BYTES: Final = 1 << 29
"""Events of one run that are read; what is beyond is named as a gap."""
_DEEPEST: Final = 200
"""Parts of a path that is looked at; no real one has so many."""
_NO_NAMES: Final = (b"", b".", b"..")

Event = tuple[bytes, int, bytes]


class Process(NamedTuple):
    """A Python process of the run, in its own words."""

    header: dict[str, Any]
    """Which process it is: `pid`, `argv`, `executable`, `prefixes`, ..."""
    told: list[dict[str, Any]]
    """What was observed in it, in order."""
    end: dict[str, Any] | None
    """What was known at its end; `None` where it ended abruptly."""
    began: int = 0
    """When it wrote its first event, in microseconds."""
    last: int = 0
    """When it wrote its last."""


class Touched(NamedTuple):
    """What a run touched. Paths are absolute, surrogate-escaped, their directories resolved."""

    read: dict[str, str]
    """What was read before the run had put anything there, in order, and where those bytes are now (`""`: nowhere)."""
    made: dict[str, Fate]
    """What the run did last at each name where it did more than read."""
    programs: list[str]
    """Programs that were started, in order."""
    peers: list[str]
    """`host:port` of each network connection, in order."""
    processes: list[Process]
    """The Python processes, in the order in which they started."""
    gaps: list[str]
    """What the observation itself knows to have missed, in words."""
    certain: bool
    """Whether only what succeeded was seen; else what was tried."""


def gather(directory: str) -> Touched:
    """Read all events of a run. What is damaged is passed over; nothing raises."""
    gaps: list[str] = []
    by_file = _read_all(directory, gaps)
    ordered, by_shell = by_file.pop(protocol.STRACE, None), by_file.pop(redirected.FILE, ())
    python = sorted((event for events in by_file.values() for event in events), key=itemgetter(1))
    fates, programs = Fates(), dict[str, None]()
    _follow([*by_shell, *(python if ordered is None else ordered)], fates, programs)
    if ordered is not None:
        python += ordered
    peers = dict.fromkeys(_text(payload) for kind, _, payload in python if kind == protocol.CONNECTED)
    processes = _processes(by_file.values())
    told = [item for one in processes for item in one.told] + _objects(ordered or (), protocol.TOLD)
    gaps += dict.fromkeys(item["gap"] for item in told if isinstance(item.get("gap"), str))
    return Touched(fates.read, fates.made, list(programs), list(peers), processes, gaps, ordered is not None)


def _read_all(directory: str, gaps: list[str]) -> dict[str, list[Event]]:
    """Return the events of each file by its name."""
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(protocol.SUFFIX))
    except OSError:
        return {}
    found: dict[str, list[Event]] = {}
    room = _MOST_BYTES
    for name in [protocol.STRACE] * (protocol.STRACE in names) + [name for name in names if name != protocol.STRACE]:
        try:
            data = _content(os.path.join(directory, name), room + 1)
            found[name] = protocol.decode(data[:room])
        except (OSError, ValueError):
            gaps.append("what one of the processes did is not known: its events could not be read")
            continue
        if len(data) > room:
            gaps.append("the run used more files than are followed: those it came to last are not known")
        room = max(room - len(data), 0)
    return found


def _content(path: str, most: int) -> bytes:
    """Return the beginning of a regular file. Raises `OSError`, for anything else too."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb", buffering=0) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError
        return file.read(min(found.st_size, most)) or b""


def _follow(events: Iterable[Event], fates: Fates, programs: dict[str, None]) -> None:
    """Replay what happened to files. Each path is resolved once, however often it comes up."""
    paths = _Paths()
    acts: dict[bytes, Callable[[str], None]] = {
        protocol.READ: fates.reads,
        protocol.WRITTEN: fates.writes,
        protocol.UPDATED: fates.updates,
        protocol.REMOVED: fates.removes,
        protocol.READ_AND_UPDATED: fates.reads_and_updates,
        protocol.OPENED_OR_MADE: fates.opens_or_makes,
        protocol.ABSENT: fates.is_absent,
        protocol.EXECUTED: fates.reads,
    }
    for kind, _, payload in events:
        if kind in acts:
            if path := paths[payload]:
                acts[kind](path)
                if kind == protocol.EXECUTED:
                    programs[path] = None
        elif kind in _PAIRS:
            source, target = (paths[item] for item in _pair(payload))
            if source and target:
                (fates.renames if kind == protocol.RENAMED else fates.links)(source, target)


def _pair(payload: bytes) -> tuple[bytes, bytes]:
    try:
        return protocol.unpair(payload)
    except ValueError:
        return b"", b""


class _Paths(dict[bytes, str]):
    """Paths as they are known by, from the raw ones in events; `""` for what cannot be one."""

    def __init__(self) -> None:
        self._directories = Directories()
        self._starts: dict[bytes, str] = {}
        """Of a raw directory, what the paths of its files begin with."""

    def __missing__(self, raw: bytes) -> str:
        head, _, name = raw.rpartition(b"/")
        start = self._starts.get(head)
        if start is None or name in _NO_NAMES:
            path = self[raw] = self._look_up(raw)
            if path and name not in _NO_NAMES:
                self._starts[head] = path[: path.rindex("/") + 1]
        else:
            path = self[raw] = start + _decoded(name)
        return path

    def _look_up(self, raw: bytes) -> str:
        if not raw.startswith(b"/") or raw.count(b"/") > _DEEPEST:
            return ""
        return self._directories.path(_decoded(raw))


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _text(payload: bytes) -> str:
    return payload.decode("utf-8", "replace")


def _processes(files: Iterable[list[Event]]) -> list[Process]:
    """Return the processes that say which they are, in the order in which they started."""
    found = []
    for events in files:
        if events and events[0][0] == protocol.PROCESS and (headers := _objects(events[:1], protocol.PROCESS)):
            end = _objects(events, protocol.ENDED)
            told = _objects(events, protocol.TOLD)
            process = Process(headers[0], told, end[-1] if end else None, events[0][1], events[-1][1])
            found.append((events[0][1], process))
    return [process for _, process in sorted(found, key=lambda item: item[0])]


def _objects(events: Iterable[Event], kind: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects that events of one kind hold."""
    found = []
    for event in events:
        if event[0] == kind:
            try:
                value = json.loads(event[2])
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                found.append(value)
    return found
