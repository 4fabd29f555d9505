"""Judging listings by themselves: each distinct directory once, however often it stands in the whole.

That a few listings can stand for more files than there are atoms is the reason why nothing is walked before it is
counted.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from gitprov.artifacts.checkout.names import refused
from gitprov.artifacts.listing import Entry, Read, entries
from gitprov.errors import InvalidRecord, ProvError
from gitprov.model.text import quote

MOST_FILES: Final = 100_000_000
_LONGEST: Final = 4096  # bytes of a path, as the system has it
_MOST_PAIRS: Final = 100


class Total(NamedTuple):
    """What is below a directory: bytes, files and links, links alone, and the length of the longest path."""

    size: int = 0
    files: int = 0
    links: int = 0
    longest: int = 0

    def plus(self, other: "Total", name: bytes) -> "Total":
        """Add what is below an entry of this name."""
        longest = max(self.longest, len(name) + 1 + other.longest)
        return Total(self.size + other.size, self.files + other.files, self.links + other.links, longest)


class Alike(NamedTuple):
    """Two names of one directory that some file systems take for one."""

    directory: bytes
    one: bytes
    other: bytes


class Contents:
    """The judgement of listings; `alike` gathers names that may be one on the disk."""

    def __init__(self, read: Read, *, portable: bool) -> None:
        self._read = read
        self._portable = portable
        self._totals: dict[str, Total] = {}
        self.alike: list[Alike] = []
        self.unportable = False
        """Whether there is a name that only some systems can have; that is judged where it stands."""

    def refused(self, name: bytes) -> str:
        """Say why no system may write anything of this name; "" when it may be."""
        reason = refused(name, portable=False)
        self.unportable |= self._portable and not reason and bool(refused(name, portable=True))
        return reason

    def of(self, path: bytes, entry: Entry) -> Total:
        """Return what an entry at `path` stands for; ProvError naming the first thing that cannot be."""
        if entry.mode != "dir":
            return Total(entry.size, 1, int(entry.mode == "link"))
        stack = [_Level(path, entry, self._entries(path, entry))]
        while True:
            level = stack[-1]
            below = next(level.entries, None)
            if below is None:
                stack.pop()
                total = self._settled(level)
                if not stack:
                    return total
                stack[-1].add(total, level.entry.name)
                continue
            here = level.path + b"/" + below.name if level.path else below.name
            self._judge(level, below, here)
            if below.mode != "dir":
                level.add(Total(below.size, 1, int(below.mode == "link")), below.name)
            elif below.digest in self._totals:
                _compare(here, below, self._totals[below.digest])
                level.add(self._totals[below.digest], below.name)
            else:
                stack.append(_Level(here, below, self._entries(here, below)))

    def _judge(self, level: "_Level", entry: Entry, path: bytes) -> None:
        if reason := self.refused(entry.name):
            raise refusal(path, reason)
        if len(path) > _LONGEST:
            raise refusal(path[:80], "is the beginning of a path that is longer than any system has it")
        folded = folded_name(entry.name)
        one = level.names.setdefault(folded, entry.name)
        if one != entry.name and len(self.alike) < _MOST_PAIRS:
            self.alike.append(Alike(level.path, one, entry.name))

    def _settled(self, level: "_Level") -> Total:
        total = level.total
        _compare(level.path, level.entry, total)
        if total.files > MOST_FILES:
            raise refusal(level.path or b".", f"stands for {total.files} files, which is more than is ever written")
        if len(level.path) + total.longest > _LONGEST:
            raise refusal(level.path[:80] or b".", "holds a path that is longer than any system has it")
        self._totals[level.entry.digest] = total
        return total

    def _entries(self, path: bytes, entry: Entry) -> Iterator[Entry]:
        try:
            yield from entries(entry.digest, self._read)
        except InvalidRecord as error:
            raise refusal(path or b".", f"has a listing ({entry.digest}) that cannot be: {error.message}") from error


class _Level:
    """A directory that is being judged."""

    def __init__(self, path: bytes, entry: Entry, below: Iterator[Entry]) -> None:
        self.path = path
        self.entry = entry
        self.entries = below
        self.total = Total()
        self.names: dict[bytes, bytes] = {}

    def add(self, total: Total, name: bytes) -> None:
        """Count what is below an entry."""
        self.total = self.total.plus(total, name)


def folded_name(name: bytes) -> bytes:
    """Return what a file system that ignores case, or how a letter is put together, may make of a name."""
    if name.isascii():
        return name.lower()
    try:
        text = name.decode()
    except ValueError:
        return name
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).encode()


def refusal(path: bytes, reason: str, *, hint: str = "") -> ProvError:
    """Return what is raised for an entry: the whole is refused."""
    return ProvError(
        f"{quote(path, one_line=True)} {reason}; nothing was written",
        hint=hint or "ask who recorded this for data that can be written, or take single files that are needed",
    )


def _compare(path: bytes, entry: Entry, total: Total) -> None:
    if 0 <= entry.size != total.size:
        raise refusal(path or b".", f"says {entry.size} bytes and holds {total.size}")
