r"""The canonical listing of a directory, and the digest that stands for all of it.

One line for each entry, sorted by the bytes of its name:

    <mode> <size> <digest>\t<name>\n

`644` and `755` are files (git's two kinds), `link` a symbolic link (size and digest are of the text it holds), `dir` a
directory (size is the total below, digest that of its own listing). Names are in the form of `model.text.quote`,
quoted as well where they hold a tab or a newline. So one changed file changes one listing a level, and directories
that are equal are one listing. Empty directories, pipes, sockets and devices have no entry.
"""

import os
import re
import stat
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import Digester, digest_bytes, digest_file
from gitprov.errors import InvalidRecord, ProvError
from gitprov.model.text import quote, unquote, unsafe_path, visible

# Nearly every name: harmless and in need of no quoting, which is cheaper to see than to prove for each.
_PLAIN: Final = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_LINE: Final = r"(?P<mode>644|755|link|dir) (?P<size>0|[1-9][0-9]{0,18}) (?P<digest>b3:[0-9a-f]{64})\t(?P<name>.+)"


class Entry(NamedTuple):
    """One line of a listing; `name` is the bytes that the system has."""

    mode: str
    size: int
    digest: str
    name: bytes


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


def render(entries: Iterable[Entry]) -> bytes:
    """Return the listing of entries, in any order."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    return "".join(f"{e.mode} {e.size} {e.digest}\t{_quoted(e.name)}\n" for e in ordered).encode()


def parse_listing(data: bytes) -> list[Entry]:
    """Return the entries of a listing that may come from anywhere; InvalidRecord when any of it is not as it must be.

    A name must be a plain one: no path, nothing that leads out of the directory or into a `.git`.
    """
    if data and not data.endswith(b"\n"):
        raise InvalidRecord("the listing does not end with a newline")
    entries = [_parsed(number, line) for number, line in enumerate(data.split(b"\n")[:-1], 1)]
    for number, (one, following) in enumerate(pairwise(entries), 1):
        if one.name >= following.name:
            raise InvalidRecord(f"line {number + 1} of the listing is out of order or names an entry again")
    if render(entries) != data:
        raise InvalidRecord("the listing writes a name in another than its one quoted form")
    return entries


def _parsed(number: int, line: bytes) -> Entry:
    where = f"line {number} of the listing"
    try:
        match = re.fullmatch(_LINE, line.decode())
        name = unquote(match["name"]) if match else b""
    except ValueError as error:
        raise InvalidRecord(f"{where} is not well-formed text") from error
    if match is None:
        raise InvalidRecord(f"{where} is not mode, size, digest and name")
    if reason := refused_name(name):
        raise InvalidRecord(f"the name {visible(match['name'])[:80]} on {where} {reason}")
    return Entry(match["mode"], int(match["size"]), match["digest"], name)


def refused_name(name: bytes) -> str:
    """Say why an entry may not have this name; `""` when it may."""
    if b"/" in name or b"\0" in name:
        return "is not a plain name"
    return _unsafe_below(name)


def _unsafe_below(path: bytes) -> str:
    # Below a directory, because only the beginning of a path can be a drive letter.
    return unsafe_path(quote(b"d/" + path))


def _quoted(name: bytes) -> str:
    if _PLAIN.fullmatch(name):
        return name.decode()
    text = quote(name)
    if text.startswith('"') or ("\n" not in text and "\t" not in text):
        return text
    # `quote` leaves tab and newline alone in text that is clean otherwise; with a NUL before it, it is not.
    return '"' + quote(b"\0" + name).removeprefix('"\\000')


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
            data = render(entries)
            whole = Entry("dir", sum(entry.size for entry in entries), digest_bytes(data), os.path.basename(directory))
            listings[whole.digest] = data
            if directory:
                self._entries.setdefault(os.path.dirname(directory), []).append(whole)
        return Described(whole.digest, whole.size, files, listings, tuple(self._skipped))

    def _leaf(self, path: bytes, directory: bytes, name: bytes) -> Entry | None:
        entry = None
        reason = self._refused(directory) or ("" if _PLAIN.fullmatch(name) else _unsafe_below(name))
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
            known = _unsafe_below(directory)
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
