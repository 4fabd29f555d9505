"""Metrics and series, then and now: each number by its tolerance, what is missing or new by name."""

import re
from collections.abc import Iterator, Mapping
from math import isnan
from typing import Any, Final, NamedTuple, TypeAlias

from gitprov.index.compare import is_number
from gitprov.model.fields import NOT_FINITE
from gitprov.replay.compare.outcome import DIFFERS, EXTRA, MISSING, NOISE, NOT_COMPARABLE, SAME, WITHIN
from gitprov.replay.compare.tally import shown
from gitprov.replay.tolerance import Tolerances

Measure: TypeAlias = int | float | str
_SPEEDS: Final = re.compile(
    r"(?:\w+_)?(?:samples|steps|tokens)_per_second|(?:train|eval|test|predict)_runtime|_runtime|_timestamp"
)
"""How long a run took and how fast it was, under the names that well-known trainers give it."""
_TIMES: Final = re.compile(
    r"(?i)(?:^|[_./ -])(?:time|seconds|secs?|duration|elapsed|runtime|walltime|latency|throughput)(?:$|[_./ -])"
)


class MetricOutcome(NamedTuple):
    """One number, then and now, as records write it."""

    name: str
    grade: str
    """One of `outcome.GRADES`."""
    before: Measure | None = None
    after: Measure | None = None
    tolerance: str = ""
    """What was allowed; "" where the numbers are equal."""
    note: str = ""


def compare_metrics(recorded: Mapping[str, Any], new: Mapping[str, Any], tolerances: Tolerances) -> list[MetricOutcome]:
    """Compare the results of two runs, from their records: metrics, and of each series count, last and best."""
    before, after = dict(_numbers(recorded)), dict(_numbers(new))
    return [_one(name, before.get(name), after.get(name), tolerances) for name in {**before, **after}]


def _one(name: str, before: Measure | None, after: Measure | None, tolerances: Tolerances) -> MetricOutcome:
    if before is None:
        return MetricOutcome(name, EXTRA, None, after, "", "is not recorded")
    if after is None:
        return MetricOutcome(name, MISSING, before, None, "", "is missing")
    mine, its = _value(before), _value(after)
    if mine is None or its is None:
        return MetricOutcome(name, NOT_COMPARABLE, before, after, "", "is no number")
    names = (name, name.partition(" (")[0])
    judged = tolerances.judge(mine, its, *names)
    if judged.is_same:
        return MetricOutcome(name, SAME, before, after, "", "NaN both times" if isnan(mine) else "")
    if judged.is_within:
        return MetricOutcome(name, WITHIN, before, after, judged.words)
    if _SPEEDS.fullmatch(name.rpartition("/")[2]) and tolerances.named(*names) is None:
        return MetricOutcome(name, NOISE, before, after, "", "says how fast the run was")
    return MetricOutcome(name, DIFFERS, before, after, judged.words, _why(name, before, after))


def _why(name: str, before: Measure, after: Measure) -> str:
    words = f"{shown(before)} → {shown(after)}"
    return (
        f"{words}; if it only says how long something took: --tolerance '{name}=any'" if _TIMES.search(name) else words
    )


def _numbers(run: Mapping[str, Any]) -> Iterator[tuple[str, Measure]]:
    metrics = run.get("metrics")
    if isinstance(metrics, Mapping):
        yield from metrics.items()
    for series in run.get("series") or ():
        if isinstance(series, Mapping) and isinstance(series.get("name"), str):
            for part in ("count", "last", "best"):
                if part in series:
                    yield f"{series['name']} ({part})", series[part]


def _value(measure: object) -> int | float | None:
    if is_number(measure):
        return measure
    return float(measure) if isinstance(measure, str) and measure in NOT_FINITE else None
