"""How far apart two distributions are, by their quantiles alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import sqrt
from typing import Final

_UNLIKELY: Final = 1.95
"""Of Kolmogorov's distribution: samples of one thing are further apart than so many units once in 1,000 times."""


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the greatest distance, 0 to 1, of the distribution functions (Kolmogorov-Smirnov).

    Both are quantiles at even steps from the least to the greatest value, two at least. Between them a distribution is
    taken for even, so that the answer is off by up to a step.
    """
    return max(
        max(abs(_part(one, value, right=right) - _part(other, value, right=right)) for right in (False, True))
        for value in {*one, *other}
    )


def chance(one: int, other: int) -> float:
    """Return the distance that samples of so many values (1 at least) of one distribution hardly ever exceed."""
    return _UNLIKELY * sqrt((one + other) / (one * other))


def _part(quantiles: Sequence[float], value: float, *, right: bool) -> float:
    """Return which part of the values is below `value`; with `right`, or equal to it."""
    last = len(quantiles) - 1
    first, behind = bisect_left(quantiles, value), bisect_right(quantiles, value)
    if first < behind:  # one of the quantiles, or several: much of the whole has just this value
        return (behind - 1 if right else first) / last
    if first == 0:
        return 0.0
    if first > last:
        return 1.0
    low, high = quantiles[first - 1], quantiles[first]
    return (first - 1 + (value - low) / (high - low)) / last
