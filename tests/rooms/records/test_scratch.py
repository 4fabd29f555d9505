"""What killed programs left half made is swept up, and nothing that is still in the making."""

import os
import time

import pytest

from gitprov.records import scratch
from gitprov.records.layout import State
from gitprov.records.scratch import sweep
from support.repo import RepoBuilder


def state_with(repo: RepoBuilder, *names: str) -> State:
    state = State(str(repo.path / ".git"))
    os.makedirs(state.tmp)
    for name in names:
        path = os.path.join(state.tmp, name)
        with open(path, "wb"):
            os.utime(path, (1_000_000_000, 1_000_000_000))  # as a copy of an old index is given its time
    return state


def test_what_is_young_stays_whatever_time_it_was_given(repo: RepoBuilder) -> None:
    state = state_with(repo, "index-1", "2")

    sweep(state)

    assert sorted(os.listdir(state.tmp)) == ["2", "index-1"]


def test_what_is_old_goes(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_with(repo, "index-1", "index-1.lock", "2")
    tomorrow = time.time() + 2 * scratch._OLD_SECONDS
    monkeypatch.setattr(time, "time", lambda: tomorrow)

    sweep(state)

    assert os.listdir(state.tmp) == []


def test_where_nothing_was_ever_made_there_is_nothing_to_sweep(repo: RepoBuilder) -> None:
    sweep(State(str(repo.path / ".git")))

    assert not (repo.path / ".git/prov").exists()
