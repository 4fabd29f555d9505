"""One run of many processes: the ranks of a launch, each with a wrapper of its own, agree on one run.

A launch is a directory whose name every rank can work out. In it stand what the launch is (`launch`, with the id of
its run), what its members let each other know, and a marker for each member, named by rank and attempt; the members'
journals are ordinary ones. Each step is one link or one rename, so that it holds on file systems without locks, too:

    <key>.<number>/launch                                   by the first member
    <key>.<number>/<rank>.<requeued>.<restarted>.<member>   a member has come; the last part names its journal
    <key>.<number>/<...>.done                               it has ended, and its journal holds all of its part
    <run id>.closing/                                       somebody puts the parts together

A process of the launch that comes after that finds no such directory, and makes a new one.
"""

import contextlib
import fcntl
import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from blake3 import blake3

from gitprov.model.ids import is_id
from gitprov.records import journal
from gitprov.records.journal import Journal, Left
from gitprov.records.layout import State
from gitprov.records.scratch import scratch

_ABOUT = "launch"
_DONE = ".done"
_CLOSING = ".closing"


class Member(NamedTuple):
    """A process of a launch, as its marker names it."""

    rank: int
    requeued: int
    restarted: int
    name: str
    """Of its journal."""
    done: bool

    @property
    def marker(self) -> str:
        """The name of its marker."""
        return f"{self.rank}.{self.requeued}.{self.restarted}.{self.name}{_DONE if self.done else ''}"


class Place(NamedTuple):
    """The directory of one launch."""

    path: str
    run: str
    """The id of the run that it is."""
    about: Mapping[str, Any]
    """What the first member said of the launch."""

    def members(self) -> list[Member]:
        """Who has come, by rank and attempt."""
        try:
            names = os.listdir(self.path)
        except OSError:
            return []
        return sorted(member for name in names if (member := _parsed(name)))

    def left(self, state: State, member: Member) -> Left | None:
        """What a member's journal says, and whether anybody still writes it."""
        return journal.look(state.journal_of(member.name))

    def publish(self, name: str, content: Mapping[str, Any], state: State) -> None:
        """Let the others know something; what is published once stays. Raises `OSError`."""
        _put_once(state, os.path.join(self.path, name), content)

    def published(self, name: str) -> dict[str, Any]:
        """What a member let the others know; nothing where none has yet."""
        return _read(os.path.join(self.path, name))

    def changed(self) -> float:
        """When a member last came or ended, in seconds since the epoch; never, where the place is gone."""
        try:
            return os.stat(self.path).st_mtime
        except OSError:
            return math.inf

    @property
    def is_closing(self) -> bool:
        """Whether somebody began to put its parts together; where that one was killed, the next begins again."""
        return self.path.endswith(_CLOSING)

    def is_of(self, name: str) -> bool:
        """Whether it belongs to the launch of this name and can be joined."""
        return os.path.basename(self.path).startswith(f"{name}.")


def places(state: State) -> list[Place]:
    """The launches that are not recorded yet."""
    try:
        names = sorted(os.listdir(journal.launches_of(state)))
    except OSError:
        return []
    found = (_place(os.path.join(journal.launches_of(state), name)) for name in names)
    return [place for place in found if place]


def name_of(key: str) -> str:
    """What the directories of a launch are named by."""
    return blake3(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def make(state: State, name: str, about: Mapping[str, Any], run: str, others: Sequence[Place] = ()) -> Place | None:
    """Make a place for a launch, whose `others` do not fit; `None` where somebody closed it at once. Raises `OSError`.

    All who know of the same others get the same.
    """
    os.makedirs(journal.launches_of(state), exist_ok=True)
    taken = {place.path for place in others}
    numbered = (os.path.join(journal.launches_of(state), f"{name}.{number}") for number in range(len(taken) + 1))
    path = next(path for path in numbered if path not in taken)
    with contextlib.suppress(FileExistsError):
        os.mkdir(path)
    with contextlib.suppress(FileNotFoundError):
        _put_once(state, os.path.join(path, _ABOUT), {**about, "run": run})
    return _place(path)


def enter(state: State, place: Place, member: Member, what: Mapping[str, Any]) -> Journal | None:
    """Become a member; `None` where the place is closed by now. Raises `OSError`."""
    begun = Journal.begin(state, {"id": place.run}, name=member.name, member={**what, "run": place.run})
    try:
        os.close(os.open(os.path.join(place.path, member.marker), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except OSError:
        begun.finish()
        return None
    return begun


def end(place: Place, member: Member) -> Member:
    """Mark a member as ended. Raises `OSError` where that cannot be written."""
    ended = member._replace(done=True)
    os.rename(os.path.join(place.path, member.marker), os.path.join(place.path, ended.marker))
    return ended


def withdraw(state: State, place: Place, member: Member) -> None:
    """A member that never started; with the last one the place goes."""
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(place.path, member.marker))
    if not place.members() and (closing := Closing.begin(state, place)):
        if closing.place.members():  # somebody came at the last moment
            closing.leave()
        else:
            closing.finish(state)


class Closing:
    """A launch whose parts are put together, by us alone."""

    def __init__(self, place: Place, handle: int) -> None:
        self.place = place
        self._handle = handle

    @classmethod
    def begin(cls, state: State, place: Place) -> "Closing | None":
        """Take a launch; `None` where somebody else has it."""
        try:
            handle = os.open(os.path.join(place.path, _ABOUT), os.O_RDWR)
        except OSError:
            return None
        try:
            if _is_free(handle):
                path = os.path.join(journal.launches_of(state), place.run + _CLOSING)
                os.rename(place.path, path)
                return cls(place._replace(path=path), handle)
        except OSError:
            pass
        os.close(handle)
        return None

    def leave(self) -> None:
        """Let go of it as it is; the next command begins again."""
        os.close(self._handle)

    def finish(self, state: State) -> None:
        """The launch is in the log: its journals and its place go."""
        for member in self.place.members():
            with contextlib.suppress(OSError):
                os.unlink(state.journal_of(member.name))
        _remove(self.place)
        self.leave()


def _is_free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: the rename decides, but for a closer that was killed
        return True
    return os.fstat(handle).st_nlink > 0


def _remove(place: Place) -> None:
    with contextlib.suppress(OSError):
        for name in os.listdir(place.path):
            os.unlink(os.path.join(place.path, name))
        os.rmdir(place.path)


def _put_once(state: State, path: str, content: Mapping[str, Any]) -> None:
    """Write a file whole or not at all; whoever came first stays."""
    new = scratch(state)
    with open(new, "w", encoding="utf-8") as file:
        json.dump(content, file)
    try:
        os.link(new, path)
    except (FileExistsError, FileNotFoundError):
        os.unlink(new)
        if not os.path.isdir(os.path.dirname(path)):
            raise
    except OSError:  # a file system without hard links
        os.rename(new, path)
    else:
        os.unlink(new)


def _place(path: str) -> Place | None:
    about = _read(os.path.join(path, _ABOUT))
    run = about.get("run")
    return Place(path, run, about) if isinstance(run, str) and is_id(run) else None


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _parsed(marker: str) -> Member | None:
    match marker.removesuffix(_DONE).split("."):
        case [rank, requeued, restarted, name] if all(map(str.isdecimal, (rank, requeued, restarted))) and is_id(name):
            return Member(int(rank), int(requeued), int(restarted), name, marker.endswith(_DONE))
    return None
