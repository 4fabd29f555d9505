"""CSV and its relatives: what separates the cells, whether the first row names the columns, and the rows."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from gitprov.artifacts.profile import cells
from gitprov.artifacts.profile.tables import MOST_COLUMNS, Batch, no_table, rows_at_once, unique
from gitprov.artifacts.profile.textfile import UNREADABLE, TextFile

_SEPARATORS: Final = ",\t;|"
_LOOKED_AT: Final = 50  # rows, to tell what separates the cells
_TABBED: Final = (".tsv", ".tab", ".tsv.gz", ".tab.gz")


class Delimited:
    """A file of cells with separators between them; see `tables.Table`.

    Rows with another number of cells than the first are malformed. Empty lines are no rows.
    """

    is_text = True

    def __init__(self, path: str, *, is_packed: bool) -> None:
        self._file = TextFile(path, is_packed=is_packed)
        separator = "\t" if path.lower().endswith(_TABBED) else _separator(self._file.head)
        self._rows = csv.reader(self._file.stream, delimiter=separator, skipinitialspace=True)
        self.malformed = 0
        self._waiting: list[list[str]] = []
        first = next(iter(self._some(1)), [])
        self._width = len(first)
        self.left_out = max(self._width - MOST_COLUMNS, 0)
        is_header = _is_header(first)
        self.names: Sequence[str] = unique((first if is_header else [""] * self._width)[:MOST_COLUMNS])
        self._waiting = [] if is_header or not first else [first]

    def batches(self) -> Iterator[Batch]:
        """Yield all rows."""
        size = rows_at_once(self._width)
        while rows := self._waiting or self._some(size):
            self._waiting = []
            whole = rows if set(map(len, rows)) == {self._width} else [row for row in rows if len(row) == self._width]
            self.malformed += len(rows) - len(whole)
            if whole:
                yield Batch(len(whole), list(zip(*whole, strict=True))[:MOST_COLUMNS])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _some(self, count: int) -> list[list[str]]:
        """Return up to so many of the next rows; none only at the end."""
        rows: list[list[str]] = []
        while not rows:
            try:
                rows.extend(islice(self._rows, count))  # what came before an error stays in the list
            except csv.Error:  # a cell longer than any cell is
                self.malformed += 1
                continue
            except UNREADABLE as error:
                raise no_table(self._file.path, str(error)) from None
            if not rows:
                return rows
            rows = list(filter(None, rows))
        return rows


def _separator(head: str) -> str:
    """Return what separates the cells: what gives most rows of the beginning one same number of them, above one."""
    lines = head.splitlines(keepends=True)
    if len(lines) > 1 and len(head) > len(lines[-1]):
        lines = lines[:_LOOKED_AT] if len(lines) > _LOOKED_AT else lines[:-1] or lines
    best, separator = (0.0, 0), _SEPARATORS[0]
    for one in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=one, skipinitialspace=True) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=1)
        score = (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)
        if score > best:
            best, separator = score, one
    return separator


def _is_header(row: list[str]) -> bool:
    """Tell whether a row names columns: where more than half of its cells are values, it is one of data."""
    kinds = [next(iter(cells.read([cell]))) for cell in row if cell not in cells.MISSING]
    return sum(kind == "text" for kind in kinds) * 2 >= len(kinds) > 0
