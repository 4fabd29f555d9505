from pathlib import Path

import pytest

from gitprov.gitrepo import patch
from gitprov.gitrepo.patch import PatchId, patch_ids
from support.records import session_in
from support.repo import RepoBuilder


@pytest.fixture
def commits(repo: RepoBuilder) -> list[str]:
    """Commits of every kind: the first of all, three with changes, one without any, a merge."""
    found = [repo.head, *(repo.commit(str(number), {"a": str(number)}) for number in range(3)), repo.commit("empty")]
    repo.branch("side", "HEAD~1")
    found.append(repo.commit("side", {"b": "1"}))
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-edit", "side")
    return [*found, repo.head]


def test_patch_ids_of_many_are_those_of_each(
    repo: RepoBuilder, commits: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch, "_BATCH", 2)  # several rounds, the last of them not full
    opened = session_in(repo.path).repo
    each = {oid: PatchId(opened, oid, str(tmp_path / f"cache-{oid}")).result() for oid in commits}

    assert patch_ids(opened, commits, str(tmp_path / "cache")) == each
    assert sorted(map(bool, each.values())) == [False] * 3 + [True] * 4


def test_what_was_worked_out_once_is_kept(repo: RepoBuilder, commits: list[str], tmp_path: Path) -> None:
    opened, cache = session_in(repo.path).repo, tmp_path / "cache"
    first = patch_ids(opened, commits, str(cache))
    written = cache.read_text()

    assert patch_ids(opened, [*commits, *commits], str(cache)) == first
    assert cache.read_text() == written
    assert PatchId(opened, commits[1], str(cache)).result() == first[commits[1]]


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(repo: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened = session_in(repo.path).repo
    commit = repo.commit("more", {"a": "1"})
    assert patch_ids(opened, [commit], str(tmp_path / "file" / "cache"))[commit]
