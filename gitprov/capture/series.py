"""Metrics over time: what of a series stands in the record, and the attachment that holds every point."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple

Goal = Literal["min", "max"]

# What is better when there is less of it: as a part of a name, and as a word of it.
_LESS: Final = ("loss", "error", "rmse", "perplexity", "latency")
_LESS_WORDS: Final = frozenset({"err", "mse", "mae", "nll", "ppl", "time", "wer", "cer", "fid", "seconds"})
_FIELDS: Final = ("name", "step", "value", "at")


class Summary(NamedTuple):
    """What the record says of one series, under the record's names: `goal` says which values are better."""

    last: int | float | str
    best: int | float | str
    count: int  # type: ignore[assignment]  # the format's name for it; nobody counts values in this tuple
    goal: Goal


def summarise(events: Iterable[dict[str, Any]]) -> dict[str, Summary]:
    """Return a summary of each name in events `{"name", "value", "step", "at"}`, which are in order of time.

    Values are numbers, or `NaN`, `Infinity`, `-Infinity`; NaN is best only where there is nothing else.
    """
    values: dict[str, list[int | float | str]] = {}
    for event in events:
        values.setdefault(event["name"], []).append(event["value"])
    return {name: _summary(goal_of(name), found) for name, found in values.items()}


def attachment(events: Iterable[dict[str, Any]]) -> bytes:
    """Return events as JSON lines: one point a line, in the order given, its fields always in the same order."""
    lines = (
        json.dumps({field: event[field] for field in _FIELDS if event.get(field) is not None},
                   ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for event in events
    )  # fmt: skip
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def goal_of(name: str) -> Goal:
    """Say from a metric's name whether less (`val_loss`, `time/step`) or more (`accuracy`) of it is better."""
    low = name.lower()
    if any(part in low for part in _LESS):
        return "min"
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    return "max" if _LESS_WORDS.isdisjoint(words) else "min"


def _summary(goal: Goal, values: Sequence[int | float | str]) -> Summary:
    comparable = [value for value in values if value != "NaN"]
    pick = min if goal == "min" else max
    best = pick(comparable, key=float) if comparable else "NaN"
    return Summary(values[-1], best, len(values), goal)
