"""Directories for reproductions under way: each held by a lock that goes with its owner, and swept once it is nobody's.

`<git dir>/prov/replays/<id>/` holds `owner` (the lock), `place` (what else belongs to it, as JSON) and whatever the
reproduction needs: its worktree, its journal, files in the making.
"""

import contextlib
import fcntl
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, Self

from gitprov.model.ids import is_id
from gitprov.records import journal
from gitprov.records.layout import State
from gitprov.records.scratch import scratch

_OWNER: Final = "owner"
_ABOUT: Final = "place"


class Own(State):
    """The state of a run that is recorded with its reproduction or not at all: it stands and goes with the place.

    What was found out about this machine is shared with all runs of the clone, and so is the key.
    """

    def __init__(self, shared: State, directory: str) -> None:
        super().__init__(directory)
        self.cache = shared.cache
        self.key = shared.key


class Owned(NamedTuple):
    """A directory that is ours until it is let go."""

    directory: str
    handle: int

    @classmethod
    def make(cls, state: State, name: str) -> Self:
        """Make a directory under a name that is an id. Raises `OSError`."""
        new = scratch(state)
        os.mkdir(new, 0o700)
        handle = os.open(os.path.join(new, _OWNER), os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):  # without locks it is swept by its age
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.makedirs(state.replays, exist_ok=True)
        directory = os.path.join(state.replays, name)
        os.rename(new, directory)  # it is never seen without its lock
        return cls(directory, handle)

    def note(self, about: dict[str, Any]) -> None:
        """Write down what belongs to the place besides what is in it, whole or not at all. Raises `OSError`."""
        path = os.path.join(self.directory, _ABOUT)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(about, file)
        os.replace(path + ".new", path)

    def about(self) -> dict[str, Any]:
        """Return what was written down; nothing where that cannot be read."""
        try:
            with open(os.path.join(self.directory, _ABOUT), encoding="utf-8") as file:
                about = json.load(file)
        except (OSError, ValueError):
            return {}
        return about if isinstance(about, dict) else {}

    def remove(self) -> None:
        """Remove the directory and all in it, then let go of the lock."""
        remove_tree(self.directory)
        os.close(self.handle)
        with contextlib.suppress(OSError):  # others may be under way
            os.rmdir(os.path.dirname(self.directory))


def abandoned(state: State) -> Iterator[Owned]:
    """Yield the directories that have no living owner; each is the caller's now."""
    root = state.replays
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return
    for name in names:
        directory = os.path.join(root, name)
        handle = _taken(directory) if is_id(name) else None
        if handle is None:
            continue
        if _goes_on(directory):
            os.close(handle)
        else:
            yield Owned(directory, handle)


def _taken(directory: str) -> int | None:
    """Take the lock of a directory; None where somebody has it."""
    try:
        handle = os.open(os.path.join(directory, _OWNER), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _goes_on(directory: str) -> bool:
    """Tell whether the command that was started there outlives whoever started it."""
    state = State(directory)
    with contextlib.suppress(OSError):
        for name in os.listdir(state.journal):
            left = journal.look(os.path.join(state.journal, name)) if name.endswith(".jsonl") else None
            if left and left.goes_on:
                return True
    return False


def remove_tree(directory: str) -> None:
    """Remove a directory and all below it, also where what ran in it took rights away; what stays is passed over."""

    def allow(function: Callable[[str], object], path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            above = os.path.dirname(path)
            os.chmod(above, os.stat(above).st_mode | stat.S_IRWXU)
            if not os.path.islink(path) and os.path.isdir(path):
                os.chmod(path, os.stat(path).st_mode | stat.S_IRWXU)
                shutil.rmtree(path, ignore_errors=True)
            else:
                function(path)

    if os.path.islink(directory):
        return
    shutil.rmtree(directory, onerror=allow)
