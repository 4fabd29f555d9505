"""A verdict as a `[[replication]]` record: what is kept of a comparison for ever."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Final, NamedTuple

from gitprov.index.compare import is_number
from gitprov.model.fields import NOT_FINITE
from gitprov.model.text import single_line, visible
from gitprov.replay.compare.metrics import MetricOutcome
from gitprov.replay.compare.outcome import EXTRA, NOISE, SAME, WITHIN
from gitprov.replay.compare.outputs import OutputOutcome
from gitprov.replay.verdict import Verdict

MOST: Final = 200
"""Entries of one list that are kept; what differs comes first, and `compared` says how many there were."""
_LONGEST: Final = 500
_AGREE: Final = (SAME, NOISE, WITHIN)


class Circumstances(NamedTuple):
    """What the comparison itself does not know of a reproduction; "" and None where there is nothing to say."""

    id: str
    at: str
    by: str
    run: str
    """The run that was reproduced."""
    commit: str = ""
    """The commit that it was on, to which the replication belongs."""
    rerun: str = ""
    """The run that the reproduction itself was."""
    where: str = ""
    """On what kind of machine."""
    machine: str = ""
    """Which machine: a text that is the same for the same one, and says nothing else of it."""
    environment: str = ""
    """`restored`, `current` or `container`."""
    message: str = ""
    because: str = ""
    """Why it deviates, in the words of the person."""


def replication_record(verdict: Verdict, about: Circumstances) -> dict[str, Any]:
    """Return the record of a reproduction, with the field names of the format; what is empty is left out."""
    counts = {"outputs": len(verdict.outputs), "metrics": len(verdict.metrics)}
    metrics, outputs = map(_metric, verdict.metrics), map(_output, verdict.outputs)
    fields = {
        "kind": "replication",
        "schema": 1,
        **about._asdict(),
        "message": visible(about.message),
        "because": visible(about.because),
        "verdict": verdict.word,
        "reason": single_line(verdict.because, _LONGEST),
        "compared": {name: count for name, count in counts.items() if count},
        "metric": sorted(metrics, key=lambda one: bool(one["within"]))[:MOST],
        "output": sorted(outputs, key=lambda one: bool(one["same"]))[:MOST],
        "deviation": [{"what": single_line(one.words, _LONGEST), "kind": one.kind} for one in verdict.causes[:MOST]],
    }
    return {name: value for name, value in fields.items() if value not in ("", [], {})}


def _metric(one: MetricOutcome) -> dict[str, Any]:
    told = {"name": single_line(one.name, _LONGEST), "before": _measure(one.before), "after": _measure(one.after)}
    words = {"tolerance": one.tolerance, "note": single_line(one.note, _LONGEST)}
    return {**_given((told | words).items()), "within": one.grade in (*_AGREE, EXTRA)}


def _output(one: OutputOutcome) -> dict[str, Any]:
    told: Mapping[str, Any] = {
        "path": one.path,
        "absolute": one.is_absolute or None,
        "before": one.before,
        "after": one.after,
        "outcome": one.outcome.grade,
        "noise": [single_line(name, _LONGEST) for name in one.outcome.noise],
        "note": single_line(one.outcome.note, _LONGEST),
    }
    return {**_given(told.items()), "same": one.outcome.grade in _AGREE}


def _given(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in items if value is not None and value not in ("", [])}


def _measure(value: object) -> object:
    """Return a number as a record may hold it; None for what is none."""
    if is_number(value) and isfinite(value):
        return value
    return value if isinstance(value, str) and value in NOT_FINITE else None
