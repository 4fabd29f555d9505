"""What in a text differs between two runs and means nothing: where they stood, temporary names, addresses in memory."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote as percent_encoded

REPOSITORY: Final = "<repository>"
HOME: Final = "<home>"
_NOISE: Final = {REPOSITORY: "path of the repository", HOME: "path of the home directory"}
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

    def __init__(self, places: Iterable[tuple[str, str]] = ()) -> None:
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
        return text, found

    def _token(self, place: str, found: set[str]) -> str:
        token = self._tokens[place]
        found.add(_NOISE.get(token, "path of this machine"))
        return token


_PATTERNS: Final = (
    (_TEMPORARY, "<temporary>", "name of a temporary file"),
    (_ADDRESS, "at <address>", "address in memory"),
    (_UUID, "<uuid>", "random identifier"),
)
