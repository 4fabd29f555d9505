"""Parquet, Arrow and Feather, column by column, through pyarrow where it is installed."""

import io
from functools import partial
from typing import Any, Final

from gitprov.replay.compare.formats import values
from gitprov.replay.compare.formats.libraries import need
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_FILE_MOST: Final = 256 << 20
_UNPACKED_MOST: Final = 1 << 30
_CELLS_MOST: Final = 20_000_000
_AT_ONCE: Final = 1 << 16


def parquet(before: Source, after: Source, tally: Tally) -> None:
    """Compare two Parquet files: columns, rows, then each value. What wrote them is noise."""
    files = need("pyarrow.parquet", "pyarrow")
    mine, its = (files.ParquetFile(io.BytesIO(source.read(_FILE_MOST))) for source in (before, after))
    for file in (mine, its):
        groups = (file.metadata.row_group(n) for n in range(file.metadata.num_row_groups))
        _within_bounds(file.metadata.num_rows, sum(group.total_byte_size for group in groups))
    if _same_form(mine.schema_arrow, its.schema_arrow, mine.metadata.num_rows, its.metadata.num_rows, tally):
        for name in mine.schema_arrow.names:
            _column(name, mine.read(columns=[name]), its.read(columns=[name]), tally)
    _name_noise(tally)


def arrow(before: Source, after: Source, tally: Tally) -> None:
    """Compare two Arrow (Feather) files."""
    library, ipc = need("pyarrow", "pyarrow"), need("pyarrow.ipc", "pyarrow")
    files = [ipc.open_file(library.BufferReader(source.read(_FILE_MOST))) for source in (before, after)]
    batches = [[file.get_batch(n) for n in range(file.num_record_batches)] for file in files]
    for parts in batches:
        _within_bounds(sum(part.num_rows for part in parts), sum(part.nbytes for part in parts))
    mine, its = (library.Table.from_batches(parts, file.schema) for file, parts in zip(files, batches, strict=True))
    if _same_form(mine.schema, its.schema, mine.num_rows, its.num_rows, tally):
        for name in mine.schema.names:
            _column(name, mine.select([name]), its.select([name]), tally)
    _name_noise(tally)


def _same_form(before: Any, after: Any, rows: int, rows_now: int, tally: Tally) -> bool:  # noqa: ANN401
    """Tell whether two tables have the same columns and as many rows; what differs is said."""
    if before.names != after.names:
        tally.says(f"columns {', '.join(after.names)}; recorded are {', '.join(before.names)}")
        return False
    if len(set(before.names)) < len(before.names):
        raise Unreadable("has several columns of one name")
    for mine, its in zip(before, after, strict=True):
        if mine.type != its.type:
            tally.says(f"column {mine.name} is {its.type}, {mine.type} is recorded")
    if rows != rows_now:
        tally.says(f"{rows_now} rows, {rows} are recorded")
    return rows == rows_now


def _column(name: str, before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401
    """Compare one column, in pieces; only pieces that differ become values of Python."""
    mine, its = before.column(0), after.column(0)
    if mine.type != its.type:
        return
    for start in range(0, len(mine), _AT_ONCE):
        one, other = mine.slice(start, _AT_ONCE), its.slice(start, _AT_ONCE)
        if one.equals(other):
            continue
        pairs = list(zip(one.to_pylist(), other.to_pylist(), strict=True))
        if all(isinstance(value, int | float | None) for pair in pairs for value in pair):
            tally.numbers(partial(_where, name, start), pairs, (name,))
            continue
        for index, (first, second) in enumerate(pairs):
            if first != second:
                values.walk(first, second, tally, _where(name, start, index))


def _where(name: str, start: int, index: int) -> str:
    return f"row {start + index + 1}, column {name}"


def _within_bounds(rows: int, size: int) -> None:
    if rows > _CELLS_MOST or size > _UNPACKED_MOST:
        raise Unreadable("unpacks to too much")


def _name_noise(tally: Tally) -> None:
    if tally.outcome().grade == "same":
        tally.noise("layout and metadata of the file")
