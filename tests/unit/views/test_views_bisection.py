"""What a bisection shows: each step, the package that was found, and how sure that is."""

import json

import pytest

from gitprov.model.environments import Change
from gitprov.model.reproduction import Bisected, Step
from gitprov.views.bisection import bisections, report, step
from support.records import record_id

FOUND = Bisected(
    run=record_id(1),
    against=record_id(2),
    metric="score",
    changes=(Change("numpy", "1.26.4", "2.1.0"),),
    is_alone=True,
    differing=9,
    steps=(
        Step(1, "as in the first", True, "score = 0.5"),
        Step(2, "with numpy 2.1.0", False, "score = 0.6"),
        Step(3, "with no scipy", None, "it ended well when it was recorded, now: exit status 1"),
    ),
)


def test_a_step_says_how_it_came_out_within_the_width() -> None:
    assert step(FOUND.steps[0], columns=80) == "  as recorded: score = 0.5\n"
    assert step(FOUND.steps[1], columns=80) == "  otherwise: score = 0.6\n"
    lines = step(FOUND.steps[2], columns=40).splitlines()
    assert lines[0].startswith("  cannot be told: ")
    assert max(map(len, lines)) <= 40


def test_the_package_that_was_found_stands_with_both_versions() -> None:
    assert report(FOUND, columns=80, colour=False).splitlines() == [
        f"Metric score of run {record_id(1)[:7]} comes out otherwise with",
        "  numpy  1.26.4 -> 2.1.0",
        "",
        "It does so with no other change.",
        f"3 environments were tried; 9 packages differ from those of run {record_id(2)[:7]}.",
    ]


@pytest.mark.parametrize(
    ("changes", "is_alone", "words"),
    [
        (1, False, "It does so together with other changes only."),
        (1, None, "Whether it does so with no other change cannot be told."),
        (2, True, "They do so with no other change."),
        (2, True, "They could not be tried apart"),
        (9, False, "Nothing else is not the same in the two environments."),
    ],
)
def test_how_sure_it_is_is_said(changes: int, is_alone: bool | None, words: str) -> None:
    found = tuple(Change(f"p{number}", "1.0", "") for number in range(changes))
    shown = report(FOUND._replace(metric="", changes=found, is_alone=is_alone), columns=200, colour=False)
    assert words in shown
    assert shown.startswith("The result of run ")
    assert "p0  1.0 -> not installed" in shown


def test_programs_read_each_step() -> None:
    (told,) = json.loads(bisections(FOUND))["bisections"]
    assert told["changes"] == [{"name": "numpy", "before": "1.26.4", "after": "2.1.0"}]
    assert [one["outcome"] for one in told["steps"]] == ["as-recorded", "otherwise", "cannot-be-told"]
    assert told["alone"] is True
