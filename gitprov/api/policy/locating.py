"""Where in a TOML text its keys stand: line numbers, which the parser of the standard library does not give.

Nothing is judged here. A text that the parser takes is read whole; one that it refuses, as far as it goes.
"""

import contextlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import Final, NamedTuple

Path = tuple[str | int, ...]
"""Keys from the top, and places in lists: `("rules", "acceptance", "criteria", 0)`."""

_SPACE: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING: Final = re.compile(
    r"""
    \"{3} (?:\\.|[^\\])*? \"{3} \"{0,2}  # up to two quotes may stand before the closing ones
    | '{3} .*? '{3} '{0,2}
    | \" (?:\\.|[^"\\\n])* \"
    | ' [^'\n]* '
    """,
    re.DOTALL | re.VERBOSE,
)
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]+")


_DEEPEST: Final = 100
"""Keys in one dotted key: no settings have so many, and each would be noted with all before it."""


class Place(NamedTuple):
    """Something that stands in the text."""

    path: Path
    line: int
    """The first line is 1."""


class Places:
    """Every key, table and entry of a list, in the order of the text."""

    def __init__(self, places: list[Place]) -> None:
        self._places = places
        self._lines: dict[Path, int] = {}
        for path, line in places:
            self._lines.setdefault(path, line)

    def line(self, path: Path) -> int:
        """Return the line of a key, or of the nearest table above it that stands in the text; 0 for none."""
        return next((self._lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._lines), 0)

    def at(self, line: int) -> Path:
        """Return what stands last on a line; () for nothing."""
        return next((place.path for place in reversed(self._places) if place.line == line), ())

    def last(self) -> Place | None:
        """Return what stands last in the text, as far as it was read."""
        return self._places[-1] if self._places else None

    def lines(self) -> Mapping[Path, int]:
        """Return the line of each path."""
        return self._lines


def locate(text: str) -> Places:
    """Find the places of a TOML text."""
    scanner = _Scanner(text)
    with contextlib.suppress(_NotToml, RecursionError):  # what the parser refuses as well
        scanner.document()
    return Places(scanner.places)


class _NotToml(Exception):
    """The text goes on in a way that TOML has not."""


class _Scanner:
    """Goes through a text once and notes where things begin."""

    def __init__(self, text: str) -> None:
        self.places: list[Place] = []
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._counts: dict[Path, int] = {}

    def document(self) -> None:
        """Read headers and pairs to the end."""
        table: Path = ()
        self._take(_GAP)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._take(_GAP)

    def _header(self) -> Path:
        start = self._at
        is_list = self._text.startswith("[[", start)
        self._at += 2 if is_list else 1
        keys = self._keys()
        self._at += 2 if is_list else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._entered((*path, key))
            self._note(path, start)
        path = (*path, keys[-1])
        if is_list:
            self._counts[path] = self._counts.get(path, 0) + 1
        self._note(path, start)
        path = self._entered(path)
        self._note(path, start)
        return path

    def _entered(self, path: Path) -> Path:
        """A list of tables is entered at its last one."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: Path) -> None:
        start = self._at
        keys = self._keys()
        for end in range(1, len(keys) + 1):
            self._note((*table, *keys[:end]), start)
        self._expect("=")
        self._take(_SPACE)
        self._value((*table, *keys))

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._text.startswith(".", self._at):
            self._at += 1
            keys.append(self._key())
        if len(keys) > _DEEPEST:
            raise _NotToml
        return keys

    def _key(self) -> str:
        self._take(_SPACE)
        quoted = self._text.startswith(('"', "'"), self._at)
        raw = self._take(_STRING if quoted else _BARE_KEY)
        self._take(_SPACE)
        if not raw:
            raise _NotToml
        return _unquoted(raw) if quoted else raw

    def _value(self, path: Path) -> None:
        self._note(path, self._at)
        if self._text.startswith(('"', "'"), self._at):
            self._some(_STRING)
        elif self._text.startswith("[", self._at):
            self._entries(path, "]")
        elif self._text.startswith("{", self._at):
            self._entries(path, "}")
        else:
            self._some(_BARE_VALUE)

    def _entries(self, path: Path, end: str) -> None:
        """Read what stands between brackets: values in a list, pairs in a table."""
        self._at += 1
        self._take(_GAP)
        count = 0
        while not self._text.startswith(end, self._at):
            if end == "]":
                self._value((*path, count))
            else:
                self._pair(path)
            count += 1
            self._take(_GAP)
            if not self._text.startswith(end, self._at):
                self._expect(",")
                self._take(_GAP)
        self._at += 1

    def _note(self, path: Path, at: int) -> None:
        self.places.append(Place(path, bisect_right(self._starts, at)))

    def _expect(self, mark: str) -> None:
        if not self._text.startswith(mark, self._at):
            raise _NotToml
        self._at += len(mark)

    def _some(self, pattern: re.Pattern[str]) -> None:
        if not self._take(pattern):
            raise _NotToml

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]


def _unquoted(raw: str) -> str:
    try:
        value = tomllib.loads(f"key = {raw}")["key"]
    except tomllib.TOMLDecodeError:
        raise _NotToml from None
    return str(value)
