"""Runs under way: a file each in the git directory, so that no way of dying loses a run.

The file is written before the child starts and grows by lines of JSON, each adding to what is known: the record as far
as it goes, the child's process, what the run says of itself (`git prov metric`), at the end the whole record. Its
owner holds a lock on it; the kernel lets go of that lock however the owner dies, and the next command then records
the run: as `killed` where the machine is still up, as `lost` where it went down in between.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitprov.model.ids import is_id
from gitprov.records.layout import State

_SUFFIX = ".jsonl"
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Entry(NamedTuple):
    """What a journal says, all its lines put together."""

    run: dict[str, Any]
    """The record as far as it was known."""
    whole: bool
    """Whether `run` is the final record, which only had to be written to the log."""
    code: dict[str, Any]
    """What the log needs besides: `anchors`, `anchors_at_home`."""
    params: dict[str, Any]
    metrics: list[dict[str, Any]]
    data: dict[str, bytes]
    """Attachments that go with the final record."""
    child: tuple[int, str] | None
    boot: str


class Journal:
    """The journal of one run, held by the process that runs it."""

    def __init__(self, path: str, handle: int) -> None:
        self.path = path
        self._handle = handle

    @classmethod
    def begin(cls, state: State, run: Mapping[str, Any]) -> "Journal":
        """Write down that a run starts. Raises `OSError` where the git directory cannot be written."""
        os.makedirs(state.journal, exist_ok=True)
        path = os.path.join(state.journal, run["id"] + _SUFFIX)
        scratch = path + ".new"
        handle = os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        journal = cls(path, handle)
        with contextlib.suppress(OSError):  # without locks a run is judged by its process alone
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        journal.add({"run": dict(run), "boot": boot_id(), "owner": _process(os.getpid())})
        os.rename(scratch, path)  # it is never seen without its lock
        return journal

    def add(self, line: Mapping[str, Any]) -> None:
        """Add what became known."""
        append_line(self._handle, line)

    def child(self, pid: int) -> None:
        """Note the child's process: while it lives, the run is not over, whatever became of us."""
        self.add({"child": _process(pid)})

    def whole(self, run: Mapping[str, Any], data: Mapping[str, bytes]) -> None:
        """Note the final record and what goes with it: from here on only the log has to be written."""
        texts = {digest: content.decode("utf-8", "surrogateescape") for digest, content in data.items()}
        self.add({"whole": dict(run), "data": texts})

    def sync(self) -> None:
        """Make what is written survive a loss of power."""
        with contextlib.suppress(OSError):
            os.fsync(self._handle)

    def entry(self) -> Entry:
        """All that is known by now, what the run itself said included."""
        return _read(self.path)

    def finish(self) -> None:
        """The run is in the log: the journal goes."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.leave()

    def leave(self) -> None:
        """Let go of the journal as it is; the next command records the run."""
        os.close(self._handle)


def append_line(handle: int, line: Mapping[str, Any]) -> None:
    """Add one line of JSON in one write, so that lines of several processes never mix."""
    os.write(handle, json.dumps(line, ensure_ascii=True).encode() + b"\n")


def say(path: str, line: Mapping[str, Any]) -> None:
    """Add a line to a journal from inside its run. Raises `OSError` when there is no such run any more."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        append_line(handle, line)
    finally:
        os.close(handle)


def under_way(state: State) -> int:
    """How many journals there are: runs that go on, and runs nobody has recorded yet."""
    return len(_names(state))


class Abandoned(NamedTuple):
    """A journal whose owner and child are gone; it is ours alone until `abandoned` goes on."""

    path: str
    entry: Entry
    status: str
    """`killed`, or `lost` when the machine has been down since."""


def abandoned(state: State) -> Iterator[Abandoned]:
    """The journals that nobody owns any more, each locked for the caller, who records it and removes it."""
    for name in _names(state):
        path = os.path.join(state.journal, name)
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink == 0:
                continue  # somebody recorded it while we opened it
            entry = _read(path)
            if entry.child is None or not _is_alive(entry.child, entry.boot):
                yield Abandoned(path, entry, "killed" if entry.boot == boot_id() else "lost")
        except OSError:
            continue  # its owner is at work
        finally:
            os.close(handle)


def _names(state: State) -> list[str]:
    try:
        names = os.listdir(state.journal)
    except FileNotFoundError:
        return []
    return sorted(name for name in names if name.endswith(_SUFFIX) and is_id(name.removesuffix(_SUFFIX)))


def _read(path: str) -> Entry:
    run: dict[str, Any] = {}
    code: dict[str, Any] = {}
    params: dict[str, Any] = {}
    metrics: list[dict[str, Any]] = []
    data: dict[str, bytes] = {}
    whole, child, boot = False, None, ""
    with open(path, "rb") as file:
        for row in file:
            try:
                line = json.loads(row)
            except ValueError:
                continue  # the power went while it was written
            run.update(line.get("run", {}))
            if "whole" in line:
                run, whole = line["whole"], True
            code.update(line.get("code", {}))
            params.update(line.get("params", {}))
            metrics += line.get("metrics", [])
            for digest, text in line.get("data", {}).items():
                data[digest] = text.encode("utf-8", "surrogateescape")
            child = tuple(line["child"]) if "child" in line else child
            boot = line.get("boot", boot)
    return Entry(run, whole, code, params, metrics, data, child, boot)


def boot_id() -> str:
    """What changes each time the machine starts; empty where the system does not say."""
    try:
        with open(_BOOT_ID, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def _process(pid: int) -> tuple[int, str]:
    """A process as a number and a start time, because numbers are used again."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return pid, file.read().rpartition(b")")[2].split()[19].decode("ascii")
    except (OSError, IndexError):
        return pid, ""


def _is_alive(process: tuple[int, str], boot: str) -> bool:
    pid, started = process
    if boot != boot_id():
        return False
    if started:
        return _process(pid) == (pid, started) and not _is_zombie(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not os.path.isdir("/proc/self")  # where there is a /proc, a process without a start time is gone


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except (OSError, IndexError):
        return False
