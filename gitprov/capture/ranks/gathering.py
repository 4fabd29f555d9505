"""The files of many ranks as one list, as short as one process's own would be.

Each rank folded its own files: several directories of the same name become one, and what is too many is folded again.
Only listings and digests are put together; no file is read.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.artifacts.listing import Entry, cut, entries
from gitprov.capture.files.declared import MOST_UNFOLDED
from gitprov.capture.files.folding import Group, Item, fold
from gitprov.errors import InvalidRecord
from gitprov.model.text import quote, unquote

Modes = Callable[[Mapping[str, Any]], str]
"""The mode, `644` or `755`, of the file that an entry of a record names."""


class _Tree(dict[bytes, "Entry | _Tree"]):
    """A directory: what is in it, by name."""


class Gathered(NamedTuple):
    """One list of entries; `data` holds the listings that are new in it."""

    entries: list[dict[str, Any]]
    data: dict[str, bytes]
    incomplete: list[str]
    """Directories of which a part could not be looked into."""


def gathered(lists: Iterable[Iterable[Mapping[str, Any]]], data: Mapping[str, bytes], mode: Modes) -> Gathered:
    """Return the entries of all lists, `data` having their listings; of two for the same file the later holds."""
    gathering = _Gathering(data, mode)
    for entry in (entry for its in lists for entry in its):
        gathering.add(entry)
    gathering.fill()
    gathering.fold()
    return gathering.done


class _Gathering:
    def __init__(self, data: Mapping[str, bytes], mode: Modes) -> None:
        self.done = Gathered([], {}, [])
        self._data = {**data}
        self._mode = mode
        self._found: dict[tuple[str, str], dict[str, Any]] = {}
        """By root (`""`: the repository's) and path below it."""

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one entry, together with one of the same name."""
        where = "/" if entry.get("absolute") else "", os.fsdecode(unquote(entry["path"])).lstrip("/")
        before = self._found.get(where)
        if before and before.get("digest") != entry.get("digest") and self._is_directory(entry):
            self._found[where] = self._both(before, entry)
        else:
            self._found[where] = dict(entry)

    def fill(self) -> None:
        """Put what stands alone into the directory it lies below, where that stands in the list, too."""
        for (root, path), entry in sorted(self._found.items()):
            above = path
            while above := os.path.dirname(above):
                directory = self._found.get((root, above))
                if directory and directory.get("digest") in self._data and _is_of_bytes(entry):
                    tree = _opened(directory["digest"], self._data)
                    self._put(tree, os.path.relpath(path, above), entry)
                    self._found[root, above] = self._closed(tree, directory)
                    del self._found[root, path]
                    break

    def fold(self) -> None:
        """Let directories stand for what is too many."""
        entries = self.done.entries
        entries += [entry for entry in self._found.values() if not _is_of_bytes(entry)]
        items = [Item(*where, entry) for where, entry in self._found.items() if _is_of_bytes(entry)]
        for group in fold(items, MOST_UNFOLDED):
            entries += [self._folded(group)] if group.directory else [item.thing for item in group.items]
        entries.sort(key=lambda entry: (bool(entry.get("absolute")), entry["path"]))

    def _is_directory(self, entry: Mapping[str, Any]) -> bool:
        return entry.get("digest") in self._data or entry.get("files", 1) > 1

    def _both(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        """Two ranks' directories of the same name as one."""
        try:
            mine, its = (_opened(entry["digest"], self._data) for entry in (one, other))
        except (KeyError, InvalidRecord):
            self.done.incomplete.append(other["path"])
            return dict(other)
        return self._closed(_merged(mine, its), other)

    def _folded(self, group: Group[dict[str, Any]]) -> dict[str, Any]:
        """Many entries as the directory they lie below."""
        directory, tree, first = group.directory or "", _Tree(), group.items[0].thing
        for item in group.items:
            self._put(tree, os.path.relpath(item.path, directory), item.thing)
        files = sum(item.thing.get("files", 1) for item in group.items)
        shared: dict[str, Any] = {name: first[name] for name in ("absolute", "how") if name in first}
        path = quote(os.fsencode(group.root + directory))
        return {**self._closed(tree, {"path": path, **shared}), "files": files}

    def _put(self, tree: _Tree, path: str, entry: Mapping[str, Any]) -> None:
        *above, name = os.fsencode(path).split(b"/")
        for part in above:
            inner = tree.get(part)
            if not isinstance(inner, _Tree):
                inner = tree[part] = _Tree()
            tree = inner
        mode = "dir" if self._is_directory(entry) else self._mode(entry)
        tree[name] = Entry(mode, entry.get("size", 0), entry["digest"], name)

    def _closed(self, tree: _Tree, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give an entry the digest, size and number of files of a directory, and keep its listings."""
        made = self._entry(b"", tree)
        return {**entry, "digest": made.digest, "size": made.size, "files": _count(tree)}

    def _entry(self, name: bytes, tree: _Tree) -> Entry:
        below = [self._entry(part, inner) if isinstance(inner, _Tree) else inner for part, inner in tree.items()]
        digest = ""
        for digest, listing in cut(sorted(below, key=lambda entry: entry.name)):
            self._data[digest] = self.done.data[digest] = listing
        return Entry("dir", sum(entry.size for entry in below), digest, name)


def _is_of_bytes(entry: Mapping[str, Any]) -> bool:
    """Whether an entry can stand in a listing; a tracked file, which is known by its blob, stands alone."""
    return str(entry.get("digest", "")).startswith("b3:")


def _opened(digest: str, data: Mapping[str, bytes]) -> _Tree:
    """A directory by its digest, as deep as the listings below it are known."""
    return _Tree(
        (entry.name, _opened(entry.digest, data) if entry.mode == "dir" and entry.digest in data else entry)
        for entry in entries(digest, data.__getitem__)
    )


def _merged(one: _Tree, other: _Tree) -> _Tree:
    both = _Tree({**one, **other})
    for name in one.keys() & other.keys():
        mine, its = one[name], other[name]
        if isinstance(mine, _Tree) and isinstance(its, _Tree):
            both[name] = _merged(mine, its)
    return both


def _count(tree: _Tree) -> int:
    return sum(_count(inner) if isinstance(inner, _Tree) else 1 for inner in tree.values())
