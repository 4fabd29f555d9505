from typing import Any

import pytest

from gitprov.model.answers import CommitRuns, History
from gitprov.model.results import GRADES, Graded
from gitprov.views.style import width
from gitprov.views.text import MOST, log_lines, run_line

RUN: dict[str, Any] = {
    "id": "9f2c1ab05e1d4c63a0b1d0f0a8b1c2d3",
    "status": "ok",
    "command": ["python", "train.py", "--learning-rate", "0.1", "--name", "a long one"],
    "seconds": 723.4,
    "metrics": {"accuracy": 0.931, "loss": 0.25, "epochs": 10, "more": 1},
}


def test_a_line_says_which_run_what_ran_and_what_came_of_it() -> None:
    assert run_line(RUN, "exact", columns=None, colour=False) == (
        "9f2c1ab ok: python train.py --learning-rate 0.1 --name 'a long one'"
        " (accuracy=0.931, loss=0.25, epochs=10, …, 12m03s)"
    )


@pytest.mark.parametrize("columns", range(74, 140, 6))
@pytest.mark.parametrize("grade", [*GRADES, "uncommitted"])
def test_a_line_fits_the_terminal_and_keeps_how_the_run_belongs_to_the_commit(columns: int, grade: str) -> None:
    line = run_line(RUN, grade, columns=columns, colour=False)
    assert width(line) <= columns
    assert line.endswith({
        "exact": "12m03s)",
        "same-tree": ", same tree)",
        "same-code": ", same code)",
        "linked": ", rewritten into this)",
        "same-patch": ", same patch, inferred)",
        "uncommitted": ", uncommitted changes)",
    }[grade])  # fmt: skip


def test_a_run_with_nothing_to_say_is_still_a_line() -> None:
    assert run_line({"id": "1" * 32, "status": "lost"}, "exact", columns=80, colour=False) == "1111111 lost"


def test_uncommitted_runs_follow_and_what_is_too_much_is_counted() -> None:
    ids = [f"{number:032x}" for number in range(MOST + 5)]
    runs = {run: {**RUN, "id": run} for run in ids}
    commit = CommitRuns("c" * 40, tuple(Graded(run, "exact") for run in ids[:-1]), (ids[-1],))
    history = History([commit, CommitRuns("d" * 40, (), ())], runs, [], [])

    lines = log_lines(history, columns=None, colour=False)

    assert list(lines) == ["c" * 40]
    shown = lines["c" * 40].splitlines()
    assert len(shown) == MOST + 1
    assert shown[-1] == "and 5 more: git prov ls cccccccccc"


def test_what_a_record_says_is_shown_harmlessly() -> None:
    hostile = {**RUN, "command": ["x\x1b[2J\n\u202e"], "metrics": {"a\x1b[2J": "NaN"}}
    line = run_line(hostile, "exact", columns=None, colour=False)
    assert "\x1b" not in line
    assert "\n" not in line
    assert "\u202e" not in line
