"""`--scheduler` with the real program, a real scheduler and real workers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from support.daskers import Daskers, daskers
from support.program import git_prov
from support.repo import RepoBuilder
from support.templates import RepoMaker


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Daskers]:
    with daskers(tmp_path, workers=2) as found:
        yield found


@pytest.fixture
def project(make_repo: RepoMaker, tmp_path: Path) -> RepoBuilder:
    """A repository with data that no other tool has, and a data remote."""
    repo = make_repo("ana")
    for number in range(3000):
        repo.write(f"data/{number % 7}/{number}", f"row {number}\n" * 40)
    repo.write("data/large", b"l" * (3 << 20))
    repo.write(".gitignore", "/data/\n")
    (tmp_path / "remote").mkdir()
    assert git_prov("data", "remote", "add", "far", tmp_path / "remote", cwd=repo.path).status == 0
    repo.commit("start")
    return repo


def test_data_are_added_verified_and_pushed_by_a_cluster(project: RepoBuilder, running: Daskers) -> None:
    path, there = project.path, ("--scheduler", running.address)
    (added,) = json.loads(git_prov("data", "add", "--json", *there, "data", cwd=path).stdout)["added"]
    (here,) = json.loads(git_prov("data", "add", "--json", "--no-keep", "data", cwd=path).stdout)["added"]
    assert added == {**here, "news": True, "kept": True}
    assert not here["news"]
    for argv in (
        ("verify", "data"), ("verify",), ("push",), ("push", "data"), ("verify", "--remote", "far"),
        ("verify", "--remote", "far", "data"),
    ):  # fmt: skip
        done = git_prov("data", *argv, *there, cwd=path)
        assert (done.status, done.stderr) == (0, ""), argv
        assert git_prov("data", *argv, cwd=path).status == 0
    project.write("data/large", b"other")
    damaged = [git_prov("data", "verify", *argv, "data", cwd=path) for argv in (there, ())]
    assert [done.status for done in damaged] == [1, 1]
    assert damaged[0] == damaged[1]


def test_one_file_is_added_and_what_was_not_kept_is_pushed(project: RepoBuilder, running: Daskers) -> None:
    path, there = project.path, ("--scheduler", running.address)
    assert git_prov("data", "add", *there, "data/large", cwd=path).status == 0
    assert git_prov("data", "add", "--no-keep", *there, "data", cwd=path).status == 0
    pushed = json.loads(git_prov("data", "push", "--json", *there, "data", cwd=path).stdout)["pushes"]
    assert (pushed[0]["sent"], "missing" in pushed[0]) == (3001, False)


def test_without_a_cluster_there_nothing_is_done(project: RepoBuilder, tmp_path: Path) -> None:
    with daskers(tmp_path) as gone:
        pass
    refused = git_prov("data", "add", "--scheduler", gone.address, "data", cwd=project.path)
    assert refused.status == 128
    assert "no Dask scheduler answers" in refused.stderr
    assert not project.refs("refs/prov/data")
