r"""One listing: lines to entries and back.

One line for each entry, sorted by the bytes of its name:

    <mode> <size> <digest>\t<name>\n

`644` and `755` are files (git's two kinds), `link` a symbolic link (size and digest are of the text it holds), `dir` a
directory (size is the total below, digest that of its own listing), `part` some of the entries of the directory itself
(see `parts`). Names are in the form of `model.text.quote`, quoted as well where they hold a tab or a newline.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import InvalidRecord
from gitprov.model.text import quote, unquote, unsafe_path, visible

MOST: Final = 512
"""Lines that a listing has at most; a directory with more entries is listed in parts."""
EMPTY: Final = digest_bytes(b"")
"""The digest of an empty directory, which has no line of its own in the directory above."""
# Nearly every name: harmless and in need of no quoting, which is cheaper to see than to prove for each.
_PLAIN: Final = re.compile(rb"[A-Za-z0-9_-][A-Za-z0-9_.-]*+")
_LINE: Final = r"(644|755|link|dir|part) (0|[1-9][0-9]{0,18}) (b3:[0-9a-f]{64})\t(.+)"
is_plain: Final = _PLAIN.fullmatch
"""Tells whether a name stands in a line as it is, as nearly all do."""
_PLAIN_LINE: Final = re.compile(_LINE.replace(".+", _PLAIN.pattern.decode()))


class Entry(NamedTuple):
    """One line of a listing; `name` is the bytes that the system has, for a `part` those of its first entry."""

    mode: str
    size: int
    digest: str
    name: bytes

    def line(self) -> str:
        """Return the line, with its newline."""
        return f"{self.mode} {self.size} {self.digest}\t{text_form(self.name)}\n"


def render(entries: Iterable[Entry]) -> bytes:
    """Return the listing of entries, in any order, as one."""
    return "".join(entry.line() for entry in sorted(entries, key=lambda entry: entry.name)).encode()


def parse_listing(data: bytes) -> list[Entry]:
    """Return the entries of one listing that may come from anywhere; InvalidRecord when any of it is not as it must be.

    A name must be a plain one: no path, nothing that leads out of the directory or into a `.git`. Either no entry is a
    `part`, or all are.
    """
    if data and not data.endswith(b"\n"):
        raise InvalidRecord("the listing does not end with a newline")
    if data.count(b"\n") > MOST:
        raise InvalidRecord(f"the listing has more than {MOST} lines and is not in parts")
    try:
        lines = data.decode().split("\n")[:-1]
    except ValueError as error:
        raise InvalidRecord("the listing is not well-formed text") from error
    entries = [_parsed(number, line) for number, line in enumerate(lines, 1)]
    for number, (one, following) in enumerate(pairwise(entries), 2):
        if one.name >= following.name:
            raise InvalidRecord(f"line {number} of the listing is out of order or names an entry again")
    if len({entry.mode == "part" for entry in entries}) > 1:
        raise InvalidRecord("the listing names parts and entries together")
    return entries


def refused_name(name: bytes) -> str:
    """Say why an entry may not have this name; `""` when it may."""
    if is_plain(name):
        return ""
    if b"/" in name or b"\0" in name:
        return "is not a plain name"
    return unsafe_below(name)


def unsafe_below(path: bytes) -> str:
    """Say why a path below a directory is refused; `""` when it is fine."""
    # Only the beginning of a whole path can be a drive letter.
    return unsafe_path(quote(b"d/" + path))


def text_form(name: bytes) -> str:
    """Return a name as a line has it."""
    return name.decode() if is_plain(name) else quote(name, one_line=True)


def _parsed(number: int, line: str) -> Entry:
    plain = _PLAIN_LINE.fullmatch(line)
    match = plain or re.fullmatch(_LINE, line)
    where = f"line {number} of the listing"
    if match is None:
        raise InvalidRecord(f"{where} is not mode, size, digest and name")
    mode, size, digest, text = match.groups()
    name = text.encode() if plain else _named(where, text)
    if digest == EMPTY and mode in ("dir", "part"):
        raise InvalidRecord(f"{where} names an empty directory, which has no line")
    return Entry(mode, int(size), digest, name)


def _named(where: str, text: str) -> bytes:
    """Return the name that a text stands for, which is none of the plain ones."""
    try:
        name = unquote(text)
    except ValueError as error:
        raise InvalidRecord(f"{where} is not well-formed text") from error
    if reason := refused_name(name):
        raise InvalidRecord(f"the name {visible(text)[:80]} on {where} {reason}")
    if text_form(name) != text:
        raise InvalidRecord(f"{where} writes a name in another than its one quoted form")
    return name
