"""Differences of profiles: each kind is named with its numbers, and chance alone is not."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gitprov.artifacts.profile import cells
from gitprov.artifacts.profile.column import Column
from gitprov.artifacts.profile.distance import distance
from gitprov.artifacts.profile.drift import drift
from gitprov.model.profile import Limits, Profile

ROWS = 1000


def profile(columns: Mapping[str, Sequence[object]], *, values: bool = False, malformed: int = 0) -> Profile:
    """Return the profile of a table of these columns; an empty text is missing."""
    rows = len(next(iter(columns.values()), ()))
    made = []
    for name, given in columns.items():
        column = Column(name, cap=1000, values=values)
        if there := cells.present([str(value) for value in given]):
            column.add(cells.read(there))
        made.append(column.finish(rows))
    fields: dict[str, Any] = {"kind": "csv", "rows": rows, "malformed": malformed, "columns": made}
    return Profile.model_validate(fields)


def said(old: Profile, new: Profile, limits: Limits | None = None) -> list[tuple[str, str, str, str]]:
    """Return the differences as plain tuples."""
    return [tuple(one) for one in (drift(old, new, limits) if limits else drift(old, new))]  # type: ignore[misc]


def normal(seed: int, rows: int = ROWS, centre: float = 0.0) -> list[float]:
    """Return numbers of the normal distribution."""
    draw = random.Random(seed)
    return [draw.gauss(centre, 1) for _ in range(rows)]


def test_the_same_table_has_no_drift() -> None:
    table = profile({"x": normal(1), "name": ["a", "b"] * 500})
    assert said(table, table) == []
    assert said(table, table.model_copy()) == []


@pytest.mark.parametrize("rows", [20, 100, 1000, 5000])
def test_samples_of_one_source_say_little(rows: int) -> None:
    """Two samples of one source, forty columns of six kinds: nothing may be a warning."""
    draw = random.Random(rows)

    def table() -> dict[str, list[object]]:
        kinds: dict[str, Any] = {
            "normal": lambda: draw.gauss(0, 1),
            "heavy": lambda: round(draw.lognormvariate(0, 1), 3),
            "coin": lambda: int(draw.random() < 0.5),
            "rare": lambda: int(draw.random() < 0.02),
            "dice": lambda: draw.randint(1, 6),
            "gaps": lambda: draw.random() if draw.random() < 0.9 else "",
        }
        return {f"{kind} {n}": [make() for _ in range(rows)] for kind, make in kinds.items() for n in range(7)}

    loud = [one for one in drift(profile(table()), profile(table())) if one.what != "range"]
    assert loud == []


def test_columns_that_come_go_and_move_are_named() -> None:
    old, new = profile({"a": [1], "b": [2], "c": [3]}), profile({"c": [3], "a": [1], "d": [4]})
    assert said(old, new) == [
        ("columns", "", "warning", "without the column b"),
        ("columns", "", "warning", "with the new column d"),
        ("columns", "", "warning", "columns in another order"),
    ]


def test_rows_that_come_and_go_are_a_note_until_they_are_many() -> None:
    few, many = profile({"a": [1, 2] * 50}), profile({"a": [1, 2] * 60})
    assert said(few, many) == [("rows", "", "note", "120 rows, there were 100 (+20.0%)")]
    assert said(few, profile({"a": [1, 2] * 10}))[0][2] == "warning"
    assert said(few, many, Limits(rows=0.1))[0][2] == "warning"


def test_another_type_is_named_with_what_it_is_made_of() -> None:
    old, new = profile({"age": list(range(100))}), profile({"age": [*range(98), "unknown", "12 y"]})
    assert ("type", "age", "warning", "mixed (98 int, 2 text), it was int") in said(old, new)
    assert said(profile({"a": [1, 2]}), profile({"a": [1.0, 2.0]})) == [("type", "a", "note", "float, it was int")]


def test_values_that_go_missing_are_named() -> None:
    old, new = profile({"a": [1] * 1000}), profile({"a": [1] * 800 + [""] * 200})
    assert said(old, new) == [("missing", "a", "warning", "20.0% missing, it was 0.0%")]
    few = profile({"a": [1] * 970 + [""] * 30})
    assert said(old, few) == [("missing", "a", "note", "30 values missing, there were none")]


def test_a_column_that_lost_all_values_says_so_once() -> None:
    assert said(profile({"a": [1, 2, 3]}), profile({"a": ["", "", ""]})) == [
        ("missing", "a", "warning", "has no values any more")
    ]


def test_a_range_that_widens_is_named_and_one_in_another_unit_is_a_warning() -> None:
    old = profile({"a": [*range(100)]})
    assert said(old, profile({"a": [*range(99), 120]})) == [("range", "a", "note", "0 to 120, it was 0 to 99")]
    grams = said(old, profile({"a": [1000 * value for value in range(100)]}))
    assert ("range", "a", "warning", "0 to 99000, it was 0 to 99") in grams


def test_a_mean_that_moves_is_named_in_standard_deviations() -> None:
    moved = said(profile({"a": normal(1)}), profile({"a": normal(2, centre=1.0)}))
    (mean,) = (one for one in moved if one[0] == "mean")
    assert mean[2] == "warning"
    assert "standard deviations" in mean[3]


def test_another_shape_around_the_same_mean_is_named() -> None:
    two_humps = [*normal(3, 500, -0.9), *normal(4, 500, 0.9)]
    spread = [value * 0.2 for value in normal(5)]
    (one,) = said(profile({"a": two_humps}), profile({"a": spread}), Limits(range=9))
    assert one[:3] == ("distribution", "a", "warning")
    assert "median" in one[3]


def test_values_that_are_new_or_gone_are_named_where_they_are_recorded() -> None:
    old, new = ["Porto", "Lisboa"] * 50, ["Porto", "Braga"] * 50
    assert said(profile({"city": old}, values=True), profile({"city": new}, values=True)) == [
        ("categories", "city", "warning", "with the new value 'Braga'"),
        ("categories", "city", "note", "without value 'Lisboa'"),
    ]


def test_without_values_only_their_number_is_known() -> None:
    old, new = profile({"city": ["Porto", "Lisboa"] * 50}), profile({"city": ["Porto", "Braga", "Faro", "Lisboa"] * 25})
    assert "Braga" not in str(new.plain())
    assert ("distinct", "city", "warning", "4 different values, there were 2") in said(old, new)


def test_rows_that_cannot_be_read_are_a_warning() -> None:
    old, new = profile({"a": [1]}), profile({"a": [1]}, malformed=3)
    assert said(old, new) == [("malformed", "", "warning", "3 rows cannot be read, there were none")]


def test_dates_beyond_the_earlier_ones_are_a_note() -> None:
    old, new = profile({"day": ["2024-01-01", "2024-03-01"]}), profile({"day": ["2024-01-01", "2024-05-01"]})
    assert said(old, new) == [("range", "day", "note", "2024-01-01 to 2024-05-01, it was 2024-01-01 to 2024-03-01")]


def test_names_are_made_harmless_and_cut() -> None:
    old = profile({"a": [1]})
    new = profile({"a": [1], **{f"{number} {'x' * 60}": [1] for number in range(10)}})
    (one,) = said(old, new)
    assert one[3].endswith("and 2 more")
    assert len(one[3]) < 400


def test_the_distance_of_distributions_is_that_of_their_functions() -> None:
    even = [float(value) for value in range(21)]
    assert distance(even, even) == 0
    assert distance(even, [value + 100 for value in even]) == 1
    assert distance(even, [value + 5 for value in even]) == pytest.approx(0.25)
    assert distance([0.0] * 11 + [1.0] * 10, [0.0] * 10 + [1.0] * 11) <= 0.05 + 1e-9
