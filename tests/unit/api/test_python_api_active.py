"""Which run a call speaks of, in threads, tasks and the processes that are started."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from gitprov.api.inside import JOURNAL
from gitprov.api.python import active, lines
from gitprov.records.journal import RUN


@contextmanager
def begun(name: str, *, shared: bool = False) -> Iterator[active.Begun]:
    run = active.Begun()
    run.id, run.journal = name, f"/journal/{name}"
    active.enter(run, shared=shared)
    try:
        yield run
    finally:
        active.leave(run)


def here() -> str:
    run = active.innermost()
    return run.id if run else ""


def around() -> str:
    run = active.around()
    return run.id if run else ""


def exported() -> tuple[str | None, str | None]:
    return os.environ.get(RUN), os.environ.get(JOURNAL)


def test_the_names_are_those_that_a_run_exports() -> None:
    assert (lines.RUN, lines.JOURNAL) == (RUN, JOURNAL)


def test_the_innermost_run_is_spoken_of_until_it_ends() -> None:
    with begun("outer"):
        with begun("inner"):
            assert here() == "inner"
        assert here() == "outer"
    assert here() == ""


def test_a_run_that_is_left_before_the_one_inside_it_does_not_come_back() -> None:
    outer, inner = active.Begun(), active.Begun()
    outer.id, inner.id = "outer", "inner"
    active.enter(outer)
    active.enter(inner)
    active.leave(outer)
    assert here() == "inner"
    active.leave(inner)
    assert here() == ""


def test_processes_that_are_started_belong_to_the_innermost_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUN, "before")
    monkeypatch.delenv(JOURNAL, raising=False)
    with begun("outer"):
        with begun("inner"):
            assert exported() == ("inner", "/journal/inner")
        assert exported() == ("outer", "/journal/outer")
    assert exported() == ("before", None)


def test_a_thread_without_a_run_speaks_of_the_main_threads() -> None:
    with begun("main"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(here).result() == "main"
        assert pool.submit(around).result() == "main"


def test_threads_with_runs_of_their_own_do_not_meet() -> None:
    barrier = Barrier(2, timeout=60)

    def work(name: str) -> tuple[str, str, str]:
        outside = around()
        barrier.wait()
        with begun(name):
            barrier.wait()
            spoken, outer = here(), around()
            barrier.wait()
        return outside, spoken, outer

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, "ab")) == [("", "a", "a"), ("", "b", "b")]


def test_where_runs_stand_side_by_side_nobody_guesses() -> None:
    barrier = Barrier(3, timeout=60)

    def work(name: str) -> None:
        with begun(name):
            barrier.wait()
            barrier.wait()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, name) for name in "ab"]
        barrier.wait()
        beside = here(), around(), exported()
        barrier.wait()
        assert [one.result() for one in done] == [None, None]
    assert beside == ("", "", (None, None))


def test_a_run_in_a_thread_is_not_the_main_threads() -> None:
    barrier = Barrier(2, timeout=60)

    def work() -> str:
        with begun("thread") as run:
            barrier.wait()
            barrier.wait()
            return run.outer.id if run.outer else ""

    with begun("main"), ThreadPoolExecutor(2) as pool:
        outer = pool.submit(work)
        barrier.wait()
        spoken = here(), pool.submit(here).result()
        barrier.wait()
        assert outer.result() == "main"
    assert spoken == ("main", "main")


def test_tasks_with_runs_of_their_own_do_not_meet() -> None:
    async def work(name: str, ready: asyncio.Barrier) -> tuple[str, str]:
        outside = around()
        await ready.wait()
        with begun(name):
            await ready.wait()
            return outside, here()

    async def both() -> list[tuple[str, str]]:
        ready = asyncio.Barrier(2)
        return list(await asyncio.gather(work("a", ready), work("b", ready)))

    assert asyncio.run(both()) == [("", "a"), ("", "b")]


def test_a_run_begun_around_everything_is_around_later_tasks() -> None:
    async def begin() -> active.Begun:
        run = active.Begun()
        run.id = "notebook"
        active.enter(run, shared=True)
        return run

    async def look() -> tuple[str, str]:
        return here(), around()

    run = asyncio.run(begin())
    try:
        assert asyncio.run(look()) == ("notebook", "notebook")
    finally:
        active.leave(run)


def test_the_environment_of_a_new_run_speaks_of_the_one_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUN, "before")
    monkeypatch.setenv("LANG", "C")
    assert active.environ(None)[RUN] == "before"
    with begun("outer") as outer:
        assert active.environ(outer)[RUN] == "outer"
        assert active.environ(None)[RUN] == "before"
        assert JOURNAL not in active.environ(None)
        assert active.environ(None)["LANG"] == "C"
