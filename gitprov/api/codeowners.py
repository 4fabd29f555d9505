"""A CODEOWNERS file: who is asked about which paths, by GitHub's rules, and by GitLab's where it has sections.

As at GitHub, the last line that matches a path decides; one without owners takes them away. Patterns are those of
gitignore, but for `dir/*`, which is not about what lies in directories of `dir`, and for `!`, `[...]` and `\\#`,
which GitHub does not know: such a line says nothing. As at GitLab, the last line that matches decides in each section;
in a file with sections, and in `.gitlab/CODEOWNERS`, a pattern without `/` at its beginning is about any directory.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from pathspec import GitIgnoreSpec

_HEADER: Final = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]+)\](?:\[(?P<count>[0-9]{1,4})\])?(?:\s+(?P<rest>.*))?")
_PATTERN: Final = re.compile(r"(?:\\.|[^\s\\]|\\$)+")
_OWNER: Final = re.compile(r"@@?[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*|[^@\s<>]+@[^@\s<>]+")
_ANY_NAME: Final = "\x01"
"""Stands for the last `*` of `dir/*`, and for the name of the file that is held against it."""
_MOST: Final = 3 << 20
"""The largest file that is read, in characters: GitHub's limit."""


class Line(NamedTuple):
    """One line: a pattern and who is asked about what it matches."""

    number: int
    pattern: str
    owners: tuple[str, ...]
    """Handles (`@ana`, `@org/team`) and addresses, as they stand there; none: nobody is asked."""
    spec: GitIgnoreSpec

    def matches(self, path: str) -> bool:
        """Whether the line is about a file."""
        if _ends_in_any_name(self.pattern):
            path = path[: path.rfind("/") + 1] + _ANY_NAME
        return self.spec.match_file(path)


class Section(NamedTuple):
    """Lines of which the last that matches decides; GitHub knows only the one that has no name."""

    name: str
    lines: tuple[Line, ...]
    approvals: int = 1
    """How many of the owners have to agree."""
    is_optional: bool = False
    """Whether the owners are only told."""

    def line_about(self, path: str) -> Line | None:
        """The line that decides about a file, if there is one."""
        return next((line for line in reversed(self.lines) if line.matches(path)), None)


class Fault(NamedTuple):
    """A line that says nothing, and why."""

    number: int
    reason: str


class CodeOwners(NamedTuple):
    """A file that was read; `where` is its path."""

    where: str
    sections: tuple[Section, ...] = ()
    faults: tuple[Fault, ...] = ()


def parse(text: str, where: str) -> CodeOwners:
    """Read the text of a file. What cannot be understood is a fault, and the rest holds."""
    if len(text) > _MOST:
        return CodeOwners(where, (), (Fault(1, "the file is larger than 3 MiB: it is not read"),))
    rows = [(number, row.strip()) for number, row in enumerate(text.splitlines(), 1)]
    rows = [(number, row) for number, row in rows if row and not row.startswith("#")]
    is_gitlab = where.startswith(".gitlab/") or any(_HEADER.fullmatch(_code(row)) for _, row in rows)
    reading = _Reading(is_gitlab=is_gitlab)
    for number, row in rows:
        reading.take(number, _code(row))
    return CodeOwners(where, tuple(reading.sections()), tuple(reading.faults))


class _Reading:
    """Takes one line after the other."""

    def __init__(self, *, is_gitlab: bool) -> None:
        self.faults: list[Fault] = []
        self._is_gitlab = is_gitlab
        self._heads: dict[str, Section] = {}
        self._lines: dict[str, list[Line]] = {}
        self._begin(Section("", ()))
        self._otherwise: tuple[str, ...] = ()

    def sections(self) -> Iterator[Section]:
        for name, head in self._heads.items():
            if lines := self._lines[name]:
                yield head._replace(lines=tuple(lines))

    def take(self, number: int, row: str) -> None:
        if header := _HEADER.fullmatch(row):
            self._otherwise = tuple(self._owners(number, (header["rest"] or "").split()))
            count, is_optional = int(header["count"] or 1), bool(header["optional"])
            self._begin(Section(header["name"], (), max(count, 1), is_optional))
            return
        found = _PATTERN.match(row)
        pattern = found[0] if found else row
        if reason := _unknown(pattern):
            self.faults.append(Fault(number, reason))
            return
        asked = row[len(pattern) :].split()
        owners = self._owners(number, asked)
        if len(owners) == len(asked):  # else the whole line says nothing
            self._current.append(Line(number, pattern, tuple(owners) or self._otherwise, self._spec(pattern)))

    def _begin(self, section: Section) -> None:
        """Sections of one name are one, as the first of them says."""
        key = section.name.lower()
        self._heads.setdefault(key, section)
        self._current = self._lines.setdefault(key, [])

    def _owners(self, number: int, words: list[str]) -> list[str]:
        bad = [word for word in words if not _OWNER.fullmatch(word)]
        self.faults += [Fault(number, f"{word} is neither a handle (@ana, @org/team) nor an address") for word in bad]
        return [word for word in words if word not in bad]

    def _spec(self, pattern: str) -> GitIgnoreSpec:
        if self._is_gitlab and "/" in pattern and not pattern.startswith(("/", "**/")):
            pattern = f"**/{pattern}"
        if _ends_in_any_name(pattern):
            pattern = pattern[:-1] + _ANY_NAME
        return GitIgnoreSpec.from_lines([pattern])


def _code(row: str) -> str:
    """A line without the remark at its end."""
    return re.split(r"\s#", row, maxsplit=1)[0].rstrip()


def _unknown(pattern: str) -> str:
    """Why a pattern means nothing; "" where it means something."""
    if pattern.startswith("!"):
        return "a pattern with ! says nothing in CODEOWNERS"
    if "[" in pattern:
        return "a pattern with [ ] says nothing in CODEOWNERS"
    if pattern.startswith("\\#"):
        return "a pattern that begins with \\# says nothing in CODEOWNERS"
    if not pattern.strip("/") or len(pattern) - len(pattern.rstrip("\\")) & 1:
        return "matches nothing"
    return ""


def _ends_in_any_name(pattern: str) -> bool:
    return pattern.endswith("/*") and pattern.strip("/") != "*"
