"""Range, mean and spread of numbers that come in batches, without losing digits on the way."""

from collections.abc import Sequence
from math import dist, fsum, inf, sqrt


class Moments:
    """Takes batches of finite numbers.

    The sum of squares is taken around each batch's own mean, and batches are joined as Chan, Golub and LeVeque (1979)
    do: stable where a textbook's sum of squares is not. `fsum` and `dist` are exact to the last digit, and run in C.
    """

    def __init__(self) -> None:
        self.count = 0
        self.min: int | float = inf
        self.max: int | float = -inf
        self.mean = 0.0
        self._squares = 0.0

    def add(self, numbers: Sequence[int | float]) -> None:
        """Take more of them, at least one. OverflowError for an integer that is no double."""
        count = len(numbers)
        try:
            mean = fsum(numbers) / count
        except OverflowError:  # the sum alone is beyond what a double can be
            mean = fsum(number / count for number in numbers)
        spread = dist(numbers, [mean] * count)
        squares = spread * spread  # infinite where it is no double any more; a power would raise
        least, greatest = min(numbers), max(numbers)
        self.min, self.max = min(self.min, least), max(self.max, greatest)
        total = self.count + count
        apart = mean - self.mean
        self._squares += squares + apart * apart * (self.count * count / total)
        self.mean += apart * (count / total)
        self.count = total

    @property
    def deviation(self) -> float:
        """The standard deviation of a sample; 0 for a single number."""
        return sqrt(self._squares / (self.count - 1)) if self.count > 1 else 0.0
