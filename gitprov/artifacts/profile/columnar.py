"""Parquet, Arrow and Feather files, through pyarrow: the extra `tables`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitprov.artifacts.profile.tables import MOST_COLUMNS, Batch, no_table, rows_at_once, unique
from gitprov.errors import ProvError
from gitprov.model.text import quote

if TYPE_CHECKING:
    import pyarrow as pa


class Columnar:
    """A file with typed columns; see `tables.Table`. ProvError where pyarrow is not installed."""

    is_text = False

    def __init__(self, path: str, kind: str) -> None:
        self._path = path
        self.malformed = 0
        pa = _library(path)
        try:
            self._batches, schema, self._file = _opened(path, kind)
        except pa.ArrowException as error:
            raise no_table(path, str(error).partition("\n")[0]) from None
        self._fault: type[Exception] = pa.ArrowException
        self.names = unique(schema.names[:MOST_COLUMNS])
        self.left_out = max(len(schema.names) - MOST_COLUMNS, 0)

    def batches(self) -> Iterator[Batch]:
        """Yield all rows."""
        size = rows_at_once(len(self.names))
        try:
            for whole in self._batches:
                for start in range(0, whole.num_rows, size):
                    part = whole.slice(start, size)
                    columns = [_values(column) for column in part.columns[: len(self.names)]]
                    yield Batch(part.num_rows, columns)
        except self._fault as error:
            raise no_table(self._path, str(error).partition("\n")[0]) from None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _library(path: str) -> Any:  # noqa: ANN401 - a module that may not be there
    try:
        import pyarrow as pa
    except ImportError:
        raise ProvError(f"{quote(path)} can be read only with pyarrow", hint="pip install 'gitprov[tables]'") from None
    return pa


def _opened(path: str, kind: str) -> "tuple[Iterator[pa.RecordBatch], pa.Schema, Any]":
    """Return the batches of a file, its schema, and what is to be closed."""
    import pyarrow as pa

    if kind == "parquet":
        from pyarrow import parquet

        file = parquet.ParquetFile(path)
        return file.iter_batches(), file.schema_arrow, file
    source = pa.memory_map(path)
    try:
        reader = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        stream = pa.ipc.open_stream(source)
        return iter(stream), stream.schema, source
    return (reader.get_batch(at) for at in range(reader.num_record_batches)), reader.schema, source


def _values(column: "pa.Array") -> list[Any]:
    """Return the values of a column as Python's own."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # Python has no nanoseconds
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    elif pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: list[Any] = column.to_pylist()
    return values
