"""What a run wrote of the moment it ran in means nothing; any other moment is a result."""

from datetime import UTC, datetime

import pytest

from gitprov.replay.compare import files
from gitprov.replay.compare.moments import EVERYWHERE, Span
from gitprov.replay.compare.outcome import DIFFERS, NOISE, Outcome
from gitprov.replay.compare.places import Normaliser
from gitprov.replay.compare.source import from_bytes
from gitprov.replay.compare.tally import Terms
from gitprov.replay.tolerance import Tolerances

CET = 3600


def span(text: str, seconds: float, offsets: tuple[int, ...] = EVERYWHERE) -> Span:
    start = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    return Span(start, start + seconds, offsets)


THEN = span("2026-11-21T18:16:40", 10)
NOW = span("2026-12-02T07:59:58.500", 4, (0, CET))


def compared(before: str, after: str, name: str = "log.txt", *, then: Span = THEN, now: Span = NOW) -> Outcome:
    terms = Terms(Tolerances(), (name,), Normaliser((), then), Normaliser((), now))
    return files.compare(from_bytes(before.encode(), name), from_bytes(after.encode(), name), terms)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Time:  18:16:44   No. Observations: 50", "Time:  08:00:01   No. Observations: 50"),
        ("Date: Sat, 21 Nov 2026", "Date: Wed, 02 Dec 2026"),
        ("2026-11-21 18:16:44,123 INFO done", "2026-12-02 09:00:01,004 INFO done"),
        ("2026-11-21T18:16:44.123456+00:00 done", "2026-12-02T08:00:01+00:00 done"),
        ("Sat Nov 21 18:16:44 2026", "Wed Dec  2 08:00:01 2026"),
        ("runs/20261121_181644/model", "runs/20261202_080001/model"),
        ("written on 21 November 2026", "written on 2 December 2026"),
        ("started at 1795285003.25", "started at 1796198400.5"),
        ("started at 1795285003250", "started at 1796198400500"),
    ],
)
def test_the_moment_of_each_run_means_nothing(before: str, after: str) -> None:
    assert compared(before, after) == (NOISE, "", ("time of the run",))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("first seen 2026-11-14", "first seen 2026-12-02"),  # that was not when it ran
        ("first seen 2026-11-21", "first seen 2026-12-05"),
        ("peak at 18:16:44", "peak at 18:16:45"),  # no clock here had that
        ("version 1.2026.11.21", "version 1.2026.12.02"),
        ("21 Nov 2026: 4 birds", "2 Dec 2026: 5 birds"),
        ("seed 1795285003", "seed 1796190000"),
        ("30 Feb 2026", "31 Feb 2026"),
    ],
)
def test_any_other_moment_is_a_result(before: str, after: str) -> None:
    assert compared(before, after).grade == DIFFERS


def test_the_clock_may_have_stood_in_any_time_zone_when_it_was_recorded() -> None:
    assert compared("at 03:16:44", "at 08:00:01").grade == NOISE
    assert compared("at 03:21:44", "at 08:00:01").grade == DIFFERS


def test_a_run_over_midnight_has_two_dates() -> None:
    then = span("2026-12-31T23:59:30", 60, (0,))
    for date in ("2026-12-31", "2027-01-01", "Dec 31", "Jan 1"):
        assert compared(f"on {date}", "on 2026-12-02", then=then).grade == NOISE


def test_a_time_without_a_date_says_nothing_of_a_long_run() -> None:
    then, now = (one._replace(end=one.start + 5 * 3600) for one in (THEN, NOW))
    assert compared("lap 01:12:31", "lap 11:12:40", then=then, now=now).grade == DIFFERS
    assert compared("2026-11-21 20:12:31 lap", "2026-12-02 11:12:40 lap", then=then, now=now).grade == NOISE


def test_numbers_in_json_that_say_when_mean_nothing() -> None:
    before, after = '{"created": 1795285003.2, "n": 1795285003}', '{"created": 1796198400.5, "n": 1795285003}'
    assert compared(before, after, "m.json").noise == ("time of the run",)
    assert compared('{"n": 1795285003}', '{"n": 1795285009}', "m.json").grade == DIFFERS


def test_where_nothing_but_times_taken_differ_that_is_said() -> None:
    before, after = "k-means\t0.273s\t69545\npca\t12 s\t1\n", "k-means\t0.481s\t69545\npca\t9.5 s\t1\n"
    assert compared(before, after).note.endswith("(and 1 further); nothing but how long something took")
    assert not compared(before, after.replace("69545", "69546")).note.endswith("took")


@pytest.mark.parametrize(
    "line", ["done in {}", "Elapsed time: {}", "it took {} on 4 cores", "completed successfully in {}."]
)
def test_a_line_that_says_how_long_the_program_took_means_nothing(line: str) -> None:
    outcome = compared(line.format("0.273s"), line.format("12 sec"))
    assert (outcome.grade, outcome.noise) == (NOISE, ("how long something took",))
    assert compared(line.format("0.273s"), line.format("12 kg")).grade == DIFFERS


def test_a_time_as_a_result_is_no_noise() -> None:
    assert compared("half-life: 3.2 s", "half-life: 4.1 s").grade == DIFFERS


def test_of_a_line_that_differs_in_more_than_times_taken_the_rest_is_shown() -> None:
    before, after = (
        f"k-means++\t{time}\t69545\t0.598\t0.645\t0.621\t0.469\t0.617\t{last}"
        for time, last in (("1s", 0.161), ("2s", 0.153))
    )
    note = compared(before, after).note
    assert "0.161 → " in note
    assert note.endswith("0.153")
