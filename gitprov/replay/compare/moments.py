"""When a run ran, in what it wrote: dates, times of the day and seconds since 1970 that lie between its start and end.

Any other moment is a result like all results. A text seldom says its time zone, so that the offsets from UTC are given
that the clock of a run may have had.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

NOISE: Final = "time of the run"
_TOKEN: Final = "<time of the run>"  # noqa: S105 - no password
_SLACK: Final = 2.0
"""Seconds: what is printed is cut off, and clocks are read shortly before and after."""
_DAY: Final = 86400
_LONGEST: Final = 3600
"""Seconds of a run in which a time without a date still says something."""
_MILLISECONDS: Final = 10**12
EVERYWHERE: Final = tuple(range(-12 * 3600, 14 * 3600 + 1, 900))
"""The offsets that clocks have anywhere, in seconds east of UTC, ascending."""

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH: Final = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]{{0,6}}"
_WEEKDAY: Final = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? +)?"
_DATE: Final = r"(?P<year>20\d\d)(?P<sep>{})(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
_CLOCK: Final = r"(?P<hour>\d\d?)(?P<by>{})(?P<minute>[0-5]\d)(?P=by)(?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?"
_ZONE: Final = r"(?: ?(?:UTC|GMT|Z)(?![A-Za-z0-9])|[+-]\d\d:?\d\d(?!\d))?"
_PATTERNS: Final = tuple(
    re.compile(rf"(?<![A-Za-z0-9.:]){pattern}(?![A-Za-z0-9])")
    for pattern in (
        _DATE.format("[-/.]?") + r"(?:[T _-]| at )" + _CLOCK.format("[:.-]?") + _ZONE,
        _DATE.format("[-/.]"),
        rf"{_WEEKDAY}(?P<day>\d\d?)[ -]{_MONTH}(?:,?[ -](?P<year>20\d\d))?",
        rf"{_WEEKDAY}{_MONTH} +(?P<day>\d\d?)(?:,? (?P<year>20\d\d))?",
        _CLOCK.format(":") + _ZONE,
    )
)
_EPOCH: Final = re.compile(r"(?<![\w.+-])\d{10}(?:\d{3})?(?:\.\d{1,9})?(?![\w.])")

_Match = re.Match[str]


class Span(NamedTuple):
    """From when to when a run ran, in seconds since 1970, and which offsets its clock may have had, ascending."""

    start: float
    end: float
    offsets: Sequence[int] = EVERYWHERE

    def without_moments(self, text: str) -> tuple[str, bool]:
        """Return a text with each moment of the run replaced, and whether there was any."""
        found = _EPOCH.sub(_replaced(self._is_epoch), text)
        for pattern in _PATTERNS:
            found = pattern.sub(_replaced(self._is_inside), found)
        return found, found != text

    def has(self, value: float) -> bool:
        """Tell whether a number is a moment of the run: seconds or milliseconds since 1970."""
        seconds = value / 1000 if value >= _MILLISECONDS else value
        return self.start - _SLACK <= seconds <= self.end + _SLACK

    def _is_epoch(self, match: _Match) -> bool:
        return self.has(float(match[0]))

    def _is_inside(self, match: _Match) -> bool:
        """Tell whether a date, a time or both are within the run, by one of the clocks that it may have had."""
        told = match.groupdict()
        time = _seconds(told)
        for day in self._days(told):
            first = last = day + (time or 0)
            if time is None:
                last += _DAY - 1
            nearest = bisect_left(self.offsets, first - self.end - _SLACK)
            if nearest < len(self.offsets) and self.offsets[nearest] <= last - self.start + _SLACK:
                return True
        return False

    def _days(self, told: dict[str, str | None]) -> Iterator[float]:
        """Yield the midnights that may be meant, as a clock of UTC has them."""
        if "day" in told:
            years = {datetime.fromtimestamp(one, UTC).year for one in (self.start, self.end)}
            yield from _midnights(told, {int(told["year"])} if told["year"] else years)
        elif self.end - self.start <= _LONGEST:
            begin, end = self.start - _SLACK + self.offsets[0], self.end + _SLACK + self.offsets[-1]
            yield from (day * _DAY for day in range(int(begin // _DAY), int(end // _DAY) + 1))


def _seconds(told: dict[str, str | None]) -> int | None:
    """Return the time of the day in seconds; None for a date alone."""
    if told.get("hour") is None:
        return None
    hour, minute, second = (int(str(told[name])) for name in ("hour", "minute", "second"))
    return (hour * 60 + minute) * 60 + second


def _midnights(told: dict[str, str | None], years: set[int]) -> Iterator[float]:
    name = told.get("name")
    month = _MONTHS.index(name) + 1 if name else int(str(told["month"]))
    for year in years:
        try:
            yield datetime(year, month, int(str(told["day"])), tzinfo=UTC).timestamp()
        except ValueError:  # there is no such day
            continue


def _replaced(is_one: Callable[[_Match], bool]) -> Callable[[_Match], str]:
    return lambda match: _TOKEN if is_one(match) else match[0]
