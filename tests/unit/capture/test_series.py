import json
from typing import Any

import pytest

from gitprov.capture.series import Summary, attachment, goal_of, summarise
from gitprov.model.run import Series


def points(name: str, *values: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [{"name": name, "value": value, "step": step} for step, value in enumerate(values)]


def test_of_each_series_the_last_the_best_and_the_number_of_points_are_kept() -> None:
    events = points("loss", 0.5, 0.2, 0.3) + points("acc", 1, 3, 2)
    assert summarise(events) == {"loss": Summary(0.3, 0.2, 3, "min"), "acc": Summary(2, 3, 3, "max")}


def test_a_summary_has_the_names_of_the_record() -> None:
    record = {"name": "loss", **summarise(points("loss", 0.5))["loss"]._asdict()}
    assert Series.model_validate(record).plain() == {
        "name": "loss",
        "last": 0.5,
        "best": 0.5,
        "count": 1,
        "goal": "min",
    }


def test_what_is_no_number_is_best_only_where_there_is_nothing_else() -> None:
    assert summarise(points("loss", "NaN", 0.5, "NaN"))["loss"] == Summary("NaN", 0.5, 3, "min")
    assert summarise(points("loss", "NaN"))["loss"] == Summary("NaN", "NaN", 1, "min")
    assert summarise(points("loss", "-Infinity", 1))["loss"].best == "-Infinity"
    assert summarise(points("acc", "Infinity", 1))["acc"].best == "Infinity"


@pytest.mark.parametrize(
    "name", ["loss", "val_loss", "train/loss", "valLoss", "logloss", "WER", "test.err", "rmse", "time/step", "mae_2"]
)
def test_less_of_these_is_better(name: str) -> None:
    assert goal_of(name) == "min"


@pytest.mark.parametrize("name", ["accuracy", "auc", "f1", "timestep", "power", "transferred", "", "ceremony"])
def test_more_of_these_is_better(name: str) -> None:
    assert goal_of(name) == "max"


def test_the_attachment_has_one_point_a_line_as_it_came() -> None:
    events: list[dict[str, Any]] = [
        {"value": 0.5, "step": 0, "name": "loss", "at": "2026-01-02T03:04:05Z", "more": 1},
        {"name": "größe", "value": "NaN", "step": None},
    ]
    data = attachment(events)
    assert data == (
        b'{"name":"loss","step":0,"value":0.5,"at":"2026-01-02T03:04:05Z"}\n'
        + '{"name":"größe","value":"NaN"}\n'.encode()
    )
    assert attachment([dict(reversed(list(event.items()))) for event in events]) == data
    assert [json.loads(line)["name"] for line in data.splitlines()] == ["loss", "größe"]
    assert attachment([]) == b""
