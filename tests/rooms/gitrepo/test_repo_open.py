"""Every kind of repository that git opens is opened, and what git refuses is refused in its words."""

import os
from pathlib import Path

import pytest

from gitprov.errors import NotARepository, ProvError
from gitprov.gitrepo.repo import Repo
from support.gits import use_reftable_git
from support.repo import RepoBuilder
from support.templates import RepoMaker


def opened(path: Path | str, **environ: str) -> Repo:
    return Repo.open(str(path), {**os.environ, **environ})


def test_an_ordinary_clone(repo: RepoBuilder) -> None:
    found = opened(repo.path)

    assert found.worktree == str(repo.path)
    assert found.git_dir == found.common_dir == str(repo.path / ".git")
    assert (found.prefix, found.bare, found.object_format, found.shallow) == ("", False, "sha1", False)
    assert found.null_oid == "0" * 40


def test_a_subdirectory_knows_its_prefix(repo: RepoBuilder) -> None:
    (repo.path / "a/b").mkdir(parents=True)

    found = opened(repo.path / "a/b")

    assert found.worktree == str(repo.path)
    assert found.prefix == "a/b/"


def test_a_linked_worktree_has_a_git_directory_of_its_own_and_shares_the_rest(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")

    found = opened(linked.path)

    assert found.worktree == str(linked.path)
    assert found.git_dir == str(repo.path / ".git/worktrees/linked")
    assert found.common_dir == str(repo.path / ".git")


def test_a_bare_repository_has_no_working_tree(make_repo: RepoMaker) -> None:
    hub = make_repo("hub.git", bare=True)

    found = opened(hub.path)

    assert found.worktree is None
    assert found.bare
    assert found.git_dir == str(hub.path)


def test_inside_the_git_directory_there_is_no_working_tree(repo: RepoBuilder) -> None:
    found = opened(repo.path / ".git/refs")

    assert found.worktree is None
    assert not found.bare
    assert found.git_dir == str(repo.path / ".git")


def test_a_shallow_clone_knows_that_it_is_one(repo: RepoBuilder) -> None:
    repo.commit("second")
    clone = repo.clone(repo.path.parent / "shallow", "--depth=1")

    assert opened(clone.path).shallow
    assert opened(repo.worktree(repo.path.parent / "linked", "side").path).shallow is False


def test_a_partial_clone_knows_that_it_is_one(repo: RepoBuilder) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = repo.clone(repo.path.parent / "partial", "--filter=blob:none")

    assert opened(clone.path).is_partial
    assert not opened(repo.path).is_partial


def test_a_detached_head_is_no_matter(repo: RepoBuilder) -> None:
    repo.git("checkout", "-q", "--detach")

    assert opened(repo.path).worktree == str(repo.path)


def test_a_repository_without_commits(make_repo: RepoMaker) -> None:
    empty = make_repo(empty=True)

    assert opened(empty.path).worktree == str(empty.path)


def test_a_submodule_has_its_git_directory_in_the_one_around_it(make_repo: RepoMaker) -> None:
    outer, inner = make_repo("outer"), make_repo("inner")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "part")

    found = opened(outer.path / "part")

    assert found.worktree == str(outer.path / "part")
    assert found.common_dir == str(outer.path / ".git/modules/part")


def test_a_sha256_repository(make_repo: RepoMaker) -> None:
    found = opened(make_repo(object_format="sha256").path)

    assert found.object_format == "sha256"
    assert found.null_oid == "0" * 64


def test_a_reftable_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_reftable_git(monkeypatch)
    made = RepoBuilder.init(tmp_path / "repo", ref_format="reftable")

    assert opened(made.path).worktree == str(made.path)


@pytest.mark.parametrize("name", ["with space", "new\nline", "quo\"te'", "-dash", "é", "caf\udce9", "tail\n"])
@pytest.mark.parametrize("below", ["", "sub\ndir", ".git"])
def test_a_path_may_hold_any_byte(make_repo: RepoMaker, name: str, below: str) -> None:
    made = make_repo("plain")
    top = os.path.join(made.path.parent, name)
    os.rename(made.path, top)
    os.makedirs(os.path.join(top, below), exist_ok=True)

    found = opened(os.path.join(top, below))

    assert found.git_dir == found.common_dir == os.path.join(top, ".git")
    assert found.worktree == (None if below == ".git" else top)
    assert found.prefix == ("sub\ndir/" if below == "sub\ndir" else "")


# --- GIT_DIR, as `git --git-dir`, hooks and aliases set it ---


@pytest.mark.parametrize("git_dir", ["{repo}/.git", "../repo/.git"])
def test_git_dir_decides_and_the_working_tree_is_where_one_stands(
    repo: RepoBuilder, tmp_path: Path, git_dir: str
) -> None:
    (tmp_path / "elsewhere").mkdir()

    found = opened(tmp_path / "elsewhere", GIT_DIR=git_dir.format(repo=repo.path))

    assert found.git_dir == str(repo.path / ".git")
    assert found.worktree == str(tmp_path / "elsewhere")


def test_a_relative_git_dir_still_holds_when_git_is_run_from_another_directory(repo: RepoBuilder) -> None:
    (repo.path / "sub").mkdir()
    found = opened(repo.path / "sub", GIT_DIR="../.git", GIT_WORK_TREE="..")

    assert found.worktree == str(repo.path)
    assert found.prefix == "sub/"
    assert found.git.line("-C", "/", "rev-parse", "HEAD") == repo.head


def test_git_dir_may_name_a_bare_repository(make_repo: RepoMaker, tmp_path: Path) -> None:
    hub = make_repo("hub.git", bare=True)

    found = opened(tmp_path, GIT_DIR=str(hub.path))

    assert (found.worktree, found.git_dir) == (None, str(hub.path))


def test_what_git_sets_for_a_hook_does_not_reach_our_own_git_calls(repo: RepoBuilder, tmp_path: Path) -> None:
    hooked = {"GIT_INDEX_FILE": str(tmp_path / "other-index"), "GIT_PREFIX": "sub/", "GIT_QUARANTINE_PATH": "q"}

    found = opened(repo.path, GIT_DIR=".git", **hooked)

    assert not hooked.keys() & found.git.environ.keys()
    assert found.git.line("ls-files") == "README.md\ntrain.py"


# --- refusals ---


def test_a_directory_outside_any_repository_is_refused_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="not a git repository") as refused:
        opened(tmp_path)

    assert "git init" in refused.value.hint


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match="no such directory"):
        opened(tmp_path / "gone")


def test_a_repository_of_another_owner_is_refused_with_the_command_that_trusts_it(repo: RepoBuilder) -> None:
    with pytest.raises(NotARepository, match="dubious ownership") as refused:
        opened(repo.path, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")

    assert f"git config --global --add safe.directory {repo.path}" in refused.value.hint
    assert "\n" not in refused.value.message


def test_a_repository_of_another_owner_that_is_trusted_is_opened(repo: RepoBuilder) -> None:
    repo.git("config", "--global", "--add", "safe.directory", repo.path)

    assert opened(repo.path, GIT_TEST_ASSUME_DIFFERENT_OWNER="1").worktree == str(repo.path)


def test_configuration_that_git_cannot_read_is_refused_in_its_words(repo: RepoBuilder) -> None:
    (repo.path / ".git/config").write_text("[core\n")

    with pytest.raises(NotARepository, match="bad config line 1"):
        opened(repo.path)


def test_a_machine_without_git_is_told_so(repo: RepoBuilder) -> None:
    with pytest.raises(ProvError, match="git program was not found"):
        opened(repo.path, PATH=str(repo.path))


# --- who ---


def test_the_person_is_who_git_says(repo: RepoBuilder) -> None:
    assert opened(repo.path).identity == "Ana Lima <ana@example.org>"
    assert opened(repo.path, GIT_AUTHOR_NAME="Bo").identity == "Bo <ana@example.org>"
    repo.git("config", "author.email", "bo@example.org")
    assert opened(repo.path).identity == "Ana Lima <bo@example.org>"


@pytest.mark.parametrize("name", ["Ana <the> Lima", "  Ana.", "Ána Łima", "caf\udce9", "A\nB"])
def test_a_name_that_git_would_clean_is_cleaned_as_git_does(repo: RepoBuilder, name: str) -> None:
    repo.git("config", "user.name", name)
    as_git_writes_it = repo.git("var", "GIT_AUTHOR_IDENT").rsplit(" ", 2)[0]

    assert opened(repo.path).identity == as_git_writes_it


def test_where_git_knows_nobody_the_login_stands_in(repo: RepoBuilder) -> None:
    repo.git("config", "--global", "--unset", "user.name")
    repo.git("config", "--global", "--unset", "user.email")
    repo.git("config", "user.useConfigOnly", "true")

    assert opened(repo.path, USER="bo").identity == "bo <bo@localhost>"
