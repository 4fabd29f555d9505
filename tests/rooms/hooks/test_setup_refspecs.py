"""Fetch refspecs bring records, and leave what a fetch did before as it was."""

import os
from pathlib import Path

from gitprov.api.session import Session, open_session
from gitprov.api.setup import local
from support.planted import plant_run
from support.repo import RepoBuilder
from support.templates import RepoMaker

PROGRAM = "/nowhere/git-prov"


def session(repo: RepoBuilder) -> Session:
    return open_session(str(repo.path), os.environ)


def init(repo: RepoBuilder, remote: str = "") -> local.Report:
    return local.init(session(repo), program=PROGRAM, remote=remote)


def specs(repo: RepoBuilder, remote: str = "origin") -> list[str]:
    return repo.git("config", "--get-all", f"remote.{remote}.fetch").splitlines()


def test_records_are_fetched_beside_the_branches_and_pushes_are_left_alone(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.bare_remote(tmp_path / "hub.git")
    before = specs(repo)

    init(repo)
    init(repo)

    assert specs(repo) == [
        *before,
        "+refs/prov/log/*:refs/prov/remotes/origin/log/*",
        "+refs/prov/code/*:refs/prov/remotes/origin/code/*",
        "+refs/prov/data/*:refs/prov/remotes/origin/data/*",
        "+refs/notes/prov*:refs/prov/remotes/origin/notes/prov*",
    ]
    assert "push" not in repo.git("config", "--get-regexp", "^remote")


def test_one_remote_can_be_asked_for(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.bare_remote(tmp_path / "hub.git")
    repo.bare_remote(tmp_path / "other.git", "other")

    init(repo, "other")

    assert len(specs(repo)) == 1
    assert len(specs(repo, "other")) == 5


def test_a_remote_without_refspecs_still_fetches_its_head(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("remote", "add", "origin", tmp_path / "hub.git")
    hub = RepoBuilder.init(tmp_path / "hub.git", bare=True)
    repo.git("push", "-q", "origin", "main")
    bare = RepoBuilder.init(tmp_path / "bare")
    bare.git("config", "remote.plain.url", str(hub.path))

    init(bare)
    bare.git("fetch", "-q", "plain")

    assert (bare.path / ".git/FETCH_HEAD").read_text().startswith(f"{repo.head}\t\t")
    bare.git("pull", "-q", "plain")
    assert bare.head == repo.head
    local.deinit(session(bare))
    assert bare.git("config", "--get-regexp", "^remote") == f"remote.plain.url {hub.path}"


def test_a_renamed_remote_is_put_right(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    init(repo)
    repo.git("remote", "rename", "origin", "up")

    init(repo)

    assert len(specs(repo, "up")) == 5
    assert not any("origin" in spec for spec in specs(repo, "up"))
    plant_run(repo.path)
    repo.git("push", "-q", hub.path, "refs/prov/*:refs/prov/*")
    repo.git("fetch", "-q", "up")
    assert repo.refs("refs/prov/remotes/up/log")
    local.deinit(session(repo))
    assert specs(repo, "up") == ["+refs/heads/*:refs/remotes/up/*"]


def test_removing_a_remote_removes_its_refspecs_and_keeps_its_records(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.bare_remote(tmp_path / "hub.git")
    init(repo)
    plant_run(repo.path)
    repo.git("push", "-q", "origin", "refs/prov/log/*:refs/prov/log/*")
    repo.git("fetch", "-q")

    repo.git("remote", "remove", "origin")

    assert "prov/remotes" not in (repo.path / ".git/config").read_text()
    assert len(repo.refs("refs/prov/remotes/origin/log")) == 1


def test_a_mirror_is_left_alone(repo: RepoBuilder, tmp_path: Path) -> None:
    mirror = repo.clone(tmp_path / "mirror.git", "--mirror")
    before = (mirror.path / "config").read_bytes()

    report = init(mirror)

    assert any("mirrors every ref" in note for note in report.notes)
    assert specs(mirror) == ["+refs/*:refs/*"]
    local.deinit(session(mirror))
    assert (mirror.path / "config").read_bytes() == before


def test_a_shallow_clone_leaves_the_code_of_others_out_and_says_so(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.commit("next", {"next.txt": "next"})
    shallow = repo.clone(tmp_path / "shallow", "--depth=1")

    report = init(shallow)

    assert any("shallow" in note for note in report.notes)
    assert not any("/code/" in spec for spec in specs(shallow))


def test_a_remote_that_cannot_be_reached_is_a_warning(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("remote", "add", "origin", tmp_path / "not there")

    report = init(repo)

    assert len(report.warnings) == 1
    assert report.warnings[0].startswith("origin: records were not fetched: ")
    assert len(specs(repo)) == 5


def test_records_of_a_remote_are_there_after_init(repo: RepoBuilder, tmp_path: Path) -> None:
    plant_run(repo.path)
    clone = repo.clone(tmp_path / "clone")

    init(clone)

    assert "run abababa " in clone.git("log", "-1")


def test_before_the_first_commit_init_works(make_repo: RepoMaker) -> None:
    empty = make_repo("empty", empty=True)

    assert init(empty).warnings == []
    assert empty.commit("first", {"a.txt": "a"}) == empty.head


def test_settings_of_one_worktree_stay_with_it(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("config", "extensions.worktreeConfig", "true")
    linked = repo.worktree(tmp_path / "linked", "side")
    linked.git("config", "--worktree", "core.hooksPath", "my-hooks")
    before = [
        (repo.path / ".git/config").read_bytes(),
        (repo.path / ".git/worktrees/linked/config.worktree").read_bytes(),
    ]

    init(linked)
    local.deinit(session(linked))

    after = [
        (repo.path / ".git/config").read_bytes(),
        (repo.path / ".git/worktrees/linked/config.worktree").read_bytes(),
    ]
    assert after == before
