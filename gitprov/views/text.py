"""Runs below a commit, as `git prov log` shows them: a line each, in the place where git shows notes."""

from collections.abc import Mapping
from typing import Any, Final

from gitprov.model import standing
from gitprov.model.answers import UNCOMMITTED, CommitRuns, History
from gitprov.model.words import command_line, duration, number
from gitprov.views import units
from gitprov.views.style import STATUS, cut, paint, width

MOST: Final = 20
"""The most runs shown below one commit; the others are counted."""

STANDING: Final = {
    "exact": "",
    "same-tree": "same tree",
    "same-code": "same code",
    "linked": "rewritten into this",
    "same-patch": "same patch, inferred",
    UNCOMMITTED: "uncommitted changes",
}
"""How a run belongs to a commit, in words; nothing needs to be said of one that ran on it."""

_METRICS: Final = 3
_METRIC_NAME: Final = 24
_NARROW: Final = 24

Run = Mapping[str, Any]


def log_lines(history: History, *, columns: int | None, colour: bool) -> dict[str, str]:
    """Return the lines below each commit that has runs, by commit; `columns` is the room for one, `None` for any."""
    return {
        commit.commit: _lines(commit, history.runs, columns, colour=colour)
        for commit in history.commits
        if commit.runs or commit.uncommitted
    }


def _lines(commit: CommitRuns, runs: Mapping[str, Run], columns: int | None, *, colour: bool) -> str:
    standings = [*commit.runs, *((run, UNCOMMITTED) for run in commit.uncommitted)]
    lines = [run_line(runs[run], grade, columns=columns, colour=colour) for run, grade in standings[:MOST]]
    if (more := len(standings) - MOST) > 0:
        lines.append(f"and {more} more: git prov ls {commit.commit[:10]}")
    return "\n".join(lines) + "\n"


def run_line(run: Run, grade: str, *, columns: int | None, colour: bool) -> str:
    """Return `9f2c1ab ok: python train.py (accuracy=0.931, 12m03s, same tree)` in at most so many columns.

    The command gives way first, then the metrics, the last of them first; how the run belongs to the commit never.
    """
    name, status = units.short(run["id"]), str(run["status"])
    command = units.line(command_line(run)) or units.line(run.get("message", ""))
    metrics = min(len(run.get("metrics", {})), _METRICS)
    after = _asides(run, grade, metrics)
    if columns is not None:
        least = min(width(command), _NARROW)
        while metrics and _room(columns, name, status, after) < least:
            metrics -= 1
            after = _asides(run, grade, metrics)
        command = cut(command, max(_room(columns, name, status, after), least))
    status = paint(status, STATUS.get(status, ""), colour=colour)
    said = f": {command}" if command else ""
    return f"{paint(name, 'yellow', colour=colour)} {status}{said}{paint(after, 'dim', colour=colour)}"


def _room(columns: int, name: str, status: str, after: str) -> int:
    return columns - width(f"{name} {status}: {after}")


def _asides(run: Run, grade: str, metrics: int) -> str:
    """What stands in parentheses after the command, with the first `metrics` of the metrics."""
    every = list(run.get("metrics", {}).items())
    said = [f"{units.line(name, _METRIC_NAME)}={number(value)}" for name, value in every[:metrics]]
    said += ["…"] if said and metrics < len(every) else []
    said += [duration(run["seconds"])] if "seconds" in run else []
    said += [STANDING[grade]] if STANDING[grade] else []
    said += [standing.short(run[standing.STANDING])] if standing.STANDING in run else []
    return f" ({', '.join(said)})" if said else ""
