"""A judgement as text: at most five lines a rule, so that a first offence is explained and never a wall, and a sum."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from gitprov.model.text import visible
from gitprov.model.verdicts import BLOCK, Finding, Judgement
from gitprov.views import units
from gitprov.views.style import paint

LINES: Final = 5
"""Lines that a rule has at most: its name, what offends and what mends it, and how many more there are."""
_COLOURS: Final = {BLOCK: "red"}


def check(judgement: Judgement, *, colour: bool) -> str:
    """Return the judgement as text, what blocks before what only warns."""
    lines = [line for found in by_rule(judgement) for line in _lines(found, judgement.ask, colour=colour)]
    return "".join(f"{line}\n" for line in (*lines, summary(judgement)))


def by_rule(judgement: Judgement) -> list[list[Finding]]:
    """Return the findings of each rule and level together: what blocks first, else in the order of the rules."""
    place = {rule: number for number, rule in enumerate(judgement.rules)}

    def order(one: Finding) -> tuple[bool, int]:
        return one.level != BLOCK, place.get(one.rule, len(place))

    return [list(same) for _, same in groupby(sorted(judgement.findings, key=order), key=order)]


def summary(judgement: Judgement) -> str:
    """Return one line: what was judged, and what came of it."""
    said = outcome(judgement)
    return f"{visible(judgement.judged)}: {said}" if judgement.judged else said


def outcome(judgement: Judgement) -> str:
    """Return what came of it in a few words: `1 to mend, 2 warnings, by 3 rules`."""
    blocks = sum(one.level == BLOCK for one in judgement.findings)
    warns = len(judgement.findings) - blocks
    counts = [f"{blocks} to mend"] if blocks else []
    counts += [_counted(warns, "warning")] if warns else []
    if counts:
        return f"{', '.join(counts)}, by {_counted(len(judgement.rules), 'rule')}"
    if judgement.rules:
        return f"in order, by {_counted(len(judgement.rules), 'rule')}"
    return "no rule is about it"


def _lines(found: Sequence[Finding], ask: str, *, colour: bool) -> Iterator[str]:
    first = found[0]
    shown = _shown(found)
    yield paint(f"{first.rule} ({first.level})", _COLOURS.get(first.level, "yellow"), colour=colour)
    for mend, same in groupby(shown, key=lambda one: one.mend):
        yield from (f"  {units.line(one.what)}" for one in same)
        if mend:
            yield f"  mend: {units.line(mend)}"
    if len(shown) < len(found):
        yield f"  and {len(found) - len(shown)} more: {units.line(ask)}"


def _shown(found: Sequence[Finding]) -> Sequence[Finding]:
    """Return as many as there is room for; the first always is. Neighbours that the same step mends share its line."""
    for count in range(min(len(found), LINES), 1, -1):
        shown = found[:count]
        mends = sum(1 for mend, _ in groupby(shown, key=lambda one: one.mend) if mend)
        if 1 + count + mends + (count < len(found)) <= LINES:
            return shown
    return found[:1]


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
