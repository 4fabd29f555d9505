from typing import Any

import pytest

from gitprov.capture.intent import Expectation, judge, parse_expectation
from gitprov.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auc >= .9", Expectation("auc", ">=", 0.9)),
        ("auc>=.9", Expectation("auc", ">=", 0.9)),
        ("  val/loss-1.best <1e-3 ", Expectation("val/loss-1.best", "<", 1e-3)),
        ("epochs == 10", Expectation("epochs", "==", 10)),
        ("x != -2", Expectation("x", "!=", -2)),
        ("x <= +3.0", Expectation("x", "<=", 3.0)),
        ("x > 0", Expectation("x", ">", 0)),
    ],
)
def test_an_expectation_is_a_name_a_comparison_and_a_number(text: str, expected: Expectation) -> None:
    parsed = parse_expectation(text)
    assert parsed == expected
    assert type(parsed.value) is type(expected.value)


@pytest.mark.parametrize(
    "text",
    ["", "auc", "auc >=", ">= 0.9", "auc = 0.9", "auc => 0.9", "0 < x < 1", "auc >= high", "auc >= 90%", "a b > 1",
     "auc >= nan", "auc >= 0.9 and x > 1", "\x1b > 1"],
)  # fmt: skip
def test_what_is_no_expectation_is_named_in_the_error(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_expectation(text)
    assert repr(text) in error.value.message
    assert "auc >= 0.9" in error.value.hint


def test_an_expectation_is_written_in_one_spelling() -> None:
    assert str(parse_expectation("auc>=.90")) == "auc >= 0.9"


@pytest.mark.parametrize(
    ("value", "met"),
    [(0.95, True), (0.9, True), (0.89, False), (1, True), ("NaN", False), ("Infinity", True), ("-Infinity", False)],
)
def test_a_metric_meets_an_expectation_or_misses_it(value: Any, met: bool) -> None:  # noqa: ANN401
    assert judge([Expectation("auc", ">=", 0.9)], {"auc": value}).verdict == ("met" if met else "missed")


def test_each_comparison_compares() -> None:
    outcomes = {op: [judge([Expectation("x", op, 2)], {"x": x}).verdict == "met" for x in (1, 2, 3)]
                for op in ("<", "<=", ">", ">=", "==", "!=")}  # fmt: skip
    assert outcomes == {
        "<": [True, False, False],
        "<=": [True, True, False],
        ">": [False, False, True],
        ">=": [False, True, True],
        "==": [False, True, False],
        "!=": [True, False, True],
    }


def test_one_that_is_missed_decides_else_one_that_is_not_known() -> None:
    a, b, c = (Expectation(name, ">", 1) for name in "abc")
    assert judge([a, b], {"a": 2, "b": 2}).verdict == "met"
    assert judge([a, c], {"a": 2}).verdict == "unknown"
    assert judge([a, b, c], {"a": 2, "b": 0}).verdict == "missed"
    assert judge([a], {"a": "text"}).verdict == "unknown"
    assert judge([a], {"a": True}).verdict == "unknown"
    assert judge([], {"a": 2}).verdict == "unknown"


def test_every_expectation_has_its_line() -> None:
    lines = judge(
        [Expectation("a", ">", 1), Expectation("b", "<", 1), Expectation("c", "<", 1)], {"a": 2, "b": 2}
    ).lines
    assert lines == ["a > 1: met, it is 2", "b < 1: missed, it is 2", "c < 1: unknown, there is no metric c"]
