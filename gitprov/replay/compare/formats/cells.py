"""Tables of text, CSV and TSV: cell by cell, numbers by the tolerance of their column."""

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO, Final

from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_NUMBER: Final = re.compile(
    r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*|\s*[-+]?(?:nan|inf(?:inity)?)\s*", re.IGNORECASE
)
_LONGEST: Final = 300  # characters of a number
_LINE: Final = 1 << 20


def table(before: Source, after: Source, tally: Tally) -> None:
    """Compare two tables whose first line names the columns, or is a row like the others."""
    delimiter = _delimiter(before)
    with before.open() as one, after.open() as other:
        rows = zip_longest(_rows(one, delimiter), _rows(other, delimiter))
        columns: list[str] = []
        number = 0
        for number, (mine, its) in enumerate(rows, 1):
            if mine is None or its is None:
                break
            if number == 1:
                columns = _columns(mine, its, tally)
            if mine != its:
                _row(number, mine, its, columns, tally)
        else:
            return
        _count_rest(number, rows, tally, is_new=mine is None)


def _row(number: int, before: list[str], after: list[str], columns: list[str], tally: Tally) -> None:
    if len(before) != len(after):
        tally.says(f"row {number} has {len(after)} cells instead of {len(before)}")
        return
    for index, (mine, its) in enumerate(zip(before, after, strict=True)):
        if mine == its:
            continue
        column = columns[index] if index < len(columns) else str(index + 1)
        where = f"row {number}, column {column}"
        if _is_number(mine) and _is_number(its):
            tally.number(where, _value(mine), _value(its), (column,))
        else:
            tally.text(where, mine, its)


def _columns(before: list[str], after: list[str], tally: Tally) -> list[str]:
    """Return the names of columns; none where the first row has a number in it."""
    if any(_is_number(cell) for cell in before):
        return []
    if before != after and sorted(before) == sorted(after):
        tally.says("the columns stand in another order")
    return before


def _count_rest(number: int, rows: Iterator[object], tally: Tally, *, is_new: bool) -> None:
    """Say how many rows there are, once one side has ended before row `number`."""
    longer = number + sum(1 for _ in rows)
    before, after = (number - 1, longer) if is_new else (longer, number - 1)
    tally.says(f"{after} rows, {before} are recorded")


def _rows(file: BinaryIO, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(_lines(file), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable(f"is no table: {error}") from None


def _lines(file: BinaryIO) -> Iterator[str]:
    first = True
    while line := file.readline(_LINE + 1):
        if len(line) > _LINE:
            raise Unreadable("a line is too long for a table")
        yield (line.removeprefix(codecs.BOM_UTF8) if first else line).decode("utf-8", "surrogateescape")
        first = False


def _delimiter(source: Source) -> str:
    if source.name.lower().endswith((".tsv", ".tab")):
        return "\t"
    first = source.head(1 << 16).split(b"\n", 1)[0].decode("utf-8", "replace")
    return max(",;\t|", key=lambda one: (first.count(one), one == ","))


def _is_number(cell: str) -> bool:
    return len(cell) < _LONGEST and _NUMBER.fullmatch(cell) is not None


def _value(cell: str) -> int | float:
    try:
        return int(cell)
    except ValueError:
        return float(cell)
