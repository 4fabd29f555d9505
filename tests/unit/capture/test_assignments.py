from typing import Any

import pytest

from gitprov.capture.assignments import measure, parse_assignments, parse_metrics
from gitprov.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("0.1", 0.1),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e-5", 1e-5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("nan", "NaN"),
        ("-inf", "-Infinity"),
        ("Infinity", "Infinity"),
        ('[1, 2.5, "a"]', [1, 2.5, "a"]),
        ("[[1], [NaN]]", [[1], ["NaN"]]),
        ("adam", "adam"),
        ("a=b", "a=b"),
        ("", ""),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("[a, b]", "[a, b]"),
        ("tRUE", "tRUE"),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", "9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e999", "Infinity"),
        ("--inf", "--inf"),
        ("12:30", "12:30"),
    ],
)  # fmt: skip
def test_a_value_has_the_type_it_is_written_in(text: str, value: Any) -> None:  # noqa: ANN401
    (read,) = parse_assignments([f"x={text}"]).values()
    assert read == value
    assert type(read) is type(value)


def test_names_may_have_dots_slashes_and_dashes_and_the_last_of_a_name_counts() -> None:
    texts = ["model.depth=3", "train/lr-max=0.1", "größe=2", "model.depth=4"]
    assert parse_assignments(texts) == {"model.depth": 4, "train/lr-max": 0.1, "größe": 2}


@pytest.mark.parametrize("text", ["lr", "=1", "a b=1", "a\tb=1", "\x1b[31m=1", "a\u202eb=1", "x" * 201 + "=1"])
def test_what_is_no_assignment_is_named_in_the_error(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_assignments([text])
    assert repr(text) in error.value.message
    assert error.value.hint


def test_a_metric_must_be_a_number() -> None:
    assert parse_metrics(["loss=0.25", "epoch=3", "bad=nan"]) == {"loss": 0.25, "epoch": 3, "bad": "NaN"}
    for text in ("loss=low", "ok=true", "x=", "x=[1]"):
        with pytest.raises(UsageError, match="is not a number"):
            parse_metrics([text])


def test_numbers_that_json_lacks_become_words() -> None:
    assert [measure(x) for x in (float("nan"), float("inf"), float("-inf"), 1, 0.5)] == [
        "NaN", "Infinity", "-Infinity", 1, 0.5,
    ]  # fmt: skip
