"""`core.hooksPath` of a project: ours stands before it, relative where a clone may move, absolute for worktrees."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gitprov.api.session import Session, open_session
from gitprov.api.setup import hooks, local, redirect
from support.gits import use_git
from support.repo import RepoBuilder

PROGRAM = "/nowhere/git-prov"


@pytest.fixture(autouse=True)
def _git(monkeypatch: pytest.MonkeyPatch) -> None:
    use_git("hook files", monkeypatch)


@pytest.fixture
def project(repo: RepoBuilder) -> RepoBuilder:
    """A repository with tracked hooks that say so."""
    repo.write(".githooks/post-commit", "#!/bin/sh\necho theirs >&2\n", executable=True)
    repo.commit("hooks")
    repo.git("config", "core.hooksPath", ".githooks")
    return repo


def session(repo: RepoBuilder) -> Session:
    return open_session(str(repo.path), os.environ)


def init(repo: RepoBuilder) -> local.Report:
    return local.init(session(repo), program=PROGRAM)


def said(repo: RepoBuilder) -> str:
    words = ["git", "commit", "-q", "--allow-empty", "-m", "next"]
    return subprocess.run(words, cwd=repo.path, capture_output=True, text=True, check=True).stderr


def value(repo: RepoBuilder) -> str:
    return repo.git("config", "core.hooksPath")


def test_a_clone_that_is_moved_keeps_the_hooks_it_had(project: RepoBuilder, tmp_path: Path) -> None:
    init(project)
    assert value(project) == ".git/prov/hooks"

    shutil.move(project.path, tmp_path / "elsewhere")

    assert said(RepoBuilder(tmp_path / "elsewhere")) == "theirs\n"


def test_a_clone_with_linked_worktrees_gets_an_absolute_path(project: RepoBuilder, tmp_path: Path) -> None:
    linked = project.worktree(tmp_path / "linked", "side")
    init(linked)

    assert value(project) == str(project.path / ".git/prov/hooks")
    assert said(linked) == said(project) == "theirs\n"


def test_a_worktree_added_later_makes_the_path_absolute_and_deinit_still_knows_it(
    project: RepoBuilder, tmp_path: Path
) -> None:
    before = (project.path / ".git/config").read_bytes()
    init(project)

    linked = project.worktree(tmp_path / "linked", "side")

    assert value(project) == str(project.path / ".git/prov/hooks")
    assert said(linked) == said(project) == "theirs\n"
    local.deinit(session(linked))
    assert value(project) == ".githooks"
    local.init(session(project), program=PROGRAM)
    local.deinit(session(project))
    assert (project.path / ".git/config").read_bytes() == before


def test_init_again_changes_nothing(project: RepoBuilder) -> None:
    init(project)
    before = {path: path.read_bytes() for path in (project.path / ".git").rglob("*") if path.is_file()}

    init(project)

    after = {path: path.read_bytes() for path in (project.path / ".git").rglob("*") if path.is_file()}
    assert after == before


def test_a_tool_that_sets_the_path_again_is_overruled_by_init(project: RepoBuilder) -> None:
    init(project)
    project.git("config", "core.hooksPath", "new-hooks")
    project.write("new-hooks/post-commit", "#!/bin/sh\necho new >&2\n", executable=True)

    init(project)

    assert value(project) == ".git/prov/hooks"
    assert said(project) == "new\n"
    local.deinit(session(project))
    assert value(project) == "new-hooks"


def test_a_hooks_directory_that_is_a_link_into_the_project_is_not_written_to(repo: RepoBuilder) -> None:
    repo.write("tools/hooks/post-commit", "#!/bin/sh\necho theirs >&2\n", executable=True)
    repo.commit("hooks")
    shutil.rmtree(repo.path / ".git/hooks", ignore_errors=True)
    (repo.path / ".git/hooks").symlink_to("../tools/hooks")

    init(repo)

    assert repo.git("status", "--porcelain") == ""
    assert said(repo) == "theirs\n"
    local.deinit(session(repo))
    assert repo.git("config", "--default", "none", "core.hooksPath") == "none"
    assert (repo.path / ".git/hooks").is_symlink()


def test_a_directory_of_ours_in_the_git_directory_needs_no_redirect(repo: RepoBuilder) -> None:
    repo.git("config", "core.hooksPath", str(repo.path / ".git/my-hooks"))

    init(repo)

    assert value(repo) == str(repo.path / ".git/my-hooks")
    assert (repo.path / ".git/my-hooks/pre-push").exists()
    local.deinit(session(repo))
    assert not (repo.path / ".git/my-hooks").exists()


def test_rare_hooks_are_only_stood_in_for_where_they_are(project: RepoBuilder) -> None:
    init(project)
    assert not (project.path / ".git/prov/hooks/reference-transaction").exists()
    former = str(project.path / ".githooks")
    assert redirect.not_served(session(project), former) == []

    project.write(".githooks/reference-transaction", "#!/bin/sh\n", executable=True)

    assert redirect.not_served(session(project), former) == ["reference-transaction"]
    init(project)
    assert redirect.not_served(session(project), former) == []


@pytest.mark.parametrize("nothing", [os.devnull, ""])
def test_hooks_that_were_switched_off_stay_off_but_for_ours(repo: RepoBuilder, nothing: str) -> None:
    repo.write(".git/hooks/post-commit", "#!/bin/sh\necho theirs >&2\n", executable=True)
    repo.git("config", "core.hooksPath", nothing)

    init(repo)

    assert hooks.wanted(session(repo)) == "redirect"
    assert said(repo) == ""
    local.deinit(session(repo))
    assert value(repo) == nothing
