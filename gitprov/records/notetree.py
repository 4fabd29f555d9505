"""The tree of a notes ref, changed where it must be and nowhere else.

Git spreads a notes tree into two-digit directories once it holds many notes, and reads any spread. The rule here is
the one git writes by: a level is split when each of the sixteen first digits below it begins two notes or more. It
depends on the set of notes alone, so every clone arrives at the same tree, in whatever order the notes came.
"""

from collections.abc import Callable, Iterable

from gitprov.gitrepo.objects import Objects, TreeEntry, parse_tree

_HEX = frozenset("0123456789abcdef")

ReadTree = Callable[[str], bytes]
"""Gives the bytes of a tree by its id."""


class NoteTree:
    """Notes by the id of the object they are on, and beside them entries that are no notes."""

    def __init__(self, objects: Objects, read_tree: ReadTree, root: str) -> None:
        self._objects = objects
        width = 64 if objects.object_format == "sha256" else 40
        self._root = _Level(objects, read_tree, root, width)

    def get(self, oid: str) -> str:
        """The blob that is the note on an object; "" when there is none."""
        return self._root.get(oid)

    def set(self, oid: str, blob: str) -> None:
        """Put a note on an object, in place of the one before."""
        self._root.set(oid, blob)

    def extra(self, name: str) -> str:
        """The blob of an entry that is no note; "" when there is none."""
        entry = self._root.others.get(name.encode())
        return entry.oid if entry else ""

    def set_extra(self, name: str, blob: str) -> None:
        """Put an entry that is no note at the top."""
        self._root.others[name.encode()] = TreeEntry("100644", name.encode(), blob)
        self._root.changed = True

    def write(self) -> str:
        """The id of the whole tree; only the levels that changed are made anew."""
        return self._root.write()


class _Level:
    """One directory of the tree; the directories below are read when they are looked into."""

    def __init__(self, objects: Objects, read_tree: ReadTree, oid: str, width: int) -> None:
        self._objects = objects
        self._read_tree = read_tree
        self._oid = oid
        self._width = width
        self._notes: dict[str, str] = {}
        self._below: dict[str, TreeEntry | _Level] = {}
        self.others: dict[bytes, TreeEntry] = {}
        self.changed = not oid
        for entry in parse_tree(read_tree(oid), objects.object_format) if oid else ():
            self._take(entry)

    def _take(self, entry: TreeEntry) -> None:
        name = entry.name.decode("latin-1")
        if not _HEX.issuperset(name):
            self.others[entry.name] = entry
        elif len(name) == self._width and not entry.is_tree:
            self._notes[name] = entry.oid
        elif len(name) == 2 and entry.is_tree:
            self._below[name] = entry
        else:
            self.others[entry.name] = entry

    def get(self, rest: str) -> str:
        if rest in self._notes:
            return self._notes[rest]
        return self._enter(rest[:2]).get(rest[2:]) if rest[:2] in self._below else ""

    def set(self, rest: str, blob: str) -> None:
        if self.get(rest) == blob:
            return
        self.changed = True
        if self._below:
            self._enter(rest[:2]).set(rest[2:], blob)
            return
        self._notes[rest] = blob
        if self._is_full():
            self._split()

    def _is_full(self) -> bool:
        counts = dict.fromkeys(_HEX, 0)
        for name in self._notes:
            counts[name[0]] += 1
        return self._width > 2 and min(counts.values()) > 1

    def _split(self) -> None:
        notes, self._notes = self._notes, {}
        for name, blob in notes.items():
            self._enter(name[:2]).set(name[2:], blob)

    def _enter(self, name: str) -> "_Level":
        below = self._below.get(name)
        if not isinstance(below, _Level):
            oid = below.oid if below else ""
            below = self._below[name] = _Level(self._objects, self._read_tree, oid, self._width - 2)
        return below

    def write(self) -> str:
        if self.changed:
            self._oid = self._objects.tree(self._entries())
            self.changed = False
        return self._oid

    def _entries(self) -> Iterable[TreeEntry]:
        yield from self.others.values()
        for name, blob in self._notes.items():
            yield TreeEntry("100644", name.encode(), blob)
        for name, below in self._below.items():
            yield below if isinstance(below, TreeEntry) else TreeEntry("40000", name.encode(), below.write())
