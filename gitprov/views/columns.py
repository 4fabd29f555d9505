"""Cells in columns: all as wide as what stands in them, but for one that gives way where room is short."""

from collections.abc import Iterable, Mapping, Sequence

from gitprov.views.style import fill, paint, width

GAP = "  "
_LEAST = 12


def aligned(
    rows: Sequence[Sequence[str]],
    *,
    columns: int | None,
    elastic: int,
    right: Iterable[int] = (),
    styles: Mapping[int, Sequence[str]] | None = None,
    colour: bool = False,
) -> list[str]:
    """Return a line a row. The column `elastic` is cut where a line would be wider than `columns`.

    Columns in `right` are aligned there. `styles` are, by column, the style of each row's cell.
    """
    if not rows:
        return []
    rooms = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    if columns is not None:
        excess = sum(rooms) + len(GAP) * (len(rooms) - 1) - columns
        rooms[elastic] = max(rooms[elastic] - max(excess, 0), min(_LEAST, rooms[elastic]))
    right = frozenset(right)
    lines = []
    for number, row in enumerate(rows):
        cells = [
            paint(
                fill(cell, room, right=place in right),
                styles[place][number] if styles and place in styles else "",
                colour=colour,
            )
            for place, (cell, room) in enumerate(zip(row, rooms, strict=True))
        ]
        lines.append(GAP.join(cells).rstrip())
    return lines
