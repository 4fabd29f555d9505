from datetime import UTC, datetime
from typing import Any

from gitprov.model.answers import Listing
from gitprov.views.style import width
from gitprov.views.table import table

NOW = datetime(2026, 1, 2, 3, 0, 0, tzinfo=UTC)
LONG = " ".join(["python train.py --lr 0.1"] * 5)
COLUMNS = ("id", "at", "status", "commit", "command", "metrics.accuracy", "metrics.loss", "tag")


def row(number: int, command: str, accuracy: float | None, *, base: str = "") -> tuple[dict[str, Any], tuple[Any, ...]]:
    run = {"id": f"{number:032x}", "code": {"commit": "5" * 40, **({"base": base} if base else {})}}
    values = (run["id"], "2026-01-02T00:00:00Z", "ok", "5" * 40, command, accuracy, 12.5, ["baseline", "paper"])
    return run, values


def listing(*rows: tuple[dict[str, Any], tuple[Any, ...]], chosen: bool = False) -> Listing:
    return Listing([run for run, _ in rows], COLUMNS, [values for _, values in rows], chosen, [], [])


TWO = listing(row(1, "python train.py", 0.5), row(2, LONG, None, base="a" * 40))


def test_without_a_terminal_every_value_stands_whole_and_columns_are_aligned() -> None:
    assert table(TWO, now=NOW, columns=None, colour=False).splitlines() == [
        f"id       when                  status  commit    {'command':124}  accuracy  loss  tags",
        f"0000000  2026-01-02T00:00:00Z  ok      5555555   {'python train.py':124}       0.5  12.5  baseline paper",
        f"0000000  2026-01-02T00:00:00Z  ok      aaaaaaa+  {LONG:124}            12.5  baseline paper",
    ]


def test_a_table_fits_the_terminal() -> None:
    for columns in (80, 100, 160):
        shown = table(TWO, now=NOW, columns=columns, colour=False)
        assert max(map(width, shown.splitlines())) <= columns, columns
        assert "3 hours ago" in shown


def test_metrics_give_way_in_a_narrow_terminal_unless_they_were_asked_for() -> None:
    assert "loss" not in table(TWO, now=NOW, columns=72, colour=False)
    assert "loss" in table(TWO, now=NOW, columns=160, colour=False)
    assert "loss" in table(TWO._replace(chosen=True), now=NOW, columns=72, colour=False)


def test_colours_are_around_the_text_and_change_nothing_else() -> None:
    plain = table(TWO, now=NOW, columns=100, colour=False)
    painted = table(TWO, now=NOW, columns=100, colour=True)
    assert "\x1b[32mok" in painted
    for code in ("\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[m"):
        painted = painted.replace(code, "")
    assert [line.rstrip() for line in painted.splitlines()] == plain.splitlines()


def test_what_a_record_says_reaches_no_terminal() -> None:
    shown = table(listing(row(1, "a\x1b]0;title\x07\nb\u202e", 1)), now=NOW, columns=None, colour=False)
    assert "a\\x1b]0;title\\x07\\nb\\u202e" in shown
    assert len(shown.splitlines()) == 2


def test_no_runs_are_no_lines() -> None:
    assert table(listing(), now=NOW, columns=80, colour=True) == ""
