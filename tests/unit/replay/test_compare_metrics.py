from typing import Any

from gitprov.replay.compare.metrics import MetricOutcome, compare_metrics
from gitprov.replay.compare.outcome import DIFFERS, EXTRA, MISSING, NOISE, NOT_COMPARABLE, SAME, WITHIN
from gitprov.replay.tolerance import Tolerances, from_flags, spread


def outcomes(before: dict[str, Any], after: dict[str, Any], *flags: str) -> dict[str, MetricOutcome]:
    found = compare_metrics({"metrics": before}, {"metrics": after}, Tolerances(from_flags(flags)))
    return {one.name: one for one in found}


def test_each_metric_is_judged_by_its_own_tolerance() -> None:
    found = outcomes({"accuracy": 0.931, "val/loss": 0.5}, {"accuracy": 0.926, "val/loss": 0.5001}, "accuracy=0.005")
    assert found["accuracy"] == MetricOutcome("accuracy", WITHIN, 0.931, 0.926, "abs:0.005")
    assert found["val/loss"] == MetricOutcome("val/loss", DIFFERS, 0.5, 0.5001, "rel:1e-09", "0.5 → 0.5001")


def test_nan_and_infinity_are_read_as_records_write_them() -> None:
    found = outcomes({"a": "NaN", "b": "Infinity", "c": 1}, {"a": "NaN", "b": "-Infinity", "c": "NaN"})
    assert (found["a"].grade, found["a"].note) == (SAME, "NaN both times")
    assert (found["b"].grade, found["b"].note) == (DIFFERS, "Infinity → -Infinity")
    assert (found["c"].grade, found["c"].note) == (DIFFERS, "1 → NaN")


def test_missing_and_new_metrics_are_named() -> None:
    found = outcomes({"a": 1}, {"b": 2})
    assert (found["a"].grade, found["b"].grade) == (MISSING, EXTRA)


def test_what_is_no_number_is_not_comparable() -> None:
    assert outcomes({"a": "high"}, {"a": 1})["a"].grade == NOT_COMPARABLE


def test_how_fast_a_trainer_was_is_noise_unless_a_tolerance_names_it() -> None:
    found = outcomes(
        {"train_runtime": 12.5, "eval_samples_per_second": 80.1}, {"train_runtime": 99, "eval_samples_per_second": 3}
    )
    assert {one.grade for one in found.values()} == {NOISE}
    assert outcomes({"train_runtime": 12.5}, {"train_runtime": 99}, "train_runtime=1")["train_runtime"].grade == DIFFERS


def test_a_metric_that_may_be_a_time_differs_and_the_way_out_is_named() -> None:
    found = outcomes({"fit_seconds": 1.0}, {"fit_seconds": 2.0})["fit_seconds"]
    assert found.grade == DIFFERS
    assert "--tolerance 'fit_seconds=any'" in found.note
    assert outcomes({"fit_seconds": 1.0}, {"fit_seconds": 2.0}, "fit_seconds=any")["fit_seconds"].grade == WITHIN


def test_series_are_compared_by_count_last_and_best() -> None:
    before = {"series": [{"name": "loss", "count": 10, "last": 0.5, "best": 0.25, "goal": "min"}]}
    after = {"series": [{"name": "loss", "count": 9, "last": 0.51, "best": 0.25}]}
    found = compare_metrics(before, after, Tolerances(from_flags(["loss=0.1"])))
    assert [(one.name, one.grade) for one in found] == [
        ("loss (count)", DIFFERS),
        ("loss (last)", WITHIN),
        ("loss (best)", SAME),
    ]


def test_the_spread_of_earlier_runs_stands_in_for_a_tolerance() -> None:
    earlier = spread([0.90, 0.92])
    assert earlier is not None
    tolerances = Tolerances(spreads={"accuracy": earlier})
    inside, outside = (
        compare_metrics({"metrics": {"accuracy": 0.91}}, {"metrics": {"accuracy": now}}, tolerances)[0]
        for now in (0.93, 0.95)
    )
    assert (inside.grade, outside.grade) == (WITHIN, DIFFERS)
    assert "0.9..0.92 of 2 runs" in inside.tolerance
