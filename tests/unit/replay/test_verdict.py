from typing import Any

import pytest

from gitprov.model.records import Replication, dump
from gitprov.model.records import judge as judge_record
from gitprov.replay.compare.differences import differences
from gitprov.replay.compare.metrics import MetricOutcome, compare_metrics
from gitprov.replay.compare.outcome import DIFFERS, EXTRA, MISSING, NOISE, NOT_COMPARABLE, SAME, WITHIN, Outcome
from gitprov.replay.compare.outputs import OutputOutcome
from gitprov.replay.replication import MOST, Circumstances, replication_record
from gitprov.replay.tolerance import Tolerances, from_flags
from gitprov.replay.verdict import Verdict, judge, unavailable

OK = {"status": "ok", "exit": 0}
ABOUT = Circumstances("ab" * 16, "2026-11-21T09:00:00Z", "Bo Ek <bo@example.org>", "cd" * 16)


def output(grade: str, note: str = "", *noise: str, path: str = "m.bin") -> OutputOutcome:
    return OutputOutcome(path, Outcome(grade, note, noise))


def metric(grade: str, note: str = "") -> MetricOutcome:
    return MetricOutcome("accuracy", grade, 1.0, 1.0, "", note)


def word(*results: OutputOutcome | MetricOutcome) -> str:
    outputs = [one for one in results if isinstance(one, OutputOutcome)]
    metrics = [one for one in results if isinstance(one, MetricOutcome)]
    return judge(OK, OK, outputs=outputs, metrics=metrics).word


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([output(SAME), metric(SAME)], "identical"),
        ([output(SAME)], "identical"),
        ([output(NOISE)], "within-tolerance"),
        ([output(SAME), metric(WITHIN)], "within-tolerance"),
        ([output(SAME), output(EXTRA)], "within-tolerance"),
        ([output(SAME), metric(DIFFERS)], "deviates"),
        ([output(DIFFERS), metric(SAME)], "deviates"),
        ([output(MISSING), metric(SAME)], "deviates"),
        ([metric(MISSING)], "deviates"),
        ([output(NOT_COMPARABLE), metric(SAME)], "within-tolerance"),
        ([output(NOT_COMPARABLE), output(SAME)], "not-comparable"),
        ([output(NOT_COMPARABLE), output(DIFFERS)], "deviates"),
        ([output(EXTRA)], "not-comparable"),
        ([], "not-comparable"),
    ],
)
def test_the_verdict_follows_from_the_outcomes(results: list[Any], verdict: str) -> None:
    assert word(*results) == verdict


def test_the_first_two_verdicts_alone_let_a_result_stand() -> None:
    words = ("identical", "within-tolerance", "deviates", "failed", "not-comparable")
    assert [Verdict(one, "").stands for one in words] == [True, True, False, False, False]


def test_a_run_that_ended_well_and_does_not_now_failed() -> None:
    verdict = judge(OK, {"status": "failed", "exit": 2}, outputs=[output(SAME)])
    assert (verdict.word, verdict.because) == ("failed", "it ended well when it was recorded, now: exit status 2")
    assert verdict.causes[0].kind == "unknown"
    assert judge(OK, {"status": "killed", "signal": "SIGKILL"}).because.endswith("now: signal SIGKILL")


def test_a_failure_that_fails_again_in_the_same_way_is_reproduced() -> None:
    failed = {"status": "failed", "exit": 2}
    assert judge(failed, failed, outputs=[output(SAME)]).word == "identical"
    assert judge(failed, {"status": "failed", "exit": 3}, outputs=[output(SAME)]).word == "deviates"
    assert judge(failed, OK, outputs=[output(SAME)]).word == "deviates"


def test_what_could_not_be_had_is_named() -> None:
    verdict = unavailable(["data/a.csv", "data/b.csv", "c", "d"])
    assert (verdict.word, verdict.because) == (
        "not-comparable",
        "could not be had: data/a.csv, data/b.csv, c and 1 more",
    )


def test_the_reason_says_what_was_found() -> None:
    results = [output(SAME), output(NOISE, "", "creation date", path="f.pdf")]
    verdict = judge(OK, OK, outputs=results, metrics=[metric(WITHIN)])
    words = "2 outputs and 1 metric; 1 within tolerance; differing in what means nothing: f.pdf (creation date)"
    assert verdict.because == words
    assert judge(OK, OK, metrics=[metric(DIFFERS, "1 → 2")]).because == "accuracy (1 → 2)"


def test_a_metric_nudged_inside_and_outside_tolerance_turns_the_verdict() -> None:
    def verdict(now: object) -> str:
        recorded, new = ({**OK, "metrics": {"accuracy": value}} for value in (0.931, now))
        metrics = compare_metrics(recorded, new, Tolerances(from_flags(["accuracy=0.005"])))
        return judge(recorded, new, metrics=metrics).word

    assert [verdict(now) for now in (0.931, 0.926, 0.92599, "NaN")] == [
        *("identical", "within-tolerance", "deviates", "deviates"),
    ]


def test_the_first_cause_of_a_deviation_is_the_likeliest_difference() -> None:
    recorded = {**OK, "input": [{"path": "a.csv", "digest": "b3:" + "a" * 64}], "hardware": {"cpu": "one"}}
    new = {**OK, "input": [{"path": "a.csv", "digest": "b3:" + "b" * 64}], "hardware": {"cpu": "two"}}
    verdict = judge(recorded, new, metrics=[metric(DIFFERS)], differences=differences(recorded, new))
    assert [one.kind for one in verdict.causes] == ["input", "cpu"]


def test_a_replication_is_a_record_that_the_format_accepts() -> None:
    outputs = [
        OutputOutcome("m.json", Outcome(SAME), "b3:" + "a" * 64, "b3:" + "a" * 64),
        OutputOutcome("/data/f.pdf", Outcome(DIFFERS, "object 2", ("offsets",)), "b3:" + "a" * 64, "", "", True),
    ]
    metrics = [
        MetricOutcome("accuracy", WITHIN, 0.93, 0.92, "abs:0.05"),
        MetricOutcome("loss", DIFFERS, 0.5, "NaN", "rel:1e-09", "0.5 → NaN"),
    ]
    recorded, new = {**OK, "seeds": {"numpy": 1}}, {**OK, "seeds": {"numpy": 2}}
    verdict = judge(recorded, new, outputs=outputs, metrics=metrics, differences=differences(recorded, new))
    record = replication_record(verdict, ABOUT._replace(environment="current", because="another\x1b seed"))
    understood = judge_record(record)
    assert isinstance(understood, Replication)
    assert dump(understood) == record
    assert [one.name for one in understood.metric] == ["loss", "accuracy"]
    assert [one.path for one in understood.output] == ["/data/f.pdf", "m.json"]
    assert understood.deviation[0].what == "seed of numpy: 1 → 2"
    assert understood.because == r"another\x1b seed"


def test_a_replication_of_very_much_stays_small_and_says_how_much_there_was() -> None:
    outputs = [output(SAME, path=f"{number}.bin") for number in range(MOST + 1)] + [output(DIFFERS, "x")]
    record = replication_record(judge(OK, OK, outputs=outputs), ABOUT)
    assert len(record["output"]) == MOST
    assert record["output"][0]["same"] is False
    assert record["compared"] == {"outputs": MOST + 2}
    judge_record(record)
