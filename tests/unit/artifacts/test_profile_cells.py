"""What texts in cells stand for, in batches of one kind and of several."""

from typing import Any

import pytest

from gitprov.artifacts.profile.cells import present, read
from gitprov.artifacts.profile.typed import present as typed_present
from gitprov.artifacts.profile.typed import read as typed_read


@pytest.mark.parametrize(
    ("cells", "batch"),
    [
        (["1", "-2", "+3", "007"], {"int": [1, -2, 3, 7]}),
        (["1", "2.5", "-1e3", ".5"], {"float": [1.0, 2.5, -1000.0, 0.5]}),
        (["1.5", "inf", "-Infinity"], {"float": [1.5], "infinite": [None, None]}),
        (["true", "False"], {"bool": [True, False]}),
        (["a", "b c"], {"text": ["a", "b c"]}),
        (["2024-02-29", "2023-01-01"], {"date": ["2024-02-29", "2023-01-01"]}),
        (["2024-02-30"], {"text": ["2024-02-30"]}),
        (["2024-01-01 12:00", "2024-01-01T12:00:00+02:00"], None),
        (["12:30", "08:15:30.5"], {"time": ["12:30:00", "08:15:30.500000"]}),
        (["1_000", "2"], {"text": ["1_000"], "int": [2]}),
        (["١٢", "x"], {"int": [12], "text": ["x"]}),
        (["1", "INF"], {"float": [1.0], "infinite": [None]}),
        (["1", "2.5", "x", "true"], {"int": [1], "float": [2.5], "text": ["x"], "bool": [True]}),
        (["+", "-", "."], {"text": ["+", "-", "."]}),
        (["9" * 400], {"infinite": [None]}),
        (["9" * 5000], {"infinite": [None]}),
        (["informal"], {"text": ["informal"]}),
    ],
)
def test_cells_are_read_by_kind(cells: list[str], batch: dict[str, Any] | None) -> None:
    if batch is None:
        batch = {"datetime": ["2024-01-01T12:00:00+00:00", "2024-01-01T10:00:00+00:00"]}
    assert read(cells) == batch


def test_what_stands_for_a_missing_value_is_no_value() -> None:
    assert present(["1", "", "NA", "nan", "null", "x"]) == ["1", "x"]
    assert typed_present([1, None, float("nan"), 0, ""]) == [1, 0, ""]


def test_values_that_have_types_are_taken_by_them() -> None:
    from datetime import date, datetime
    from decimal import Decimal

    values = [1, 2.5, True, "2", date(2024, 1, 2), datetime(2024, 1, 2, 3), b"x", [1], Decimal("1.5")]  # noqa: DTZ001
    assert typed_read(values) == {
        "int": [1],
        "float": [1.5, 2.5],
        "bool": [True],
        "text": ["2"],
        "date": ["2024-01-02"],
        "datetime": ["2024-01-02T03:00:00+00:00"],
        "binary": [b"x"],
        "nested": [[1]],
    }
