"""What is said of a run's data: before it starts, a few lines, the worst first; afterwards, of its splits."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from gitprov.model.ids import ABBREV
from gitprov.model.profile import Drift, Drifted, Notice
from gitprov.views.style import paint
from gitprov.views.units import ago, line

_MOST: Final = 8
"""Differences of one file that are said; the others are counted."""
_WIDTH: Final = 300


def notices(found: Iterable[Notice], *, now: datetime, colour: bool) -> str:
    """Return the notices as text; "" for none."""
    return "".join(text + "\n" for notice in found for text in _lines(notice, now, colour=colour))


def _lines(notice: Notice, now: datetime, *, colour: bool) -> list[str]:
    if not isinstance(notice, Drifted):
        return [f"{_mark(notice.severity, colour=colour)} {line(notice.text, _WIDTH)}"]
    drifts = notice.drifts
    since = f"run {notice.run[:ABBREV]}, {ago(notice.at, now)}"
    lines = [f"{line(notice.path, _WIDTH)} is not as it was ({since}):"]
    lines += (f"  {_drift(drift, colour=colour)}" for drift in drifts[:_MOST])
    if len(drifts) > _MOST:
        lines.append(f"  and {len(drifts) - _MOST} more differences")
    return lines


def _drift(drift: Drift, *, colour: bool) -> str:
    text = f"{drift.column}: {drift.text}" if drift.column else drift.text
    return f"{_mark(drift.severity, colour=colour)} {line(text, _WIDTH)}"


def _mark(severity: str, *, colour: bool) -> str:
    return paint("warning:", "yellow", colour=colour) if severity == "warning" else "note:"


def splits(run: Mapping[str, Any]) -> list[str]:
    """Return a line for each split of a run: its size, and what it shares with others."""
    return [_split(split) for split in run.get("split", ())]


def _split(split: Mapping[str, Any]) -> str:
    what = "rows" if "rows" in split else "files"
    size = f", {split[what]:,} {what}" if what in split else ""
    about = "about " if split.get("estimated") else ""
    shared = [f"{about}{count:,} of them in {line(name)}" for name, count in split.get("shared", {}).items()]
    return line("; ".join([f"{line(split['name'])}{size}", *shared]))
