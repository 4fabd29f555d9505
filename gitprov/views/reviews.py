"""Reviews: what a person thinks of a run, as lines; and what is said when they have told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gitprov.model.text import visible
from gitprov.model.words import command_line, number
from gitprov.views import units

_LINES: Final = 6
_REMARKED: Final = 20
_FIGURES: Final = 8
_NAME: Final = 24
_WIDE: Final = 100
_ASKED: Final = {"accepted": "Say why you accept this.", "rejected": "Say why you reject this."}
_INDENT: Final = "  "

Fields = Mapping[str, Any]


def review(one: Fields, now: datetime) -> list[str]:
    """Return `accepted: 3 days ago, by Bo Ek <bo@example.org>, an owner (9ec9428)`, and below it why."""
    whose = ", who made the run" if one.get("self") else ", an owner" if one.get("owner") else ""
    ago, by = units.ago(str(one["at"]), now), units.line(str(one["by"]))
    head = f"{units.line(str(one['verdict']))}: {ago}, by {by}{whose} ({units.short(str(one['id']))})"
    said = [_INDENT + line for line in visible(str(one.get("text") or "")).split("\n") if line.strip()]
    more = [f"{_INDENT}...: git prov show {units.short(str(one['id']))}"] if len(said) > _LINES else []
    return [head, *said[:_LINES], *more]


def recorded(reviews: Sequence[Fields]) -> str:
    """Return a line for each review that was recorded: `accepted run 55f3858 (review 9ec9428)`."""
    return "".join(
        f"{one['verdict']} run {units.short(str(one['run']))} (review {units.short(str(one['id']))})\n"
        for one in reviews
    )


def remarks(verdict: str, runs: Sequence[tuple[Fields, Sequence[str]]]) -> str:
    """Return what stands below the text that a person writes: each run, with what it is judged by."""
    lines = [_ASKED[verdict], "Lines like these are left out, and an empty text records nothing.", ""]
    for run, criteria in runs[:_REMARKED]:
        lines.append(f"run {units.short(str(run['id']))} {run['status']}: {units.line(command_line(run), _WIDE)}")
        lines.append(f"    by {units.line(str(run['by']), _WIDE)}, {units.when(str(run['at']))}")
        figures = [f"{units.line(name, _NAME)}={number(value)}" for name, value in run.get("metrics", {}).items()]
        lines += [f"    {', '.join(figures[:_FIGURES])}"] if figures else []
        lines += [f"    judged by: {units.line(line, _WIDE)}" for line in criteria]
    if (more := len(runs) - _REMARKED) > 0:
        lines.append(f"and {more} more")
    return "\n".join(lines) + "\n"
