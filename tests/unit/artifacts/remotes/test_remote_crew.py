from collections.abc import Iterator
from threading import Event

import pytest

from gitprov.artifacts.remotes.backend import Stopped
from gitprov.artifacts.remotes.crew import each, in_order


def test_every_item_is_worked_on_once() -> None:
    assert sorted(each(lambda n: n * n, range(100), 4, Event())) == [n * n for n in range(100)]


def test_results_come_in_the_order_of_the_items() -> None:
    second = Event()

    def work(number: int) -> int:
        if number == 0:
            second.wait(60)
        if number == 1:
            second.set()
        return number

    assert list(in_order(work, range(20), 4, Event())) == list(range(20))


def test_no_more_results_are_held_than_there_are_workers_and_one() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = in_order(lambda n: n, items(), 3, Event())
    next(results)

    assert len(taken) <= 3 + 1 + 1 + 1  # held, one more given out, and one taken that waits


def test_a_failure_is_raised_and_ends_the_others_when_outermost() -> None:
    stop = Event()

    def work(number: int) -> int:
        if number == 7:
            raise KeyError(number)
        return number

    with pytest.raises(KeyError):
        list(each(work, range(1_000_000), 4, stop, outermost=True))

    assert stop.is_set()


def test_a_failure_within_does_not_stop_what_is_around_it() -> None:
    stop = Event()

    with pytest.raises(ZeroDivisionError):
        list(each(lambda n: 1 // n, [0], 2, stop))

    assert not stop.is_set()


def test_a_failure_of_the_source_is_raised() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  # that very one
        list(each(lambda n: n, items(), 3, Event()))


def test_what_was_stopped_says_so_and_does_not_look_finished() -> None:
    stop = Event()
    stop.set()

    with pytest.raises(Stopped):
        list(each(lambda n: n, range(5), 2, stop))


def test_leaving_early_stops_the_threads() -> None:
    stop = Event()
    results = each(lambda n: n, iter(int, 1), 2, stop, outermost=True)
    next(results)
    del results

    assert stop.is_set()
