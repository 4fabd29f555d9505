"""What is amiss, a line each: for standard error, beside whatever else is shown."""

from collections.abc import Sequence
from typing import Final

from gitprov.model.results import Problem
from gitprov.model.text import single_line

SHOWN: Final = 20
"""The most problems that are named; the others are counted."""

_WIDTH: Final = 300


def problems(found: Sequence[Problem]) -> list[str]:
    """Return a line a problem, the first `SHOWN` of them and how many more there are."""
    lines = [f"warning: {_words(problem)}" for problem in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f'warning: and {len(found) - SHOWN} more; all of them stand under "problems" with --json')
    return lines


def notes(found: Sequence[str]) -> list[str]:
    """Return a line for each thing to know besides."""
    return [f"note: {single_line(note, _WIDTH)}" for note in found]


def _words(problem: Problem) -> str:
    what = f"skipped {problem.where}" if problem.where.startswith("record ") else problem.where
    shown = f" ({problem.shown})" if problem.shown else ""
    return single_line(f"{what}: {problem.reason}{shown}", _WIDTH)
