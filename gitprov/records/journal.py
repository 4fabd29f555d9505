"""Runs under way: a file each in the git directory, so that no way of dying loses a run.

The file is written before the child starts and grows by lines of JSON, each adding to what is known: the record as far
as it goes, the child's process, what the run says of itself (`git prov metric`), at the end the whole record. Its
owner holds a lock on it; the kernel lets go of that lock however the owner dies, and the next command then records
the run: as `killed` where the machine is still up, as `lost` where it went down in between.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple

from blake3 import blake3

from gitprov.model.ids import is_id
from gitprov.records.layout import State
from gitprov.records.processes import Process, any_has, boot_id, is_alive, process
from gitprov.records.scratch import scratch

RUN = "GIT_PROV_RUN"
"""The id of the run that is under way, in its environment."""
TOLD = ("inputs", "outputs", "tags", "missing", "error", "asked", "notebooks", "splits")
"""The lines that only a run's own program writes; what they mean is known to those who put the record together."""
_SUFFIX = ".jsonl"


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
    told: dict[str, list[Any]]
    """What the run's own program said besides, by the names in `TOLD`, in order of time."""
    data: dict[str, bytes]
    """Attachments that go with the final record, or with what was told."""
    owner: Process | None
    child: Process | None
    boot: str
    """The machine's boot id when it started."""
    root: str
    """The top of the working tree it runs in."""
    member: dict[str, Any]
    """What launch it is a part of, see `records.joint`; nearly always empty."""


class Journal:
    """The journal of one run, held by the process that runs it."""

    def __init__(self, path: str, handle: int) -> None:
        self.path = path
        self._handle = handle

    @classmethod
    def begin(
        cls, state: State, run: Mapping[str, Any], *, name: str = "", member: Mapping[str, Any] | None = None
    ) -> "Journal":
        """Write down that a run starts. Raises `OSError` where the git directory cannot be written.

        Where several processes share a run as `member`s of a launch, each has a `name` of its own beside the run's id.
        """
        os.makedirs(state.journal, exist_ok=True)
        path = state.journal_of(name or run["id"])
        new = scratch(state)
        handle = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        journal = cls(path, handle)
        with contextlib.suppress(OSError):  # without locks a run is judged by its process alone
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        more = {"member": dict(member)} if member else {}
        journal.add({"run": dict(run), "boot": boot_id(), "owner": process(os.getpid()), **more})
        os.rename(new, path)  # it is never seen without its lock
        return journal

    def add(self, line: Mapping[str, Any]) -> None:
        """Add what became known."""
        append_line(self._handle, line)

    def child(self, pid: int) -> None:
        """Note the child's process: while it lives, the run is not over, whatever became of us."""
        self.add({"child": process(pid)})

    def whole(self, run: Mapping[str, Any], data: Mapping[str, bytes]) -> None:
        """Note the final record and what goes with it: from here on only the log has to be written."""
        self.add({"whole": dict(run), **journalled(data)})

    def sync(self) -> None:
        """Make what is written survive a loss of power."""
        with contextlib.suppress(OSError):
            os.fsync(self._handle)

    def entry(self) -> Entry:
        """All that is known by now, what the run itself said included."""
        return _read(self._handle)

    def finish(self) -> None:
        """The run is in the log: the journal goes."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.leave()

    def leave(self) -> None:
        """Let go of the journal as it is; the next command records the run."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


def journalled(data: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Attachments by digest as part of a line; nothing where there are none."""
    texts = {digest: content.decode("utf-8", "surrogateescape") for digest, content in data.items()}
    return {"data": texts} if texts else {}


def launches_of(state: State) -> str:
    """The directory of launches whose ranks share a run, see `records.joint`; it is there once there was one."""
    return os.path.join(state.root, "launches")


def append_line(handle: int, line: Mapping[str, Any]) -> None:
    """Add one line of JSON in one write, so that lines of several processes never mix. Raises `OSError`."""
    data = json.dumps(line, ensure_ascii=True).encode() + b"\n"
    if os.write(handle, data) < len(data):
        os.write(handle, b"\n")  # what follows must not be taken for the rest of it
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def say(path: str, line: Mapping[str, Any]) -> None:
    """Add a line to a journal from inside its run. Raises `OSError` when there is no such run any more."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        append_line(handle, line)
    finally:
        os.close(handle)


def _goes_on(entry: Entry) -> bool:
    """Whether the run's child outlives its wrapper; a child that the wrapper could not note any more is looked for."""
    if entry.child:
        return is_alive(entry.child, entry.boot)
    if entry.member:
        return False  # its ranks share the run's id: the environment does not tell them apart
    return "id" in entry.run and not entry.whole and any_has(f"{RUN}={entry.run['id']}")


class Left(NamedTuple):
    """A journal somebody may still be writing."""

    entry: Entry
    goes_on: bool
    """Whether its owner, or the owner's child, is there."""


def look(path: str) -> Left | None:
    """What a journal says, without taking it from anybody; `None` where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        entry = _read(handle)
        # Shared, so that two who look do not take each other for its owner.
        return Left(entry, goes_on=not _is_free(handle, fcntl.LOCK_SH) or _goes_on(entry))
    finally:
        os.close(handle)


class Abandoned(NamedTuple):
    """A journal whose owner and child are gone; it is ours alone until `abandoned` goes on."""

    path: str
    entry: Entry
    status: str
    """`killed`, or `lost` when the machine has been down since."""


def abandoned(state: State) -> Generator[Abandoned, None, None]:
    """The journals that nobody owns any more, each locked for the caller, who records it and removes it."""
    for name in _names(state):
        path = os.path.join(state.journal, name)
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError:
            continue
        try:
            entry = _read(handle) if _is_free(handle) else None
            if entry and not _goes_on(entry):
                yield Abandoned(path, entry, "killed" if entry.boot == boot_id() else "lost")
        finally:
            os.close(handle)


def _is_free(handle: int, lock: int = fcntl.LOCK_EX) -> bool:
    """Whether a journal has lost its owner; it is locked then, as far as the file system can."""
    try:
        fcntl.flock(handle, lock | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: the owner is known by its process
        entry = _read(handle)
        return not (entry.owner and is_alive(entry.owner, entry.boot))
    return os.fstat(handle).st_nlink > 0  # else somebody recorded it while we opened it


def _names(state: State) -> list[str]:
    try:
        names = os.listdir(state.journal)
    except FileNotFoundError:
        return []
    return sorted(name for name in names if name.endswith(_SUFFIX) and is_id(name.removesuffix(_SUFFIX)))


def _read(handle: int) -> Entry:
    """All lines put together. What is no line of ours (the power went while it was written) is passed over."""
    tables: dict[str, dict[str, Any]] = {"run": {}, "whole": {}, "code": {}, "params": {}, "data": {}, "member": {}}
    metrics: list[dict[str, Any]] = []
    told: dict[str, list[Any]] = {name: [] for name in TOLD}
    processes: dict[str, Process] = {}
    boot = root = ""
    for line in _lines(handle):
        for name, table in tables.items():
            if isinstance(line.get(name), dict):
                table.update(line[name])
        if isinstance(line.get("metrics"), list):
            metrics += (item for item in line["metrics"] if isinstance(item, dict) and {"name", "value"} <= item.keys())
        for name in TOLD:
            if isinstance(line.get(name), list):
                told[name] += line[name]
        for name in ("owner", "child"):
            match line.get(name):
                case [int(pid), str(started)]:
                    processes[name] = Process(pid, started)
        boot = line.get("boot", boot)
        root = line["root"] if isinstance(line.get("root"), str) else root
    run, whole = tables["whole"] or tables["run"], bool(tables["whole"])
    owner, child = processes.get("owner"), processes.get("child")
    code, member = tables["code"], tables["member"]
    data = dict(_attachments(tables["data"]))
    return Entry(run, whole, code, tables["params"], metrics, told, data, owner, child, boot, root, member)


def _attachments(texts: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What has the digest that it is named by: the name becomes a path in the repository, whoever wrote it here."""
    for digest, text in texts.items():
        try:
            content = str(text).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            continue
        if digest == f"b3:{blake3(content).hexdigest()}":
            yield digest, content


def _lines(handle: int) -> Iterator[dict[str, Any]]:
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(handle, "rb", closefd=False) as file:  # on NFS, closing any handle of a file gives up its lock
        for row in file:
            try:
                line = json.loads(row)
            except (ValueError, RecursionError):
                continue
            if isinstance(line, dict):
                yield line
