"""What in a text differs between two runs and means nothing: where and when they ran, temporary names, addresses."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote as percent_encoded

from gitprov.replay.compare import moments
from gitprov.replay.compare.moments import Span

REPOSITORY: Final = "<repository>"
HOME: Final = "<home>"
ENVIRONMENT: Final = "<environment>"
_NOISE: Final = {
    REPOSITORY: "path of the repository",
    HOME: "path of the home directory",
    ENVIRONMENT: "path of the environment",
}
_TEMPORARY: Final = re.compile(
    r"(?:/private)?(?:/var)?/tmp/[^\s/\"'<>:,;)\]}]+|/var/folders/\w\w/\w+/T/[^\s/\"'<>:,;)]+"
)
_ADDRESS: Final = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_UUID: Final = re.compile(
    r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[14][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}\b"
)
"""Versions 1 and 4 only: version 5 is worked out from what it names."""


class Normaliser:
    """Replaces what is particular to one side by a word for it; `places` are (path, token) of that side."""

    def __init__(self, places: Iterable[tuple[str, str]] = (), span: Span | None = None) -> None:
        self._span = span
        tokens: dict[str, str] = {}
        for path, token in places:
            if len(path.rstrip("/")) > 1:
                stem = path.rstrip("/")
                tokens.setdefault(stem, token)
                tokens.setdefault(percent_encoded(stem), token)
        self._tokens = tokens
        # `/data/repo` is not the beginning of `/data/repo2` or `/data/repo.bak`, and may end a sentence
        longest_first = "|".join(re.escape(place) for place in sorted(tokens, key=len, reverse=True))
        self._places = re.compile(rf"(?:{longest_first})(?![\w-]|\.\w)") if tokens else None

    def __call__(self, text: str) -> tuple[str, set[str]]:
        """Return the text with its particulars replaced, and what they were."""
        found: set[str] = set()
        if self._places is not None:
            text = self._places.sub(lambda match: self._token(match[0], found), text)
        for pattern, token, name in _PATTERNS:
            text, count = pattern.subn(token, text)
            if count:
                found.add(name)
        if self._span is not None:
            text, is_found = self._span.without_moments(text)
            found |= {moments.NOISE} if is_found else set()
        return text, found

    def is_moment(self, value: float) -> bool:
        """Tell whether a number says when this side's run ran."""
        return self._span is not None and self._span.has(value)

    def _token(self, place: str, found: set[str]) -> str:
        token = self._tokens[place]
        found.add(_NOISE.get(token, "path of this machine"))
        return token


class Elsewhere:
    """Where a recorded run stood, which no record says: told by what it has where the new one has its own places.

    It has to be the same throughout.
    """

    def __init__(self) -> None:
        self._roots: dict[str, str] = {}

    def evens_out(self, before: str, after: str) -> bool:
        """Tell whether two texts, each without its particulars, differ in nothing but the places of the new one."""
        if len(before) > _LONGEST or not _OWN.search(after):
            return False
        match = re.fullmatch(self._pattern(after), before, re.DOTALL)
        if match is None:
            return False
        self._roots |= {_TOKENS[group]: path for group, path in match.groupdict().items()}
        return True

    def _pattern(self, after: str) -> str:
        seen = set()
        parts = []
        for part in _OWN.split(after):
            group = _GROUPS.get(part)
            if group is None:
                parts.append(re.escape(part))
            elif part in self._roots:
                parts.append(re.escape(self._roots[part]))
            else:
                parts.append(f"(?P={group})" if group in seen else f"(?P<{group}>{_PATHS[part]})")
                seen.add(group)
        return "".join(parts)


def prefix_of(interpreter: str, home: str) -> str:
    """Return where the environment of an interpreter is, as records name one (`venv ~/env/bin/python`); "" if unknown.

    What is relative stands in the repository, and goes with it.
    """
    match = _INTERPRETER.search(interpreter)
    if match is None:
        return ""
    prefix = match["prefix"]
    return home + prefix[1:] if prefix.startswith("~/") and home else "" if prefix.startswith("~") else prefix


_INTERPRETER: Final = re.compile(r"(?:^| )(?P<prefix>~?/[^\0]+)/bin/[^/]+$")
_LONGEST: Final = 10_000
_PATH: Final = r"(?:/|<temporary>{})[^\n\"'<>|:;]*?[^\n\"'<>|:;/\s]"
_PATHS: Final = {
    REPOSITORY: _PATH.format(f"|{HOME}"),
    HOME: _PATH.format(""),
    ENVIRONMENT: _PATH.format(f"|{HOME}|{REPOSITORY}"),
}
"""What may stand in the place of each: another path, and none below its own."""
_GROUPS: Final = {REPOSITORY: "repository", HOME: "home", ENVIRONMENT: "environment"}
_TOKENS: Final = {group: token for token, group in _GROUPS.items()}
_OWN: Final = re.compile(f"({'|'.join(_GROUPS)})")
_PATTERNS: Final = (
    (_TEMPORARY, "<temporary>", "name of a temporary file"),
    (_ADDRESS, "at <address>", "address in memory"),
    (_UUID, "<uuid>", "random identifier"),
)
