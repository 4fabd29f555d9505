"""Advice as text: a line each, as linters write it, and a sum."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from gitprov.model.advice import Advice, Linted
from gitprov.model.text import single_line
from gitprov.views.style import paint

LINES: Final = 10
"""Lines that a kind of advice has at most."""
ALL: Final = "git prov lint --json"
_LONGEST: Final = 400


def advice(found: Linted, *, colour: bool) -> str:
    """Return `PLACE: what: why; instead: ...`, a line each, ten of a kind at most, and how much there is in all."""
    lines = [_line(one, colour=colour) for one in _shown(found)]
    left = len(found.advice) - len(lines)
    if left:
        lines.append(f"and {left} more: {ALL}")
    return "".join(f"{line}\n" for line in [*lines, summary(found)])


def summary(found: Linted) -> str:
    """Return one line: what was looked at, and how much there is to say."""
    where = _counted(found.files, "file") + (f" and {_counted(found.runs, 'run')}" if found.runs else "")
    count = len(found.advice)
    said = f"{count} piece{'' if count == 1 else 's'} of advice" if count else "nothing to advise"
    return f"{where}: {said}"


def _shown(found: Linted) -> Iterator[Advice]:
    counts: dict[str, int] = defaultdict(int)
    for one in found.advice:
        counts[one.rule] += 1
        if counts[one.rule] <= LINES:
            yield one


def _line(one: Advice, *, colour: bool) -> str:
    place = f"{one.path}:{one.line}" if one.line else one.path
    said = single_line(f"{one.what}: {one.why}; instead: {one.instead}", _LONGEST)
    return f"{paint(single_line(place, _LONGEST), 'yellow', colour=colour)}: {said}"


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
