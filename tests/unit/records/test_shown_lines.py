"""The lines that plain `git log` shows: harmless, bounded, the same in whatever order runs came."""

import random

import pytest

from gitprov.model.words import duration
from gitprov.records import shown
from support.records import record_id, run_record

COMMIT = "c" * 40


def test_a_line_says_which_run_when_how_it_ended_and_what_it_measured() -> None:
    run = run_record(7, metrics={"accuracy": 0.93125, "loss": "NaN", "n": 3, "more": 1}, seconds=723.4)

    assert shown.line(run) == (
        f"run {record_id(7)[:7]} 2026-01-02 00:07:00Z ok: python train.py (accuracy=0.93125, loss=NaN, n=3, 12m03s)"
    )
    assert shown.line(run, "same tree").endswith("12m03s, same tree)")
    assert shown.line(run_record(7)).endswith("ok: python train.py")


@pytest.mark.parametrize("hostile", ["a\nb", "\x1b]0;title\x07", "\u202egnp.exe", "a\u2028b", "x" * 10_000])
def test_nothing_in_a_record_makes_more_than_one_harmless_bounded_line(hostile: str) -> None:
    line = shown.line(run_record(1, command=[hostile], metrics={hostile: 1}, seconds=1e300))

    assert line.isprintable()
    assert len(line.splitlines()) == 1
    assert len(line) < 300


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.00s"),
        (0.4249, "0.42s"),
        (9.994, "9.99s"),
        (42, "42s"),
        (59.6, "1m00s"),
        (723.4, "12m03s"),
        (11_100, "3h05m"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def lines(*numbers: int) -> list[str]:
    return [shown.line(run_record(number)) for number in numbers]


def test_lines_come_by_time_whatever_the_order_and_grouping_they_were_put_there_in() -> None:
    chance = random.Random(5)
    for count in (1, shown.SHOWN, shown.SHOWN + 1, 3 * shown.SHOWN):
        whole = shown.merge("", lines(*range(count)), COMMIT)
        waiting = lines(*range(count)) * 2
        chance.shuffle(waiting)
        text = ""
        while waiting:
            size = chance.randint(1, len(waiting))
            text = shown.merge(text, waiting[:size], COMMIT)
            del waiting[:size]
        assert text == whole


def test_no_more_than_the_newest_are_shown_and_the_reader_is_told_where_the_others_are() -> None:
    text = shown.merge("", lines(*range(shown.SHOWN + 5)), COMMIT).splitlines()

    assert text[0] == f"(earlier runs: git prov ls {COMMIT[:10]})"
    assert text[1:] == lines(*range(5, shown.SHOWN + 5))
    assert not shown.merge("", lines(*range(shown.SHOWN)), COMMIT).startswith("(")
