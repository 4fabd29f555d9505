"""Several reproductions: what is asked before, and a table of what came of them."""

from collections.abc import Sequence
from typing import Final

from gitprov.model.reproduction import Proposal, Row
from gitprov.views import markdown as escaped
from gitprov.views import units
from gitprov.views.style import cut, fill, paint, width

_ORDER: Final = ("identical", "within-tolerance", "deviates", "failed", "not-comparable", "")
_STANDS: Final = frozenset({"identical", "within-tolerance", "reproduced"})
_NONE: Final = "error"


def proposals(told: Sequence[Proposal], *, columns: int) -> str:
    """Return two lines a run: whose it is, and the command."""
    lines = [f"Reproduce {len(told)} runs:", ""]
    for one in told:
        lines += [
            f"{units.short(one.run)}  {units.line(one.by)}; {one.signature}",
            f"         {units.line(one.command)}",
        ]
        lines += [f"         refused: {units.line(what)}" for what in one.refused]
        lines += [f"         impossible: {units.line(why)}" for why in one.impossible]
    return "\n".join([*(cut(line, columns) for line in lines), "", _EACH]) + "\n"


_EACH: Final = "What one of them reads, writes and sets: git prov reproduce RUN, which asks before it runs."


def table(rows: Sequence[Row], *, columns: int, colour: bool) -> str:
    """Return a line a run: id, verdict, command, reason; then how many of each verdict."""
    room = max((width(_verdict(row)) for row in rows), default=0)
    wide = min(max((width(row.command) for row in rows), default=0), max(columns // 3, 16))
    lines = []
    for row in rows:
        style = "green" if row.verdict in _STANDS else "red"
        verdict = paint(fill(_verdict(row), room), style, colour=colour)
        rest = columns - 7 - room - wide - 6
        command = fill(units.line(row.command), wide)
        lines.append(
            f"{units.short(row.run)}  {verdict}  {command}  {cut(units.line(row.reason), max(rest, 16))}".rstrip()
        )
    return "\n".join([*lines, "", _counted(rows)]) + "\n"


def markdown(rows: Sequence[Row]) -> str:
    """Return a table and its sum as Markdown, for the summary of a CI job."""
    cells = [
        [units.short(row.run), _verdict(row), escaped.plain(row.command), escaped.plain(row.reason)] for row in rows
    ]
    lines = escaped.table(["run", "verdict", "command", "reason"], cells)
    return "\n".join(["## Reproduced runs", "", _counted(rows), "", *lines]) + "\n"


def _verdict(row: Row) -> str:
    return (row.verdict or _NONE) + (" (earlier)" if row.is_earlier else "")


def _counted(rows: Sequence[Row]) -> str:
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in _ORDER}
    said = ", ".join(f"{count} {verdict or _NONE}" for verdict, count in counts.items() if count)
    stand = sum(row.verdict in _STANDS for row in rows)
    return f"{stand} of {len(rows)} stand: {said}."
