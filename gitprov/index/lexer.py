"""A query as a list of tokens, each with the place it stands at, and the words for one that cannot be read."""

import re
from typing import Final, NamedTuple

from gitprov.errors import UsageError
from gitprov.index.fields import NAME, QUOTED
from gitprov.model.text import single_line

KEYWORDS: Final = ("and", "or", "not", "in", "true", "false", "null")

_TOKEN: Final = re.compile(
    rf"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    rf"|(?P<text>{QUOTED})"
    rf"|(?P<name>{NAME})"
    r"|(?P<op>==|!=|<=|>=|<|>|~)"
    r"|(?P<mark>[()\[\],])"
)
_SPACE: Final = re.compile(r"\s*")
_SLIPS: Final = {
    "=": "'==' compares",
    "&": "conditions are joined with 'and'",
    "|": "conditions are joined with 'or'",
    "!": "a condition is turned round with 'not'",
    '"': "the quote is not closed",
    "'": "the quote is not closed",
    ".": "a name is missing beside the dot",
}


class Token(NamedTuple):
    """A piece of a query. `kind` is number, text, name, op, mark, keyword or end."""

    kind: str
    text: str
    at: int


def tokens(query: str) -> list[Token]:
    """Return the tokens of a query, the last of them the `end`. Raises `UsageError` that points at what is none."""
    found = []
    at = _skip_space(query, 0)
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise unreadable(query, at, *_slip(query, at))
        kind, text = match.lastgroup or "", match[0]
        if kind == "name" and text.lower() in KEYWORDS:
            kind, text = "keyword", text.lower()
        found.append(Token(kind, text, at))
        at = _skip_space(query, match.end())
    return [*found, Token("end", "", len(query))]


def unreadable(query: str, at: int, reason: str, hint: str = "") -> UsageError:
    """Return the error for a query that cannot be read, with a mark below the place `at` where reading stopped."""
    shown = "".join(single_line(char, 1) if char.isprintable() else "?" for char in query)
    return UsageError(
        f"the query cannot be read: {reason}\n  {shown}\n  {' ' * at}^",
        hint=hint or "for example: git prov ls 'metrics.accuracy > 0.9 and status == \"ok\"'",
    )


def _slip(query: str, at: int) -> tuple[str, str]:
    """Return what is wrong at a place where no token stands, and what was probably meant."""
    char = query[at]
    if char.isdigit():
        return "a number runs into other letters", "text stands in quotes, a field begins with a letter"
    return f"{char!r} means nothing here" if char.isprintable() else "a control character", _SLIPS.get(char, "")


def _skip_space(query: str, at: int) -> int:
    found = _SPACE.match(query, at)
    assert found is not None
    return found.end()
