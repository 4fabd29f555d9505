"""Records in full, for people: a name, then a line for each thing there is to know, the most asked-for first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from gitprov.model.answers import UNCOMMITTED, Shown
from gitprov.model.text import visible
from gitprov.model.words import command_line
from gitprov.views import units
from gitprov.views.rows import Fields, Known, rows
from gitprov.views.style import STATUS, paint, width, wrap
from gitprov.views.text import STANDING

_INDENT: Final = "    "
_LABEL: Final = 13


def shown(answer: Shown, *, now: datetime, columns: int | None, colour: bool) -> str:
    """Return all records of an answer, an empty line between them; `columns` is the terminal's width, `None` any."""
    standing = {graded.id: graded.grade for commit in answer.commits for graded in commit.runs}
    standing |= {run: UNCOMMITTED for commit in answer.commits for run in commit.uncommitted}
    known = Known(answer.about, answer.committed, now, answer.replications, answer.reviews, answer.signatures)
    return "\n".join(
        _record(record, known, STANDING[standing.get(record["id"], "exact")], columns, colour=colour)
        for record in answer.records
    )


def _record(record: Fields, known: Known, standing: str, columns: int | None, *, colour: bool) -> str:
    lines = [_head(record, standing, colour=colour)]
    if record["kind"] == "run":
        lines += [_INDENT + line for line in wrap(visible(command_line(record)), columns and columns - len(_INDENT))]
    lines.append("")
    for label, paragraphs in rows(record, known):
        lines += _laid_out(label, paragraphs, columns, colour=colour)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(record: Fields, standing: str, *, colour: bool) -> str:
    name = paint(f"{record['kind']} {record['id']}", "yellow", colour=colour)
    status = str(record.get("status", ""))
    asides = [*_ending(record), *([standing] if standing else [])]
    after = f" ({', '.join(asides)})" if asides else ""
    return f"{name} {paint(status, STATUS.get(status, ''), colour=colour)}{after}"


def _ending(record: Fields) -> list[str]:
    found = []
    if record.get("exit"):
        found.append(f"exit {record['exit']}")
    if "signal" in record:
        found.append(f"signal {units.value(record['signal'])}")
    if origin := record.get("origin"):
        found.append(f"{units.line(origin)}, not observed")
    return found


def _laid_out(label: str, paragraphs: list[str], columns: int | None, *, colour: bool) -> Iterator[str]:
    room = None if columns is None else columns - _LABEL
    shown_label = paint(label, "bold", colour=colour) + " " * max(_LABEL - width(label), 1)
    for line in (line for paragraph in paragraphs for line in wrap(paragraph, room)):
        yield shown_label + line
        shown_label = " " * _LABEL
