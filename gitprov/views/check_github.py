"""A judgement as annotations of GitHub Actions: lines of a log that become marks beside the files of a change.

Names of files are written by whoever made the change: none of them may begin a command of its own.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from gitprov.model.text import visible
from gitprov.model.verdicts import BLOCK, Finding, Judgement
from gitprov.views.check import by_rule, summary
from gitprov.views.finding_paths import as_text

SHOWN: Final = 10
"""How many errors, and how many warnings, GitHub shows of a step; it passes over what is beyond without a word."""
_COMMANDS: Final = {BLOCK: "error"}
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = _IN_TEXT | str.maketrans({":": "%3A", ",": "%2C"})


def check(judgement: Judgement) -> str:
    """Return at most ten errors and ten warnings, a line each, and the sum of all. Of each rule some are among them."""
    found = by_rule(judgement)
    blocks = _first([same for same in found if same[0].level == BLOCK])
    warns = _first([same for same in found if same[0].level != BLOCK])
    lines = [_annotation(one) for one in (*blocks, *warns)]
    left = len(judgement.findings) - len(lines)
    more = [f"and {left} more, which stand in the summary of the job and in every report"] if left else []
    lines += [f"::notice title=git prov::{_escaped(note)}" for note in judgement.notes[:SHOWN]]
    return "".join(f"{line}\n" for line in (*lines, *more, _harmless(summary(judgement))))


def _first(groups: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Return as many as are shown: the first of each rule, then the second of each, and so on; by rule again."""
    longest = max(map(len, groups), default=0)
    turns = chain.from_iterable(
        ((group, place) for group, same in enumerate(groups) if place < len(same)) for place in range(longest)
    )
    taken = sorted(pair for pair, _ in zip(turns, range(SHOWN), strict=False))
    return [groups[group][place] for group, place in taken]


def _annotation(one: Finding) -> str:
    where = [("file", as_text(one.path)), ("line", "1")] if one.path else []
    properties = ",".join(
        f"{name}={visible(value).translate(_IN_PROPERTY)}" for name, value in (*where, ("title", one.rule))
    )
    text = f"{one.what}\nmend: {one.mend}" if one.mend else one.what
    return f"::{_COMMANDS.get(one.level, 'warning')} {properties}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return visible(text).translate(_IN_TEXT)


def _harmless(line: str) -> str:
    """Return a line of the log that is no command, in neither of the two ways in which commands are written."""
    return f"git prov: {line}".translate(_IN_TEXT).replace("##[", "## [")
