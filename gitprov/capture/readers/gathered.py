"""What readers find, judged on its way in: names made showable, numbers made plain, and no more than a record bears."""

from typing import Any, Final, NamedTuple

from gitprov.capture.assignments import measure
from gitprov.model.text import single_line

MOST_POINTS: Final = 200_000
"""How many points of series are taken, all readers together."""
MOST_NAMES: Final = 2_000
"""How many metrics, and how many params."""
_LONGEST_NAME: Final = 200
_LARGEST: Final = 2**63 - 1  # of integers, what TOML promises to carry
_LATEST: Final = 253_402_300_799  # the last second of the year 9999


class Results(NamedTuple):
    """What trackers wrote: single values, series as events `{"name", "value", "step", "at"}`, and params.

    `problems` says what could not be read, each a clause for `capture.missing`.
    """

    values: dict[str, int | float | str]
    events: list[dict[str, Any]]
    params: dict[str, Any]
    problems: list[str]


class Gathered:
    """Takes what one reader after the other finds; what an earlier reader named stays its own."""

    def __init__(self) -> None:
        self._series: dict[str, list[dict[str, Any]]] = {}
        self._params: dict[str, Any] = {}
        self._problems: dict[str, None] = {}
        self._points = 0
        self._reader = ""
        self._owners: dict[str, str] = {}

    def begin(self, reader: str) -> None:
        """Take what follows as found by `reader`, a name for people."""
        self._reader = reader

    def problem(self, clause: str) -> None:
        """Note what could not be read."""
        self._problems[f"{self._reader}: {single_line(clause, 250)}"] = None

    def point(self, name: str, value: object, step: object = None, at: object = None) -> bool:
        """Take a point of a series, `at` in seconds since 1970; False when no more points are wanted.

        Numbers may be written as text. What is no number is passed over.
        """
        if self._points >= MOST_POINTS:
            self.problem(f"points after the first {MOST_POINTS:,} were not read")
            return False
        event = point(name, value, step, at)
        if event and self._is_ours("metrics", event["name"], self._series):
            self._series.setdefault(event["name"], []).append(event)
            self._points += 1
        return True

    def param(self, name: str, value: object) -> None:
        """Take a parameter of any JSON kind."""
        name = single_line(name, _LONGEST_NAME)
        if self._is_ours("params", name, self._params):
            self._params[name] = _plain(value)

    def has(self, name: str) -> bool:
        """Tell whether a metric of this name was found."""
        return single_line(name, _LONGEST_NAME) in self._series

    def results(self) -> Results:
        """Return all that was found. A series of one point at its beginning is a single value."""
        values: dict[str, int | float | str] = {}
        events: list[dict[str, Any]] = []
        for name, series in self._series.items():
            if len(series) == 1 and not series[0].get("step"):
                values[name] = series[0]["value"]
            else:
                events += series
        return Results(values, events, self._params, list(self._problems))

    def _is_ours(self, kind: str, name: str, known: dict[str, Any]) -> bool:
        if not name:
            return False
        if name not in known and len(known) >= MOST_NAMES:
            self.problem(f"{kind} after the first {MOST_NAMES:,} were not read")
            return False
        return self._owners.setdefault(f"{kind} {name}", self._reader) == self._reader


def point(name: object, value: object, step: object = None, at: object = None) -> dict[str, Any]:
    """Return a point of a series as events are; empty for what is no number or has no name."""
    number = as_number(value)
    shown = single_line(name, _LONGEST_NAME) if isinstance(name, str) else ""
    if number is None or not shown:
        return {}
    event: dict[str, Any] = {"name": shown, "value": number}
    if isinstance(index := as_number(step), int | float):
        event["step"] = index
    if isinstance(at, int | float) and 0 < at <= _LATEST:
        event["at"] = round(at, 3)
    return event


def as_number(value: object) -> int | float | str | None:
    """Return a number, or a text that writes one, as records hold it; None for anything else."""
    if isinstance(value, str):
        try:
            value = int(value) if value.lstrip("+-").isdecimal() else float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST:
        try:
            value = float(value)
        except OverflowError:
            return None
    return measure(value)


def as_integer(value: object) -> int | None:
    """Return an integer, or a text that writes one, where records can hold it; None for anything else."""
    number = as_number(value)
    return number if isinstance(number, int) else None


def _plain(value: object) -> object:
    """A value of JSON as records hold it: what is not finite as a word, what is of no such kind as text."""
    if isinstance(value, dict):
        return {single_line(str(name), _LONGEST_NAME): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return as_number(value)
    return single_line(str(value), _LONGEST_NAME)
