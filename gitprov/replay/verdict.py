"""Does the result stand? One word for a whole comparison, why, and what most likely made the difference.

`docs/reproduce-verdicts.md` says the same for users.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitprov.replay.compare.difference import UNKNOWN, Difference
from gitprov.replay.compare.metrics import MetricOutcome
from gitprov.replay.compare.outcome import DIFFERS, EXTRA, MISSING, NOISE, NOT_COMPARABLE, SAME, WITHIN
from gitprov.replay.compare.outputs import OutputOutcome

IDENTICAL: Final = "identical"
WITHIN_TOLERANCE: Final = "within-tolerance"
DEVIATES: Final = "deviates"
FAILED: Final = "failed"
IMPOSSIBLE: Final = "not-comparable"
STANDS: Final = (IDENTICAL, WITHIN_TOLERANCE)
"""The verdicts by which a result stands."""
_NAMED: Final = 3


class Verdict(NamedTuple):
    """The answer to `git prov reproduce`."""

    word: str
    because: str
    """One line: what the word rests on."""
    causes: tuple[Difference, ...] = ()
    """What was not the same to begin with, the likeliest cause first; never empty where the run deviates or failed."""
    outputs: tuple[OutputOutcome, ...] = ()
    metrics: tuple[MetricOutcome, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the recorded result stands."""
        return self.word in STANDS


def unavailable(what: Sequence[str], differences: Sequence[Difference] = ()) -> Verdict:
    """Return the verdict on a run that could not be repeated, since something could not be had."""
    return Verdict(IMPOSSIBLE, _listed("could not be had: ", what), tuple(differences))


def judge(
    recorded: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    outputs: Sequence[OutputOutcome] = (),
    metrics: Sequence[MetricOutcome] = (),
    differences: Sequence[Difference] = (),
) -> Verdict:
    """Return the verdict on a run that was repeated, from both records and what came of comparing them."""
    word, because = _ending(recorded, new) or _results(outputs, metrics)
    causes = tuple(differences)
    if word not in STANDS and word != IMPOSSIBLE:
        causes = causes or (UNKNOWN,)
    return Verdict(word, because, causes, tuple(outputs), tuple(metrics))


def _ending(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str] | None:
    """Judge by how both runs ended; None where that is the same, so that results decide."""
    before, after = _end(recorded), _end(new)
    if before == after:
        return None
    if recorded.get("status") == "ok":
        return FAILED, f"it ended well when it was recorded, now: {after}"
    if recorded.get("status") == "lost":  # nobody saw how it ended
        return None
    return DEVIATES, f"it ended with {before} when it was recorded, now: {after}"


def _end(run: Mapping[str, Any]) -> str:
    if run.get("status") == "ok":
        return "success"
    if "signal" in run:
        return f"signal {run['signal']}"
    return f"exit status {run['exit']}" if "exit" in run else str(run.get("status", "unknown"))


def _results(outputs: Sequence[OutputOutcome], metrics: Sequence[MetricOutcome]) -> tuple[str, str]:
    results = [_Result(one.path, one.outcome.grade, _words(one), is_metric=False) for one in outputs]
    results += [_Result(one.name, one.grade, one.note, is_metric=True) for one in metrics]
    recorded = [one for one in results if one.grade != EXTRA]
    if not recorded:
        return IMPOSSIBLE, "nothing to compare: neither outputs nor metrics are recorded"
    if differ := [one for one in recorded if one.grade in (DIFFERS, MISSING)]:
        return DEVIATES, _listed("", [one.words for one in differ])
    unknown = [one for one in recorded if one.grade == NOT_COMPARABLE]
    if unknown and not any(one.is_metric and one.grade in (SAME, WITHIN) for one in recorded):
        return IMPOSSIBLE, _listed("could not be compared: ", [one.words for one in unknown])
    return _standing(results, unknown)


def _standing(results: Sequence["_Result"], unknown: Sequence["_Result"]) -> tuple[str, str]:
    """Return how far a result stands of which nothing deviates."""
    if all(one.grade == SAME for one in results):
        return IDENTICAL, f"{_counted(results)}, all the same"
    parts = []
    if within := [one for one in results if one.grade == WITHIN]:
        parts.append(f"{len(within)} within tolerance")
    if noisy := [one for one in results if one.grade == NOISE]:
        parts.append(_listed("differing in what means nothing: ", [one.words for one in noisy]))
    if unknown:
        parts.append(_listed("not compared: ", [one.words for one in unknown]))
    if extra := [one.name for one in results if one.grade == EXTRA]:
        parts.append(_listed("only new: ", extra))
    return WITHIN_TOLERANCE, f"{_counted(results)}; {'; '.join(parts)}"


class _Result(NamedTuple):
    name: str
    grade: str
    note: str
    is_metric: bool

    @property
    def words(self) -> str:
        return f"{self.name} ({self.note})" if self.note else self.name


def _words(one: OutputOutcome) -> str:
    return one.outcome.note or ", ".join(one.outcome.noise)


def _counted(results: Sequence[_Result]) -> str:
    metrics = sum(one.is_metric for one in results)
    counts = ((len(results) - metrics, "output"), (metrics, "metric"))
    return " and ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def _listed(before: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return before + ", ".join(names[:_NAMED]) + more
