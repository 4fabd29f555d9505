import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture import readers
from gitprov.capture.readers.gathered import Results

SINCE = 1_795_263_000.0
START = 1_795_263_001_000  # of an MLflow run, in milliseconds
ONE, TWO, THREE = ("1" * 32, "2" * 32, "3" * 32)

SCHEMA = """
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), start_time BIGINT);
CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), step BIGINT, is_nan BOOL);
CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
CREATE TABLE tags (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
"""  # the columns of MLflow 3.17 that are read
ENDLESS = """
CREATE VIEW metrics AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT 'loss' AS key, i AS value, 0 AS is_nan, i AS step, i AS timestamp, run_uuid FROM n, runs;
"""


def read(paths: Iterable[str | Path], run: str = "") -> Results:
    return readers.read(map(str, paths), "", since=SINCE, environ=os.environ, run=run)


def store(path: Path, *runs: tuple[str, str, int], **rows: list[tuple[Any, ...]]) -> Path:
    """Make a database; rows are `metrics=[...]`, `params=[...]`, `tags=[...]` in the order of their columns."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    database.executemany("INSERT INTO runs VALUES (?, ?, ?)", runs)
    for table, values in rows.items():
        places = ", ".join("?" * len(values[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608 - names of this test
    database.commit()
    database.close()
    return path


def loss(run: str, *values: float) -> list[tuple[Any, ...]]:
    return [("loss", value, START + step, run, step, 0) for step, value in enumerate(values)]


def test_metrics_and_params_of_a_database_are_read(tmp_path: Path) -> None:
    path = store(
        tmp_path / "mlflow.db",
        (ONE, "proud-gnat-1", START),
        metrics=[
            *reversed(loss(ONE, 1.0, 0.5)),
            ("val/acc", 0.9, START, ONE, 0, 0),
            ("bad", 0.0, START, ONE, 0, 1),
            ("low", -1.7976931348623157e308, START, ONE, 0, 0),
        ],
        params=[("lr", "0.1", ONE), ("a b", "True", ONE), ("layers", "[1, 2]", ONE), ("act", "relu", ONE)],
    )
    found = read([path])
    assert found.events == [
        {"name": "loss", "value": 1.0, "step": 0, "at": 1795263001.0},
        {"name": "loss", "value": 0.5, "step": 1, "at": 1795263001.001},
    ]
    assert found.values == {"val/acc": 0.9, "bad": "NaN", "low": "-Infinity"}
    assert found.params == {"lr": 0.1, "a b": True, "layers": [1, 2], "act": "relu"}
    assert found.problems == []


def test_only_what_started_during_the_run_counts(tmp_path: Path) -> None:
    before = int(SINCE * 1000) - 1
    path = store(tmp_path / "mlflow.db", (ONE, "old", before), (TWO, "new", START), metrics=loss(ONE, 9) + loss(TWO, 1))
    assert read([path]).values == {"loss": 1.0}


def test_runs_marked_as_another_runs_are_left_to_it(tmp_path: Path) -> None:
    path = store(
        tmp_path / "mlflow.db",
        (ONE, "ours", START),
        (TWO, "theirs", START),
        metrics=loss(ONE, 1) + loss(TWO, 2),
        tags=[("gitprov.run", "a" * 32, ONE), ("gitprov.run", "b" * 32, TWO)],
    )
    assert read([path], run="a" * 32).values == {"loss": 1.0}
    assert read([path], run="b" * 32).values == {"loss": 2.0}
    assert read([path], run="c" * 32) == Results({}, [], {}, [])


def test_several_runs_are_told_apart_by_name_and_the_parent_keeps_the_plain_names(tmp_path: Path) -> None:
    path = store(
        tmp_path / "mlflow.db",
        (ONE, "search", START),
        (TWO, "trial", START),
        (THREE, "trial", START),
        metrics=loss(ONE, 1) + loss(TWO, 2) + loss(THREE, 3),
        tags=[("mlflow.parentRunId", ONE, TWO), ("mlflow.parentRunId", ONE, THREE)],
    )
    assert read([path]).values == {"loss": 1.0, "trial-22222222/loss": 2.0, "trial-33333333/loss": 3.0}


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 200])
def test_a_database_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(content)
    [problem] = read([path]).problems
    assert problem.startswith("MLflow: mlflow.db could not be read: ")


def test_a_database_that_is_gone_is_named_and_not_made(tmp_path: Path) -> None:
    [problem] = read([tmp_path / "mlflow.db"]).problems
    assert "could not be read" in problem
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_has_no_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitprov.capture.readers import mlflow_store

    monkeypatch.setattr(mlflow_store, "_MOST_STRIDES", 10)
    path = store(tmp_path / "mlflow.db", (ONE, "x", START))
    database = sqlite3.connect(path)
    database.executescript("DROP TABLE metrics; " + ENDLESS)
    database.close()
    found = read([path])
    assert found.events == []
    assert found.problems == ["MLflow: mlflow.db could not be read: interrupted"]


def test_values_of_any_type_are_passed_over_where_they_are_no_numbers(tmp_path: Path) -> None:
    path = store(
        tmp_path / "mlflow.db",
        (ONE, "x", START),
        metrics=[
            ("text", "lots", START, ONE, 0, 0),
            ("blob", b"\xff", START, ONE, 0, 0),
            ("\x1b[2J", 1.0, "later", ONE, "first", 0),
            (None, 2.0, None, ONE, None, 0),
        ],
        params=[("blob", b"\xff\xfe", ONE)],
    )
    found = read([path])
    assert found.values == {r"\x1b[2J": 1.0, "None": 2.0}
    assert found.problems == []


def directory(where: Path, run: str, start: int, metrics: dict[str, str], name: str = "proud-gnat-1") -> list[Path]:
    """Make a run in a directory of files as MLflow 3.17 writes it; return the files that a run would have written."""
    base = where / "mlruns" / "0" / run
    made = {f"metrics/{metric}": text for metric, text in metrics.items()}
    made |= {"params/lr": "0.1", "meta.yaml": f"run_id: {run}\nrun_name: {name}\nstart_time: {start}\nstatus: 3\n"}
    for relative, text in made.items():
        path = base / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [base / relative for relative in made]


def test_metrics_and_params_of_a_directory_are_read(tmp_path: Path) -> None:
    lines = f"{START} 1.0 0\n{START + 1} 0.5 1\n{START + 2} nan 2\n"
    found = read(directory(tmp_path, ONE, START, {"loss": lines, "val/acc": f"{START} 0.5 0\n"}))
    assert found.events == [
        {"name": "loss", "value": 1.0, "step": 0, "at": 1795263001.0},
        {"name": "loss", "value": 0.5, "step": 1, "at": 1795263001.001},
        {"name": "loss", "value": "NaN", "step": 2, "at": 1795263001.002},
    ]
    assert found.values == {"val/acc": 0.5}
    assert found.params == {"lr": 0.1}


def test_of_a_run_that_was_taken_up_again_only_the_new_points_count(tmp_path: Path) -> None:
    old = int(SINCE * 1000) - 5
    lines = f"{old} 9.0 0\n{START} 0.5 1\n{START} 0.4 2\n"
    assert [event["value"] for event in read(directory(tmp_path, ONE, old, {"loss": lines})).events] == [0.5, 0.4]


def test_points_with_times_of_the_programs_own_count_in_a_run_that_is_new(tmp_path: Path) -> None:
    found = read(directory(tmp_path, ONE, START, {"loss": "1 9.0 0\n2 0.5 1\n"}))
    assert [event["value"] for event in found.events] == [9.0, 0.5]


def test_a_directory_that_only_looks_like_one_is_passed_over(tmp_path: Path) -> None:
    written = directory(tmp_path, ONE, START, {"loss": "1 2 3\n"})
    written.pop().unlink()  # without its meta.yaml it is anybody's
    assert read(written) == Results({}, [], {}, [])


@pytest.mark.parametrize("text", ["", "\n\n", "x y z\n", "1\n", "1 \n", "\x00 \x00 \x00\n", f"{START} loss 0\n"])
def test_lines_that_are_no_points_are_passed_over(tmp_path: Path, text: str) -> None:
    found = read(directory(tmp_path, ONE, START, {"loss": text}))
    assert (found.values, found.events, found.problems) == ({}, [], [])
