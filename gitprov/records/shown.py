"""What plain `git log` shows below a commit: one line a run, the newest last, bounded however many there are."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitprov.model.ids import ABBREV
from gitprov.model.text import single_line
from gitprov.model.words import command_line, duration, number

SHOWN = 20
"""The most runs shown below one commit; where there are others, a line says so."""

_WIDTH = 160
_EARLIER = "(earlier runs: "


def is_own_run(record: Mapping[str, Any]) -> bool:
    """Tell whether a record is a run of somebody's own, and not one that was made to reproduce another."""
    return record["kind"] == "run" and "reproduces" not in record


def line(run: Mapping[str, Any], standing: str = "") -> str:
    """`run 9f2c1ab 2026-11-20 17:30:05Z ok: python train.py (accuracy=0.931, 12m03s)`.

    `standing` says how the run belongs to the commit where it is not simply the one it ran on.
    """
    when = str(run["at"])[:19].replace("T", " ") + "Z"
    asides = [f"{name}={number(value)}" for name, value in list(run.get("metrics", {}).items())[:3]]
    if "seconds" in run:
        asides.append(duration(run["seconds"]))
    if standing:
        asides.append(standing)
    more = f" ({', '.join(asides)})" if asides else ""
    command = single_line(command_line(run), max(_WIDTH - len(more) - 50, 40))
    return f"run {run['id'][:ABBREV]} {when} {run['status']}: {command}{single_line(more, 100)}"


def merge(text: str, lines: Iterable[str], commit: str) -> str:
    """A commit's note with these lines, oldest first, among those it has; no run is added twice."""
    old = text.splitlines()
    has_earlier = bool(old) and old[0].startswith(_EARLIER)
    by_run: dict[str, str] = {}
    for row in (*(old[1:] if has_earlier else old), *lines):
        by_run.setdefault(_run(row), row)
    rows = sorted(by_run.values(), key=_when)  # runs of one second stay in the order they came
    head = [f"{_EARLIER}git prov ls {commit[:10]})"] if has_earlier or len(rows) > SHOWN else []
    return "\n".join([*head, *rows[-SHOWN:], ""])


def _run(row: str) -> str:
    return row.split(" ", 2)[1]


def _when(row: str) -> str:
    return " ".join(row.split(" ", 4)[2:4])
