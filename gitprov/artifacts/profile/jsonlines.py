"""JSON Lines: an object a line, whose keys are the columns."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from gitprov.artifacts.profile.tables import MOST_COLUMNS, Batch, no_table, rows_at_once
from gitprov.artifacts.profile.textfile import UNREADABLE, TextFile

_LONGEST: Final = 1 << 26  # characters of a line


class JsonLines:
    """A file of JSON objects; see `tables.Table`. Columns stand in the order in which their names first appear."""

    is_text = False

    def __init__(self, path: str, *, is_packed: bool) -> None:
        self._file = TextFile(path, is_packed=is_packed)
        self.malformed = 0
        self._places: dict[str, int] = {}
        self._others: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The names of the columns so far."""
        return list(self._places)

    @property
    def left_out(self) -> int:
        """How many columns there are besides."""
        return len(self._others)

    def batches(self) -> Iterator[Batch]:
        """Yield all rows; what has no value in a row is `None`."""
        lines = iter(self._line, "")
        while batch := list(islice(lines, rows_at_once(len(self._places) or 32))):
            rows = [row for line in batch if (row := self._row(line)) is not None]
            for row in rows:
                if not row.keys() <= self._places.keys():
                    self._learn(row)
            if rows:
                yield Batch(len(rows), [[row.get(name) for row in rows] for name in self._places])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _line(self) -> str:
        try:
            return self._file.stream.readline(_LONGEST)
        except UNREADABLE as error:
            raise no_table(self._file.path, str(error)) from None

    def _row(self, line: str) -> dict[str, Any] | None:
        if line.isspace():
            return None
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            return row
        self.malformed += 1
        return None

    def _learn(self, row: dict[str, Any]) -> None:
        for name in row:
            if name not in self._places:
                if len(self._places) < MOST_COLUMNS:
                    self._places[name] = len(self._places)
                elif len(self._others) < MOST_COLUMNS:
                    self._others.add(name)
