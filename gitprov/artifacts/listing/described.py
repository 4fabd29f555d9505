"""The listings of a directory that holds an explicit set of files, as a run touched them."""

import os
import stat
from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import Digester, digest_bytes, digest_file
from gitprov.artifacts.listing.lines import Entry, refused_name, unsafe_below
from gitprov.artifacts.listing.parts import cut
from gitprov.errors import ProvError
from gitprov.model.text import quote


class Skipped(NamedTuple):
    """What has no entry, or one that may be wrong: its path below the root, quoted, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        """Return one clause: `a/b is a pipe`."""
        return f"{self.path} {self.reason}"


class Described(NamedTuple):
    """A directory: its digest, the bytes and number of its files, and by digest the listings it is made of."""

    digest: str
    size: int
    files: int
    listings: dict[str, bytes]
    skipped: tuple[Skipped, ...] = ()


def describe(root: str | bytes, relative_files: Iterable[str | bytes], digest: Digester | None = None) -> Described:
    """Return the listings of a directory that holds just these files, given by their paths below it.

    Symbolic links are described, never followed. What cannot be read, changes while it is read or is no file is
    skipped (or kept, where it only changed) and said. `digest` is `digest_file` if nothing else is given.
    """
    return _Description(os.fsencode(root), digest or digest_file).of({os.fsencode(path) for path in relative_files})


class _Description:
    """The work of `describe`: entries by directory, gathered from files, then folded into the directories above."""

    def __init__(self, root: bytes, digest: Digester) -> None:
        self._digest = digest
        self._root = os.path.join(root, b"")
        self._entries: dict[bytes, list[Entry]] = {b"": []}
        self._refusals = {b"": ""}
        self._skipped: list[Skipped] = []

    def of(self, paths: set[bytes]) -> Described:
        for path in sorted(paths):
            directory, _, name = path.rpartition(b"/")
            if entry := self._leaf(path, directory, name):
                self._entries.setdefault(directory, []).append(entry)
        files = sum(map(len, self._entries.values()))
        listings: dict[str, bytes] = {}
        for directory in sorted(_with_those_above(self._entries), key=_depth, reverse=True):
            entries = self._entries[directory]
            entries.sort(key=_name)
            digest = ""
            for digest, data in cut(entries):
                listings[digest] = data
            whole = Entry("dir", sum(entry.size for entry in entries), digest, os.path.basename(directory))
            if directory:
                self._entries.setdefault(os.path.dirname(directory), []).append(whole)
        return Described(whole.digest, whole.size, files, listings, tuple(self._skipped))

    def _leaf(self, path: bytes, directory: bytes, name: bytes) -> Entry | None:
        entry = None
        reason = self._refused(directory) or refused_name(name)
        if path.startswith(b"/"):
            reason = "is absolute"
        if not reason:
            entry, reason = _described(self._root + path, name, self._digest)
        if reason:
            self._skipped.append(Skipped(quote(path), reason))
        return entry

    def _refused(self, directory: bytes) -> str:
        """Say why nothing in a directory has an entry: its path is unsafe, or leads through a symbolic link."""
        known = self._refusals.get(directory)
        if known is None:
            known = unsafe_below(directory)
            parts = directory.split(b"/")
            for path in (b"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
                if not known and os.path.islink(self._root + path):
                    known = f"lies behind the symbolic link {quote(path)}"
            self._refusals[directory] = known
        return known


def _described(path: bytes, name: bytes, digest_of: Digester) -> tuple[Entry | None, str]:
    """Return the entry of a file or link, and what is wrong with it."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            digest, size, changed = digest_of(path)
            entry = Entry("755" if mode & stat.S_IXUSR else "644", size, digest, name)
            return entry, "changed while it was read" if changed else ""
        if stat.S_ISLNK(mode):
            text = os.readlink(path)
            return Entry("link", len(text), digest_bytes(text), name), ""
    except OSError as error:
        return None, f"cannot be read: {error.strerror}"
    except ProvError:  # what was a file a moment ago
        return None, "is no file any more"
    return None, f"is {_KINDS.get(stat.S_IFMT(mode), 'no file')}"


_KINDS: Final = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def _with_those_above(directories: Iterable[bytes]) -> set[bytes]:
    found = {b""}
    for directory in directories:
        while directory not in found:
            found.add(directory)
            directory = os.path.dirname(directory)  # noqa: PLW2901
    return found


def _depth(directory: bytes) -> int:
    return directory.count(b"/") + 1 if directory else 0


def _name(entry: Entry) -> bytes:
    return entry.name
