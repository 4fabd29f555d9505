"""kill -9 in the middle of sending and of fetching: the second try goes on from there, and every byte verifies."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gitprov.artifacts.remotes import Item, check, open_remote
from gitprov.artifacts.store import Store
from support import remote_child
from support.remote_data import MIB, filled, unheard
from support.remote_places import KILLED, Place, place_of

LARGE = 48 * MIB
DEATH = 36 * MIB
"""Bytes after which the process kills itself: all small files may be done by then, and half of the large one is."""


class Done(NamedTuple):
    """What the process says that it did."""

    files: int
    size: int
    there: int


@pytest.fixture(params=KILLED)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Give an empty place of each kind."""
    with place_of(request.param, tmp_path) as place:
        yield place


def carry(
    verb: str, store: Path, items: list[Item], place: Place, *, death: int = 0, by: str = "SIGKILL"
) -> Done | None:
    """Push or fetch in another process; None when it ended by the signal on the way."""
    listed = store.parent / "items.json"
    listed.write_text(json.dumps(items))
    argv: list[str | Path] = [sys.executable, remote_child.__file__, verb, store, place.url, listed, str(death), by]
    ended = subprocess.run(argv, env=place.environ, capture_output=True, text=True, check=False)
    if ended.returncode == -signal.Signals[by]:
        return None
    assert ended.returncode == 0, ended.stderr
    files, size, there, missing, damaged = json.loads(ended.stdout)
    assert (missing, damaged) == ([], [])
    return Done(files, size, there)


def test_a_killed_push_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    items = filled(Store(str(tmp_path / "store")), small=500, large=(LARGE,))
    total = sum(item.size for item in items)

    assert carry("push", tmp_path / "store", items, place, death=DEATH) is None
    second = carry("push", tmp_path / "store", items, place)
    third = carry("push", tmp_path / "store", items, place)

    assert second is not None
    assert third == Done(0, 0, len(items))
    assert second.files + second.there == len(items)
    assert 0 < second.size <= total - 12 * MIB  # three pieces at least were not sent again
    with open_remote("there", place.url, environ=place.environ) as remote:
        assert list(check(None, remote, unheard)) == []
        assert list(check(items, remote, unheard)) == []


def test_a_killed_fetch_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    items = filled(Store(str(tmp_path / "store")), small=500, large=(LARGE,))
    total = sum(item.size for item in items)
    carry("push", tmp_path / "store", items, place)

    assert carry("fetch", tmp_path / "clone", items, place, death=DEATH) is None
    second = carry("fetch", tmp_path / "clone", items, place)

    clone = Store(str(tmp_path / "clone"))
    assert second is not None
    assert 0 < second.size <= total - 12 * MIB
    assert second.files + second.there == len(items)
    assert clone.missing(item.digest for item in items) == []
    assert list(clone.verify()) == []


def test_nothing_of_a_killed_push_is_seen_under_a_name_before_it_is_whole(place: Place, tmp_path: Path) -> None:
    items = filled(Store(str(tmp_path / "store")), small=1, large=(LARGE,))[1:]

    assert carry("push", tmp_path / "store", items, place, death=DEATH) is None

    assert [key for key in place.contents.keys() if key.startswith("objects/")] == []  # noqa: SIM118


def test_an_interrupted_push_ends_at_once_and_goes_on_later(place: Place, tmp_path: Path) -> None:
    items = filled(Store(str(tmp_path / "store")), small=1, large=(LARGE,))[1:]

    assert carry("push", tmp_path / "store", items, place, death=DEATH, by="SIGINT") is None
    second = carry("push", tmp_path / "store", items, place)

    assert second is not None
    assert second.files == 1
    assert second.size <= LARGE - 12 * MIB
