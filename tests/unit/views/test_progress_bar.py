"""The bar for work that takes long."""

import io
import re

import pytest

from gitprov.views.progress import Bar


class Terminal(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        """Say that somebody is looking."""
        return True


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return the moment."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return Terminal()


def test_what_is_done_within_a_second_shows_nothing(clock: Clock, terminal: Terminal) -> None:
    bar = Bar("Hashing files", terminal, clock)
    for done in range(10):
        clock.now = done / 10
        bar(done, 9)

    assert terminal.getvalue() == ""


def test_longer_work_says_what_is_done_and_how_much_of_it(clock: Clock, terminal: Terminal) -> None:
    bar = Bar("Hashing files", terminal, clock)
    clock.now = 1.5
    bar(1 << 20, 4 << 20)

    assert "Hashing files" in terminal.getvalue()
    assert "1.0/4.0 MiB" in terminal.getvalue()
    bar.close()


def test_later_it_says_how_quick_it_is_and_how_long_it_will_take_and_fits_the_terminal(
    clock: Clock, terminal: Terminal
) -> None:
    bar = Bar("Hashing files", terminal, clock)
    for second in range(1, 5):
        clock.now = 1.0 + second
        bar(second << 30, 4000 << 30)

    last = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", terminal.getvalue()).split("\r")[-1]
    assert "/s" in last
    assert len(last) <= 80
    bar.close()


def test_rates_are_in_the_units_of_the_sizes_and_not_said_before_there_is_one(clock: Clock, terminal: Terminal) -> None:
    bar = Bar("Hashing files", terminal, clock)
    for tenths in (10, 12, 14):
        clock.now = tenths / 10
        bar(tenths << 24, 4000 << 20)
    assert "/s" not in terminal.getvalue()
    clock.now = 2.0
    bar(30 << 24, 4000 << 20)

    assert re.search(r"[0-9] MiB/s", terminal.getvalue())
    assert "MB/s" not in terminal.getvalue()
    bar.close()


def test_at_the_end_the_bar_is_gone_and_the_cursor_is_back(clock: Clock, terminal: Terminal) -> None:
    bar = Bar("Hashing files", terminal, clock)
    clock.now = 1.5
    bar(1, 2)
    bar(2, 2)

    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")
    assert terminal.getvalue().count("\x1b[?25l") == terminal.getvalue().count("\x1b[?25h") == 1


def test_it_is_not_drawn_more_often_than_a_person_can_see(clock: Clock, terminal: Terminal) -> None:
    bar = Bar("Hashing files", terminal, clock)
    clock.now = 1.5
    bar(1, 1000)
    drawn = len(terminal.getvalue())
    for done in range(2, 100):
        bar(done, 1000)

    assert len(terminal.getvalue()) == drawn
    bar.close()
