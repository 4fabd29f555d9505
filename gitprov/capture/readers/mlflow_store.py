"""MLflow's SQLite database: the tables `runs`, `metrics`, `params` and `tags` of its schema."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final, Self
from urllib.parse import quote as url_quote

from gitprov.capture.readers import files
from gitprov.capture.readers.gathered import Gathered
from gitprov.capture.readers.mlflow_runs import PARENT_TAG, RUN_TAG, Point, Tracked
from gitprov.model.text import quote

_MOST_RUNS: Final = 1_000
_PATIENCE: Final = 2.0  # seconds to wait for somebody who is writing
_STRIDE: Final = 100_000  # instructions of SQLite's machine between two looks at how many there were
_MOST_STRIDES: Final = 20_000  # some ten seconds: a view in a made-up database may have no end
_INFINITE: Final = 1.7976931348623157e308  # how MLflow stores an infinity

# A run that is marked as some run's is that one's, whatever the time; one that is not marked is judged by its time.
_RUNS: Final = """
    SELECT runs.run_uuid, runs.name, parent.value IS NOT NULL FROM runs
    LEFT JOIN tags AS mark ON mark.run_uuid = runs.run_uuid AND mark.key = :mark
    LEFT JOIN tags AS parent ON parent.run_uuid = runs.run_uuid AND parent.key = :parent
    WHERE CASE WHEN mark.value IS NULL OR :run = '' THEN runs.start_time >= :since ELSE mark.value = :run END
    ORDER BY runs.start_time, runs.run_uuid LIMIT :most"""
_METRICS: Final = "SELECT key, value, is_nan, step, timestamp FROM metrics WHERE run_uuid = ? ORDER BY timestamp, step"
_PARAMS: Final = "SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key"


class Store:
    """A database, open for reading as long as the context lasts. What goes wrong is told to `gathered`."""

    def __init__(self, path: str, gathered: Gathered) -> None:
        self._path = path
        self._gathered = gathered
        self._database: sqlite3.Connection | None = None
        self._strides = 0

    def __enter__(self) -> Self:
        url = f"file:{url_quote(os.fsencode(self._path))}?mode=ro"
        try:
            self._database = database = sqlite3.connect(url, uri=True, timeout=_PATIENCE)
        except sqlite3.Error as error:
            self._problem(error)
            return self
        database.text_factory = lambda data: data.decode("utf-8", "replace")
        database.set_progress_handler(self._is_enough, _STRIDE)
        return self

    def __exit__(self, *_: object) -> None:
        if self._database:
            self._database.close()

    def runs(self, *, since: float, run: str) -> list[Tracked]:
        """Return the runs that belong to the run `run`, which began at `since` (seconds since 1970)."""
        wanted = {"mark": RUN_TAG, "parent": PARENT_TAG, "run": run, "since": int(since * 1000), "most": _MOST_RUNS + 1}
        found = list(self._rows(_RUNS, wanted))
        if len(found) > _MOST_RUNS:
            self._gathered.problem(f"runs after the first {_MOST_RUNS:,} were not read")
        return [
            Tracked(str(uuid), str(name or ""), bool(is_child), self._points(uuid), self._params(uuid))
            for uuid, name, is_child in found[:_MOST_RUNS]
        ]

    def _points(self, uuid: object) -> Iterator[Point]:
        for name, value, is_nan, step, at in self._rows(_METRICS, [uuid]):
            if is_nan:
                value = "nan"  # noqa: PLW2901 - the column holds 0 in its place
            elif isinstance(value, float) and abs(value) == _INFINITE:
                value = "inf" if value > 0 else "-inf"  # noqa: PLW2901
            yield Point(str(name), value, step, at)

    def _params(self, uuid: object) -> Iterator[tuple[str, str]]:
        return ((str(name), str(value)) for name, value in self._rows(_PARAMS, [uuid]))

    def _rows(self, query: str, values: dict[str, Any] | Sequence[object]) -> Iterator[tuple[Any, ...]]:
        if self._database is None:
            return
        try:
            yield from self._database.execute(query, values)
        except sqlite3.Error as error:
            self._problem(error)

    def _is_enough(self) -> bool:
        self._strides += 1
        return self._strides > _MOST_STRIDES

    def _problem(self, error: sqlite3.Error) -> None:
        self._gathered.problem(f"{quote(os.path.basename(self._path))} could not be read: {files.reason(error)}")
