"""What is said before a run starts."""

from datetime import UTC, datetime

from gitprov.model.profile import Drift, Drifted, Remark
from gitprov.views.drift import notices, splits

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
AT = "2026-11-20T15:30:00Z"


def test_differences_stand_below_their_file() -> None:
    drifts = [
        Drift("mean", "age", "warning", "mean 51, it was 38"),
        Drift("rows", "", "note", "12 rows, there were 10"),
    ]
    assert notices([Drifted("data/train.csv", "3dba37b" + "0" * 25, AT, drifts)], now=NOW, colour=False) == (
        "data/train.csv is not as it was (run 3dba37b, 2 hours ago):\n"
        "  warning: age: mean 51, it was 38\n"
        "  note: 12 rows, there were 10\n"
    )


def test_remarks_are_a_line_each_and_nothing_is_nothing() -> None:
    assert notices([Remark("warning", "5 of 25 rows of test are in train")], now=NOW, colour=True) == (
        "\x1b[33mwarning:\x1b[m 5 of 25 rows of test are in train\n"
    )
    assert notices([], now=NOW, colour=False) == ""


def test_of_many_differences_the_rest_is_counted_and_nothing_reaches_the_terminal_raw() -> None:
    drifts = [Drift("type", f"c\x1b[2J{number}", "warning", "text\nit was int") for number in range(20)]
    lines = notices([Drifted("a", "f" * 32, AT, drifts)], now=NOW, colour=False).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "  and 12 more differences"
    assert not any("\x1b" in line for line in lines)


def test_splits_of_a_run_are_a_line_each() -> None:
    run = {
        "split": [
            {"name": "train", "rows": 2000, "files": 1},
            {"name": "test", "files": 12, "shared": {"train": 3}, "estimated": True},
        ]
    }
    assert splits(run) == ["train, 2,000 rows", "test, 12 files; about 3 of them in train"]
    assert splits({}) == []
