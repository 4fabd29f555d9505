"""Moments, quantiles and numbers of different values: against what the whole data say."""

import random
from statistics import mean, stdev

import pytest

from gitprov.artifacts.profile.distinct import Distinct
from gitprov.artifacts.profile.moments import Moments
from gitprov.artifacts.profile.sketch import Quantiles


def batches(numbers: list[float], size: int) -> list[list[float]]:
    """Return the numbers in batches."""
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def test_mean_and_deviation_keep_their_digits_far_from_zero() -> None:
    numbers = [1e9 + offset / 7 for offset in range(10_000)]
    random.Random(1).shuffle(numbers)
    moments = Moments()
    for batch in batches(numbers, 333):
        moments.add(batch)
    assert moments.mean == pytest.approx(mean(numbers), rel=1e-15)
    assert moments.deviation == pytest.approx(stdev(numbers), rel=1e-9)
    assert (moments.min, moments.max, moments.count) == (min(numbers), max(numbers), len(numbers))


def test_a_single_number_has_no_deviation_and_a_sum_beyond_all_doubles_no_error() -> None:
    one, huge = Moments(), Moments()
    one.add([3])
    huge.add([1.5e308, 1.5e308])
    assert one.deviation == 0.0
    assert huge.mean == pytest.approx(1.5e308)


def test_quantiles_of_few_numbers_are_exact() -> None:
    quantiles = Quantiles()
    quantiles.add([5, 1, 4, 2, 3])
    assert quantiles.at([0, 0.25, 0.5, 1]) == [1, 2, 3, 5]
    assert Quantiles().at([0.5]) == []


@pytest.mark.parametrize("order", ["sorted", "shuffled", "reversed"])
def test_quantiles_of_many_are_near_whatever_the_order(order: str) -> None:
    numbers: list[float] = [float(number) for number in range(200_000)]
    if order == "shuffled":
        random.Random(2).shuffle(numbers)
    if order == "reversed":
        numbers.reverse()
    quantiles = Quantiles()
    for batch in batches(numbers, 5000):
        quantiles.add(batch)
    parts = [part / 20 for part in range(21)]
    for part, found in zip(parts, quantiles.at(parts), strict=True):
        assert abs(found - part * 200_000) < 0.004 * 200_000
    assert sum(map(len, quantiles._levels)) < 30_000


def test_different_values_are_counted_to_the_cap_and_estimated_beyond() -> None:
    exact, about = Distinct(100), Distinct(100)
    exact.add([f"name {number % 100}" for number in range(1000)])
    assert (exact.count, exact.is_exact) == (100, True)
    for start in range(0, 200_000, 1000):
        about.add([f"id-{number:07}" for number in range(start, start + 1000)])
    assert not about.is_exact
    assert about.count == pytest.approx(200_000, rel=0.06)


@pytest.mark.parametrize("step", [1, 8, 1000, 0.1, 1e-6])
def test_numbers_at_even_steps_are_estimated_as_well(step: float) -> None:
    distinct = Distinct(100)
    for start in range(0, 100_000, 5000):
        distinct.add([number * step for number in range(start, start + 5000)])
        distinct.add([number * step for number in range(start, start + 5000)])
    assert distinct.count == pytest.approx(100_000, rel=0.08)
