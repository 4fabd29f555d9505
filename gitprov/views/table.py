"""Runs as a table: as wide as the terminal, or, where there is none, aligned and never cut."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from gitprov.model.answers import Listing
from gitprov.views import units
from gitprov.views.style import STATUS, fill, paint, width

_GAP: Final = "  "
_LABELS: Final = {"at": "when", "tag": "tags", "tags": "tags"}
_ELASTIC: Final = {"command": 16, "tag": 6, "tags": 6, "message": 12}
"""What gives way where room is short, and how many columns it keeps."""
_METRIC: Final = "metrics."


class _Column(NamedTuple):
    name: str
    label: str
    cells: list[str]
    right: bool
    columns: int


def table(listing: Listing, *, now: datetime, columns: int | None, colour: bool) -> str:
    """Return a header and a line a run; "" where there is none.

    `columns` is the terminal's width: moments are then told as "3 hours ago", long texts are cut, and metrics that do
    not fit are left out unless they were asked for. Without it every value stands whole.
    """
    if not listing.rows:
        return ""
    made = [_column(listing, place, now if columns else None) for place in range(len(listing.columns))]
    made = [column for column in made if listing.chosen or any(column.cells) or not _may_go(column.name)]
    if columns is not None:
        made = _fitted(made, columns, may_drop=not listing.chosen)
    lines = [_line([column.label for column in made], made, ["bold"] * len(made), colour=colour)]
    for row in range(len(listing.rows)):
        cells = [column.cells[row] for column in made]
        styles = [_style(column.name, cell) for column, cell in zip(made, cells, strict=True)]
        lines.append(_line(cells, made, styles, colour=colour))
    return "\n".join(lines) + "\n"


def _column(listing: Listing, place: int, now: datetime | None) -> _Column:
    name = listing.columns[place]
    values = [row[place] for row in listing.rows]
    label = units.line(_LABELS.get(name, name.removeprefix(_METRIC)))
    cells = [_cell(name, value, now) for value in values]
    if name == "commit":
        cells = [_exact(run, cell) for run, cell in zip(listing.runs, cells, strict=True)]
    right = any(value is not None for value in values) and all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    )
    return _Column(name, label, cells, right, max(map(width, (label, *cells))))


def _cell(name: str, value: Any, now: datetime | None) -> str:  # noqa: ANN401 - a value of any JSON kind
    if name == "at" and isinstance(value, str):
        return units.ago(value, now) if now else value
    if name in ("commit", "base", "id") and isinstance(value, str):
        return units.short(value)
    if name in ("tag", "tags") and isinstance(value, list):
        return units.line(" ".join(map(str, value)))
    return units.value(value)


def _exact(run: Mapping[str, Any], commit: str) -> str:
    """A snapshot's id says nothing to people: the commit it was made on does, with `+` for what was not committed."""
    base = run.get("code", {}).get("base")
    return f"{units.short(base)}+" if base else commit


def _may_go(name: str) -> bool:
    return name == "tag" or name.startswith(_METRIC)


def _fitted(made: list[_Column], room: int, *, may_drop: bool) -> list[_Column]:
    """Let the elastic columns give way first, then, from the last, the metrics."""
    while True:
        made = _squeezed(made, room)
        metrics = [column for column in made if column.name.startswith(_METRIC)]
        if _total(made) <= room or not may_drop or not metrics:
            return made
        made = [column for column in made if column is not metrics[-1]]


def _squeezed(made: list[_Column], room: int) -> list[_Column]:
    result = list(made)
    for place, column in sorted(enumerate(made), key=lambda pair: -pair[1].columns):
        least = min(_ELASTIC.get(column.name, column.columns), column.columns)
        excess = _total(result) - room
        if excess > 0:
            result[place] = column._replace(columns=max(column.columns - excess, least))
    return result


def _total(made: Sequence[_Column]) -> int:
    return sum(column.columns for column in made) + len(_GAP) * (len(made) - 1)


def _line(cells: Sequence[str], made: Sequence[_Column], styles: Sequence[str], *, colour: bool) -> str:
    filled = [
        paint(fill(cell, column.columns, right=column.right), style, colour=colour)
        for cell, column, style in zip(cells, made, styles, strict=True)
    ]
    return _GAP.join(filled).rstrip()


def _style(name: str, cell: str) -> str:
    if name == "status":
        return STATUS.get(cell, "")
    return "yellow" if name == "id" else ""
