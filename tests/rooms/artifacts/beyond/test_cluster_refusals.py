import os
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from gitprov.artifacts.beyond import connect, engine
from gitprov.artifacts.beyond.sight import Look, Sight, look, sight, unseen
from gitprov.artifacts.beyond.window import Window
from gitprov.errors import ProvError
from support.daskers import Daskers, can_be_elsewhere, daskers, die, elsewhere, fail, refuse, twice
from support.scanned import grown

needs_unshare = pytest.mark.skipif(not can_be_elsewhere(), reason="no mounts of one's own here")


def refusal(call: Callable[[], object]) -> ProvError:
    with pytest.raises(ProvError) as caught:
        call()
    return caught.value


def test_results_come_with_their_jobs(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=2) as running, connect(running.address, []) as cluster:
        assert dict(cluster.each(twice, range(500))) == {number: 2 * number for number in range(500)}


def test_a_worker_that_comes_later_takes_part(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running, connect(running.address, []) as cluster:
        found = cluster.each(twice, range(100))
        first = next(found)
        running.work()
        running.kill(0)
        assert dict([first, *found]) == {number: 2 * number for number in range(100)}


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_ANSWER", 0.2)
    error = refusal(lambda: connect("tcp://127.0.0.1:1", []))
    assert error.message.startswith("no Dask scheduler answers at tcp://127.0.0.1:1")
    assert "dask scheduler" in error.hint


def test_an_address_of_no_known_kind() -> None:
    assert "no Dask scheduler answers at carrier://pigeon" in refusal(lambda: connect("carrier://pigeon", [])).message


def test_there_are_no_workers(tmp_path: Path) -> None:
    with daskers(tmp_path) as running:
        error = refusal(lambda: connect(running.address, [], patience=0.2))
    assert "has no workers" in error.message
    assert f"dask worker {running.address}" in error.hint


def test_a_worker_with_another_version(tmp_path: Path) -> None:
    grown(
        tmp_path / "other",
        {
            "gitprov-99.dist-info/METADATA": b"Metadata-Version: 2.1\nName: gitprov\nVersion: 99\n",
            "gitprov/__init__.py": b"__version__ = '99'\n",
        },
    )
    with daskers(tmp_path) as running:
        running.work(path=[str(tmp_path / "other")])
        error = refusal(lambda: connect(running.address, []))
    assert "has 99" in error.message
    assert "pip install gitprov==" in error.hint


@needs_unshare
@pytest.mark.parametrize(("instead", "words"), [("other", "sees another directory at"), ("bare", "does not see")])
def test_a_worker_that_sees_something_else(tmp_path: Path, instead: str, words: str) -> None:
    root = tmp_path / "place" / "root"
    for directory in (root, tmp_path / "other" / "root", tmp_path / "bare"):
        directory.mkdir(parents=True)
        (directory / "a").write_bytes(b"1")
    with daskers(tmp_path) as running:
        running.work()
        running.work(before=elsewhere(tmp_path / "place", tmp_path / instead))
        error = refusal(lambda: connect(running.address, [os.fsencode(root)]))
    assert words in error.message
    assert "same path" in error.hint


@needs_unshare
def test_a_worker_that_comes_later_and_sees_something_else(tmp_path: Path) -> None:
    for name in ("root", "other"):
        (tmp_path / name).mkdir()
    with daskers(tmp_path, workers=1) as running, connect(running.address, [os.fsencode(tmp_path / "root")]) as cluster:
        found = cluster.each(twice, range(100))
        next(found)
        running.work(before=elsewhere(tmp_path / "root", tmp_path / "other"))
        running.kill(0)
        error = refusal(lambda: list(found))
    assert "sees another directory at" in error.message


def test_a_directory_that_changes_meanwhile_is_the_same_one(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with daskers(tmp_path, workers=1) as running, connect(running.address, [os.fsencode(root)]) as cluster:
        window: Window[int] = cluster.window(twice)
        os.utime(root, (1, 1))
        window.submit(4, "four")
        assert list(window.rest()) == [("four", 8)]


def test_a_refusal_on_a_worker_keeps_its_words(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running, connect(running.address, []) as cluster:
        error = refusal(lambda: list(cluster.each(refuse, ["full"])))
    assert error.message.startswith("it is full (on the worker tcp://")
    assert error.hint == "leave it"


def test_a_failure_on_a_worker_is_named(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running, connect(running.address, []) as cluster:
        assert "RuntimeError('oh')" in refusal(lambda: list(cluster.each(fail, ["oh"]))).message


def test_work_that_ends_every_worker_is_given_up(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=5) as running, connect(running.address, []) as cluster:
        assert "has ended several workers" in refusal(lambda: list(cluster.each(die, [1]))).message


def lost(running: Daskers, end: Callable[[], object], patience: float) -> ProvError:
    with connect(running.address, [], patience=patience) as cluster:
        found = cluster.each(twice, iter(range(10_000)))
        next(found)
        end()
        return refusal(lambda: list(found))


def test_all_workers_are_gone(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running:
        assert "are gone" in lost(running, lambda: running.kill(0), 0.5).message


def test_the_scheduler_is_gone(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running:
        assert "gone" in lost(running, running.stop_scheduler, 5).message


def test_leaving_early_calls_the_work_back(tmp_path: Path) -> None:
    with daskers(tmp_path, workers=1) as running, connect(running.address, []) as cluster:
        window: Window[int] = cluster.window(twice)
        window.submit(1, "one")
        window.cancel()
        assert list(window.rest()) == []


def test_what_is_seen_is_compared(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path)
    seen = sight([path])
    assert unseen(seen) is None
    gone = Look(path + b"/gone", 1, 1, 1)
    for other in (
        seen._replace(version="0"),
        seen._replace(byteorder="middle"),
        seen._replace(looks=(gone,)),
        seen._replace(looks=(look(path)._replace(changed=1),)),
    ):
        assert unseen(other)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    error = refusal(lambda: sight([os.fsencode(tmp_path / "gone")]))
    assert "cannot be read" in error.message
    assert isinstance(sight([]), Sight)
