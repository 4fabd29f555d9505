"""The directory in which the ranks of a launch meet."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitprov.records import joint
from gitprov.records.joint import Closing, Member, Place
from gitprov.records.layout import State
from support.records import record_id

NAME = joint.name_of("torchrun 77")
_numbers = itertools.count(100)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(str(tmp_path))


def made(state: State, number: int = 1) -> Place:
    place = joint.make(state, NAME, {"kind": "mpi"}, record_id(number))
    assert place is not None
    return place


def member(rank: int, restarted: int = 0) -> Member:
    return Member(rank, 0, restarted, record_id(next(_numbers)), done=False)


def files(state: State) -> list[str]:
    return sorted(os.path.relpath(path, state.root) for path in Path(state.root).rglob("*") if path.is_file())


def test_of_many_who_make_a_place_at_once_all_get_one(state: State) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: joint.make(state, NAME, {}, record_id(number)), range(8)))

    (here,) = joint.places(state)
    assert here.is_of(NAME)
    assert {place.run for place in found if place} == {here.run}


def test_beside_a_place_that_does_not_fit_there_is_another(state: State) -> None:
    other = made(state)
    beside = joint.make(state, NAME, {}, record_id(2), [other])

    assert beside is not None
    assert beside.path != other.path
    assert beside.is_of(NAME)


def test_who_comes_is_there_and_who_ends_is_done(state: State) -> None:
    place, one = made(state), member(3)
    begun = joint.enter(state, place, one, {"world": 4})
    assert begun is not None
    left = place.left(state, one)
    assert left is not None
    assert (left.goes_on, left.entry.run, left.entry.member["world"]) == (True, {"id": place.run}, 4)

    begun.leave()
    joint.end(place, one)
    assert place.members() == [one._replace(done=True)]
    left = place.left(state, one)
    assert left is not None
    assert not left.goes_on


def test_what_is_published_first_stays(state: State) -> None:
    place = made(state)
    assert place.published("code") == {}
    place.publish("code", {"tree": "1"}, state)
    place.publish("code", {"tree": "2"}, state)

    assert place.published("code") == {"tree": "1"}


def test_nobody_comes_into_a_place_that_is_closed(state: State) -> None:
    place = made(state)
    assert Closing.begin(state, place) is not None

    assert joint.enter(state, place, member(0), {}) is None
    assert made(state, 2).path == place.path  # the launch begins anew


def test_only_one_closes_a_place(state: State) -> None:
    place = made(state)
    closing = Closing.begin(state, place)

    assert closing is not None
    assert Closing.begin(state, place) is None
    assert Closing.begin(state, closing.place) is None


def test_a_place_whose_closer_was_killed_is_closed_by_the_next(state: State) -> None:
    closing = Closing.begin(state, made(state))
    assert closing is not None
    closing.leave()

    (place,) = joint.places(state)
    assert place.is_closing
    assert not place.is_of(NAME)
    assert Closing.begin(state, place) is not None


def test_nothing_stays_behind(state: State) -> None:
    place = made(state)
    for one in (member(0), member(1)):
        begun = joint.enter(state, place, one, {})
        assert begun is not None
        begun.leave()
    closing = Closing.begin(state, place)
    assert closing is not None
    closing.finish(state)

    assert files(state) == []
    assert joint.places(state) == []


def test_with_the_last_who_did_not_start_the_place_goes(state: State) -> None:
    place, one, other = made(state), member(0), member(1)
    for each in (one, other):
        begun = joint.enter(state, place, each, {})
        assert begun is not None
        begun.finish()
    joint.withdraw(state, place, one)
    assert joint.places(state) == [place]

    joint.withdraw(state, place, other)
    assert joint.places(state) == []


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"run": "../../x"}', "[" * 100_000])
def test_a_damaged_place_is_passed_over(state: State, content: str) -> None:
    directory = Path(state.root, "launches", f"{NAME}.0")
    directory.mkdir(parents=True)
    (directory / "launch").write_text(content)

    assert joint.places(state) == []


@pytest.mark.parametrize(
    "name", ["1.0.0", "x.0.0." + record_id(1), "1.0.0.nobody", "launch", "1.0.0..done", ".0.0." + record_id(1)]
)
def test_a_marker_that_names_no_member_is_passed_over(state: State, name: str) -> None:
    place = made(state)
    Path(place.path, name).touch()

    assert place.members() == []
