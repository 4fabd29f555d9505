import math
from typing import Any

import pytest

from gitprov.capture import readers
from gitprov.capture.readers import gathered
from gitprov.capture.readers.gathered import Gathered, as_integer, as_number


def gather(*points: tuple[Any, ...]) -> Gathered:
    found = Gathered()
    found.begin("Tracker")
    for point in points:
        found.point(*point)
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/w/runs/a/events.out.tfevents.1700000000.host.1.0",
        "/w/mlflow.db",
        "/w/mlruns.db",
        "/w/mlruns/0/0123456789abcdef0123456789abcdef/metrics/val/loss",
        "/w/store/0/0123456789abcdef0123456789abcdef/params/lr",
        "/w/dvclive/metrics.json",
        "/w/dvclive/params.yaml",
        "/w/live/plots/metrics/train/loss.tsv",
    ],
)
def test_what_trackers_write_is_known_by_its_path(path: str) -> None:
    assert readers.looks_like(path)


@pytest.mark.parametrize(
    "path",
    [
        "/w/metrics.json",
        "/w/params.yaml",
        "/w/data.db",
        "/w/mlflow.db-journal",
        "/w/mlflow.db/x",
        "/w/events.out.tfevents.1/x",
        "/w/plots/loss.tsv",
        "/w/0123456789abcdef0123456789abcdef/artifacts/model.pkl",
        "/w/0123/metrics/loss",
        "",
    ],
)
def test_what_they_do_not_write_is_not_looked_at(path: str) -> None:
    assert not readers.looks_like(path)


def test_points_are_events_with_the_fields_that_records_have() -> None:
    found = gather(("loss", 0.5, 0, 1_700_000_000.1234), ("loss", "0.25", "1", None)).results()
    assert found.events == [
        {"name": "loss", "value": 0.5, "step": 0, "at": 1_700_000_000.123},
        {"name": "loss", "value": 0.25, "step": 1},
    ]


def test_a_series_of_one_point_at_its_beginning_is_a_value() -> None:
    found = gather(("auc", 0.9, 0), ("f1", 0.8), ("late", 0.7, 3)).results()
    assert found.values == {"auc": 0.9, "f1": 0.8}
    assert found.events == [{"name": "late", "value": 0.7, "step": 3}]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (1, 1),
        (True, None),
        ("3", 3),
        ("-3", -3),
        ("0.5", 0.5),
        ("nan", "NaN"),
        ("-inf", "-Infinity"),
        (math.inf, "Infinity"),
        (2**70, float(2**70)),
        (10**400, None),
        ("9" * 5000, None),
        ("loss", None),
        ("", None),
        (None, None),
        ([1], None),
    ],
)
def test_a_number_is_taken_as_records_hold_it_and_anything_else_is_none(written: object, number: object) -> None:
    assert as_number(written) == number
    assert type(as_number(written)) is type(number)


@pytest.mark.parametrize(("written", "number"), [("7", 7), (7, 7), ("7.0", None), (2**70, None), ("nan", None)])
def test_a_step_is_an_integer(written: object, number: int | None) -> None:
    assert as_integer(written) == number


@pytest.mark.parametrize("at", [-1, 0, 1e12, math.nan, math.inf, "now", None])
def test_a_time_that_no_clock_shows_is_left_out(at: object) -> None:
    [event] = gather(("loss", 1, 5, at)).results().events
    assert "at" not in event


def test_names_are_made_harmless_and_no_name_is_no_metric() -> None:
    found = gather(("\x1b[31mred\u202e\n", 1), ("", 2), ("x" * 1000, 3)).results()
    assert list(found.values) == [r"\x1b[31mred\u202e\n", "x" * 199 + "…"]


def test_of_two_trackers_the_first_is_believed() -> None:
    found = gather(("loss", 0.5, 0), ("loss", 0.4, 1))
    found.begin("Other")
    found.point("loss", 7, 0)
    found.point("auc", 0.9)
    found.param("lr", 1)
    assert [event["value"] for event in found.results().events] == [0.5, 0.4]
    assert found.results().values == {"auc": 0.9}


def test_more_points_than_a_record_bears_are_cut_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MOST_POINTS", 3)
    found = Gathered()
    found.begin("Tracker")
    assert [found.point("loss", step, step) for step in range(5)] == [True, True, True, False, False]
    assert len(found.results().events) == 3
    assert found.results().problems == ["Tracker: points after the first 3 were not read"]


def test_more_names_than_a_record_bears_are_cut_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MOST_NAMES", 2)
    found = gather(("a", 1), ("b", 2), ("c", 3), ("a", 4, 1))
    for name in "abc":
        found.param(name, 1)
    assert [event["value"] for event in found.results().events] == [1, 4]
    assert found.results().values == {"b": 2}
    assert list(found.results().params) == ["a", "b"]
    assert found.results().problems == [
        "Tracker: metrics after the first 2 were not read",
        "Tracker: params after the first 2 were not read",
    ]


def test_params_keep_their_shape_and_lose_what_records_cannot_hold() -> None:
    found = Gathered()
    found.begin("Tracker")
    found.param("model", {"depth": 3, "drop\x1b": [0.1, math.nan, None, True], "when": math.atan2})
    assert found.results().params == {
        "model": {"depth": 3, r"drop\x1b": [0.1, "NaN", None, True], "when": "<built-in function atan2>"}
    }
