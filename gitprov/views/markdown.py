"""Text that Markdown takes for nothing else: names of files and words of people inside of summaries on web pages."""

import re
from typing import Final

from gitprov.views import units

_MEANT: Final = frozenset("\\`*_{}[]<>()#+!|~$&")
_LINKED: Final = re.compile(r"[@#]|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
"""What pages of forges make a link of by themselves: mentions, numbers of issues, addresses."""
_NOTHING: Final = "\u200b"
"""A space without width: nobody sees it, and what is around it is no link."""
_RUN: Final = re.compile("`+")


def plain(text: str, limit: int = 300) -> str:
    """Return text on one line, to stand anywhere, a cell of a table included: no mark-up, no mention, no link.

    At most `limit` characters of the text are shown.
    """
    unlinked = _LINKED.sub(lambda match: match[0] + _NOTHING, units.line(text, limit))
    return "".join(f"\\{char}" if char in _MEANT else char for char in unlinked)


def block(lines: list[str]) -> list[str]:
    """Return lines as a block of code, to be copied as they stand; each is kept to one line."""
    shown = [units.line(line) for line in lines]
    longest = max((len(run) for line in shown for run in _RUN.findall(line)), default=0)
    fence = "`" * max(longest + 1, 3)
    return [f"{fence}text", *shown, fence]


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return a table; its cells are Markdown already."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
