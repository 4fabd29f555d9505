"""What becomes of names while a run goes on: read, written, renamed with all that is below, linked, removed.

Contents are followed, not names: what was written under a temporary name and renamed is an output under its last
name, and what the run only moved away is still the input that it was under its first.
"""

import os
from typing import Final, Literal

Fate = Literal["written", "updated", "moved", "linked", "removed"]
"""What the run last did at a name. `updated`: opened for writing as it was. `moved` and `linked`: something came to
stand there that the run was not seen to write. `removed`: also what was renamed away."""

_OWN: Final = frozenset({"written", "updated"})
_FILE: Final = frozenset({"written", "updated", "linked"})
_MOST_LINKS: Final = 40  # followed one after the other, as in Linux


class Fates:
    """The names a run touched, told in the order of what happened."""

    def __init__(self) -> None:
        self.read: dict[str, str] = {}
        """What was read before the run had put anything there, and where those bytes are now: under the same name,
        under another that the run moved them to, or, `""`, nowhere."""
        self.made: dict[str, Fate] = {}
        """What the run did last at each name where it did more than read."""
        self._before: dict[str, str] = {}
        """By name, where the bytes that were moved there stood before the run."""
        self._aliases: dict[str, str] = {}
        """By name, what a link was made to."""
        self._perhaps_made: set[str] = set()
        """Names of which nothing but `opens_or_makes` says that a file stood there before the run."""
        self._tree: _Tree | None = None

    def reads(self, path: str) -> None:
        """A file was opened for reading."""
        fate = self.made.get(path)
        if fate == "linked":
            path, fate = self._behind(path)
        if fate is None and path not in self.read:
            self.read[path] = path
            self._note(path)
        elif fate == "moved":
            self.read.setdefault(self._before[path], path)

    def _behind(self, path: str) -> tuple[str, Fate | None]:
        """Return where links that the run made lead to, and what became of that."""
        fate = self.made.get(path)
        for _ in range(_MOST_LINKS):
            if fate != "linked":
                break
            path = self._aliases[path]
            fate = self.made.get(path)
        return path, fate

    def writes(self, path: str) -> None:
        """A file was made, or emptied."""
        self._loses(path)
        self._makes(path, "written")

    def updates(self, path: str) -> None:
        """A file was opened for writing, and kept what it held."""
        fate = self.made.get(path)
        if fate in _OWN:
            return
        self._loses(path)
        self._makes(path, "written" if fate == "removed" else "updated")

    def reads_and_updates(self, path: str) -> None:
        """A file was opened for both, and kept what it held."""
        self.reads(path)
        self.updates(path)

    def opens_or_makes(self, path: str) -> None:
        """A file was opened for both, or made. One that is gone in the end, as a journal or a lock, counts as made."""
        if path not in self.made and path not in self.read:
            self._perhaps_made.add(path)
        self.reads_and_updates(path)

    def is_absent(self, path: str) -> None:
        """Nothing stands at a name that is about to be written: what was read there before was not there either."""
        if path not in self.made:
            self.read.pop(path, None)
            self._makes(path, "removed")

    def renames(self, old: str, new: str) -> None:
        """A file, or a directory with all that is below it, got another name."""
        if old == new:
            return
        for path in self._below(old):
            fate = self.made.get(path)
            if fate != "removed" and (fate or path in self.read):
                self._renames_one(path, new + path[len(old) :])
        self._renames_one(old, new)

    def links(self, source: str, path: str) -> None:
        """A link to `source` was made at `path`."""
        fate = self.made.get(source)
        self._loses(path)
        if fate in _OWN:
            self._makes(path, fate)
        else:
            self._aliases[path] = self._before.get(source, source)
            self._makes(path, "linked")

    def removes(self, path: str) -> None:
        """A file or an empty directory was removed."""
        self._leaves(path)
        self._loses(path)
        self._makes(path, "removed")

    def _below(self, path: str) -> list[str]:
        """Return the names below what may be a directory; none, without a look, below what is known to be a file."""
        fate = self.made.get(path)
        if fate in _FILE or (fate is None and path in self.read):
            return []
        if self._tree is None:
            self._tree = _Tree([*self.read, *self.made])
        return self._tree.below(path)

    def _renames_one(self, old: str, new: str) -> None:
        fate = self.made.get(old)
        before = self._before.pop(old, old)
        alias = self._aliases.pop(old, None)
        self._loses(new)
        if fate in _OWN:
            self._leaves(old)
            self._makes(new, fate)
        elif fate == "linked" and alias is not None:
            self._aliases[new] = alias
            self._makes(new, fate)
        else:
            self._before[new] = before
            if before in self.read:
                self.read[before] = new
            self._makes(new, "moved")
        self._makes(old, "removed")

    def _loses(self, path: str) -> None:
        """What stood at a name until now is overwritten or removed."""
        before = self._before.pop(path, path)
        self._aliases.pop(path, None)
        if self.read.get(before) == path:
            self.read[before] = ""

    def _leaves(self, path: str) -> None:
        """Nothing stands at a name any more, and so nothing will tell when it was made."""
        if path in self._perhaps_made:
            self.read.pop(path, None)

    def _makes(self, path: str, fate: Fate) -> None:
        if path not in self.made:
            self._note(path)
        self.made[path] = fate

    def _note(self, path: str) -> None:
        if self._tree is not None:
            self._tree.add(path)


class _Tree:
    """Which names are below a directory. Made only when a directory is renamed, which is seldom."""

    def __init__(self, paths: list[str]) -> None:
        self._children: dict[str, dict[str, None]] = {}
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        directory = os.path.dirname(path)
        while path != directory and path not in (children := self._children.setdefault(directory, {})):
            children[path] = None
            path, directory = directory, os.path.dirname(directory)

    def below(self, directory: str) -> list[str]:
        """Return the names below a directory, directories among them, in the order in which they came up."""
        found: list[str] = []
        pending = list(self._children.get(directory, ()))
        while pending:
            path = pending.pop()
            found.append(path)
            pending += self._children.get(path, ())
        return found
