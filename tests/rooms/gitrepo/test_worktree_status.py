"""What git says of the working tree is read whole, whatever the names."""

import os
from pathlib import Path

import pytest

from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import Change, Status, read_status, start_status, submodule_paths, tree_entries
from support.repo import RepoBuilder
from support.templates import RepoMaker


def tracked(path: str) -> Change:
    return Change(path, untracked=False, submodule="")


def status(path: Path) -> Status:
    return read_status(start_status(Repo.open(str(path), os.environ)))


def paths(found: Status) -> list[str]:
    return sorted(change.path for change in found.changes)


def test_a_clean_tree_has_a_head_a_branch_and_no_changes(repo: RepoBuilder) -> None:
    assert status(repo.path) == Status(repo.head, "main", [])
    assert status(repo.path).clean


def test_a_detached_head_has_no_branch(repo: RepoBuilder) -> None:
    repo.git("checkout", "-q", "--detach")

    assert status(repo.path) == Status(repo.head, "", [])


def test_before_the_first_commit_there_is_no_head(make_repo: RepoMaker) -> None:
    empty = make_repo(empty=True)
    empty.write("new")

    assert status(empty.path) == Status("", "main", [Change("new", untracked=True, submodule="")])


def test_staged_changed_removed_and_untracked_files_are_changes(repo: RepoBuilder) -> None:
    repo.commit("more", {"a": "1", "b": "1", "c": "1", "d": "1"})
    repo.write("a", "staged")
    repo.git("add", "a")
    repo.write("b", "changed")
    (repo.path / "c").unlink()
    repo.git("rm", "-q", "d")
    repo.write("new/deep/file")

    found = status(repo.path)

    assert paths(found) == ["a", "b", "c", "d", "new/deep/file"]
    assert [change.path for change in found.changes if change.untracked] == ["new/deep/file"]


def test_a_rename_and_a_copy_are_what_went_and_what_came(repo: RepoBuilder) -> None:
    repo.git("config", "status.renames", "copies")
    repo.git("mv", "train.py", "fit.py")
    repo.write("README.md", "# A project\nmore\n")
    repo.write("COPY.md", "# A project\n")
    repo.git("add", "-A")

    assert paths(status(repo.path)) == ["COPY.md", "README.md", "fit.py", "train.py"]


def test_a_conflict_is_a_change(repo: RepoBuilder) -> None:
    repo.branch("side")
    repo.commit("theirs", {"train.py": "theirs"})
    repo.git("switch", "-q", "main")
    repo.commit("ours", {"train.py": "ours"})
    with pytest.raises(AssertionError, match="status 1"):
        repo.git("merge", "side")

    assert status(repo.path).changes == [tracked("train.py")]


def test_a_file_that_is_only_promised_to_be_added_is_a_change(repo: RepoBuilder) -> None:
    repo.write("later", "x")
    repo.git("add", "--intent-to-add", "later")

    assert status(repo.path).changes == [tracked("later")]


def test_a_file_that_was_taken_out_of_the_index_alone_is_named_for_both(repo: RepoBuilder) -> None:
    repo.git("rm", "-q", "--cached", "train.py")

    assert [(change.path, change.untracked) for change in status(repo.path).changes] == [
        ("train.py", False),
        ("train.py", True),
    ]


@pytest.mark.parametrize(
    "name",
    ["with space", "new\nline", "tab\t", '"quoted"', "-dash", "é", "caf\udce9", "# looks like a header", " lead"],
)
def test_a_name_may_hold_any_byte(repo: RepoBuilder, name: str) -> None:
    repo.commit("more", {name: "1"})
    repo.write(name, "2")
    repo.write(f"{name}.new", "1")

    assert status(repo.path).changes == [
        tracked(name),
        Change(f"{name}.new", untracked=True, submodule=""),
    ]


def test_what_is_ignored_or_left_out_by_sparse_checkout_is_no_change(repo: RepoBuilder) -> None:
    repo.commit("more", {".gitignore": "*.log\n", "in/a": "1", "out/b": "1"})
    repo.git("sparse-checkout", "set", "in")
    repo.write("run.log")

    assert not (repo.path / "out").exists()
    assert status(repo.path).clean


def test_a_repository_inside_is_one_untracked_path_that_ends_in_a_slash(repo: RepoBuilder) -> None:
    RepoBuilder.init(repo.path / "inner").commit("own", {"f": "1"})

    assert status(repo.path).changes == [Change("inner/", untracked=True, submodule="")]


def test_the_persons_own_status_settings_change_nothing(repo: RepoBuilder) -> None:
    repo.write("new/file")
    before = status(repo.path)
    for setting in (
        *("status.showUntrackedFiles=no", "status.relativePaths=false", "status.branch=false", "status.short=true"),
        *("status.showStash=true", "core.quotePath=true", "color.ui=always", "status.aheadBehind=false"),
    ):
        repo.git("config", *setting.split("="))
    repo.write("README.md", "stashed")
    repo.git("stash", "-q")

    assert status(repo.path) == before


def test_status_leaves_the_index_file_as_it_is(repo: RepoBuilder) -> None:
    index = repo.path / ".git/index"
    os.utime(repo.path / "train.py", ns=(5, 5))  # git would note the new time if it were allowed to
    before = (index.read_bytes(), index.stat().st_mtime_ns, index.stat().st_ino)

    assert status(repo.path).clean
    assert (index.read_bytes(), index.stat().st_mtime_ns, index.stat().st_ino) == before


# --- submodules ---


@pytest.fixture
def outer(make_repo: RepoMaker) -> RepoBuilder:
    outer, inner = make_repo("outer"), make_repo("inner")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "libs/part one")
    outer.commit("with a part")
    return outer


def test_a_submodule_says_in_what_way_it_differs(outer: RepoBuilder) -> None:
    part = RepoBuilder(outer.path / "libs/part one", outer.clock)
    assert status(outer.path).clean

    part.write("untracked")
    assert status(outer.path).changes == [Change("libs/part one", untracked=False, submodule="..U")]
    part.commit("own work")
    assert status(outer.path).changes == [Change("libs/part one", untracked=False, submodule="C..")]
    part.write("train.py", "changed")
    assert status(outer.path).changes == [Change("libs/part one", untracked=False, submodule="CM.")]


def test_a_submodule_that_says_ignore_me_is_looked_at(outer: RepoBuilder) -> None:
    outer.git("config", "submodule.libs/part one.ignore", "all")
    (outer.path / "libs/part one/train.py").write_text("changed")

    assert paths(status(outer.path)) == ["libs/part one"]


def test_submodule_paths_are_those_of_gitmodules(outer: RepoBuilder, repo: RepoBuilder) -> None:
    assert submodule_paths(Repo.open(str(outer.path), os.environ)) == ["libs/part one"]
    assert submodule_paths(Repo.open(str(repo.path), os.environ)) == []


# --- tree entries ---


def test_a_tree_is_asked_for_files_and_submodules_by_their_exact_names(outer: RepoBuilder) -> None:
    outer.commit("more", {"dir/file": "1", "*": "star", ":(top)x": "magic"})
    opened = Repo.open(str(outer.path), os.environ)

    found = tree_entries(opened, "HEAD", ["train.py", "libs/part one", "dir", "*", ":(top)x", "", "gone"])

    assert {path: entry.mode for path, entry in found.items()} == {
        "train.py": "100644",
        "libs/part one": "160000",
        "*": "100644",
        ":(top)x": "100644",
    }
    assert found["train.py"].oid == outer.git("rev-parse", "HEAD:train.py")
    assert tree_entries(opened, "HEAD", []) == {}


def test_more_paths_than_a_command_line_holds_can_be_asked_for(repo: RepoBuilder) -> None:
    names = [f"data/{'x' * 100}/{number}" for number in range(25_000)]

    found = tree_entries(Repo.open(str(repo.path), os.environ), "HEAD", [*names, "train.py"])

    assert list(found) == ["train.py"]
