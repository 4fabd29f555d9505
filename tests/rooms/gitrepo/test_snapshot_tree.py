"""The tree of what is on disk: made by git's own rules, beside the person's index and never in it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.errors import GitFailed, ProvError
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import read_status, snapshot_tree, start_status
from support.repo import RepoBuilder
from support.templates import RepoMaker

Edit = Callable[[RepoBuilder], object]


def snapshot(path: Path, left_out: tuple[str, ...] = ()) -> str:
    """Return the tree of all that has changed, less what is left out."""
    repo = Repo.open(str(path), os.environ)
    status = read_status(start_status(repo))
    changed = [change.path for change in status.changes if change.path not in left_out]
    return snapshot_tree(repo, changed, left_out=left_out, head=status.head)


def as_added(repo: RepoBuilder) -> str:
    """Return the tree that `git add --all` would make, in an index of its own."""
    env = {"GIT_INDEX_FILE": str(repo.path.parent / "judge-index")}
    if (repo.path / ".git/index").exists():
        (repo.path.parent / "judge-index").write_bytes((repo.path / ".git/index").read_bytes())
    repo.git("add", "--all", env=env)
    return repo.git("write-tree", env=env)


def names(repo: RepoBuilder, tree: str) -> list[str]:
    return repo.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", tree).splitlines()


def _dir_by_link(repo: RepoBuilder) -> None:
    (repo.path / "dir/file").rename(repo.path / "elsewhere")
    (repo.path / "dir").rmdir()
    (repo.path / "dir").symlink_to(".")


def _dir_by_link_to_same_names(repo: RepoBuilder) -> None:
    (repo.path / "dir").rename(repo.path / "moved")
    (repo.path / "dir").symlink_to("moved")


def _file_by_dir(repo: RepoBuilder) -> None:
    (repo.path / "plain").unlink()
    repo.write("plain/below/deep", "x")


def _dir_by_file(repo: RepoBuilder) -> None:
    (repo.path / "dir/file").unlink()
    (repo.path / "dir").rmdir()
    repo.write("dir", "now a file")


def _link_by_file(repo: RepoBuilder) -> None:
    (repo.path / "link").unlink()
    repo.write("link", "now a file")


def _out_of_index(repo: RepoBuilder) -> None:
    repo.git("rm", "-q", "--cached", "plain", "dir/file")
    (repo.path / "dir/file").unlink()


def _staged_and_gone(repo: RepoBuilder) -> None:
    repo.write("brief", "x")
    repo.git("add", "brief")
    (repo.path / "brief").unlink()


def _promised(repo: RepoBuilder) -> None:
    repo.write("later", "x")
    repo.git("add", "--intent-to-add", "later")


def _renamed_in_case(repo: RepoBuilder) -> None:
    repo.git("mv", "plain", "PLAIN")
    repo.write("PLAIN", "changed as well")


def _mode(repo: RepoBuilder) -> None:
    (repo.path / "plain").chmod(0o755)


def _strange_names(repo: RepoBuilder) -> None:
    for name in ("new\nline", "caf\udce9", "-dash", '"q"', "*", ":(top)x", " "):
        repo.write(name, name.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "edit",
    [
        *(_dir_by_link, _dir_by_link_to_same_names, _file_by_dir, _dir_by_file, _link_by_file, _out_of_index),
        *(_staged_and_gone, _promised, _renamed_in_case, _mode, _strange_names),
    ],
)
def test_the_tree_is_the_one_that_adding_all_would_make(make_repo: RepoMaker, edit: Edit) -> None:
    for object_format in ("sha1", "sha256"):
        repo = make_repo(object_format, object_format=object_format)
        (repo.path / "link").symlink_to("plain")
        repo.commit("more", {"dir/file": "1", "plain": "1"})

        edit(repo)

        assert snapshot(repo.path) == as_added(repo)


def test_before_the_first_commit_it_is_all_that_is_there(make_repo: RepoMaker) -> None:
    empty = make_repo(empty=True)
    empty.write("a/b", "1")

    assert names(empty, snapshot(empty.path)) == ["a/b"]


def conflicted(repo: RepoBuilder, ours: str | None = "ours", theirs: str | None = "theirs") -> None:
    """Leave the repository in the midst of a merge that `train.py` stopped."""
    repo.branch("side")
    for branch, content in (("side", theirs), ("main", ours)):
        repo.git("switch", "-q", branch)
        if content is None:
            (repo.path / "train.py").unlink()
        repo.commit(branch, {"train.py": content} if content is not None else {})
    with pytest.raises(AssertionError):
        repo.git("merge", "side")


@pytest.mark.parametrize(("ours", "theirs"), [("ours", "theirs"), (None, "theirs"), ("ours", None)])
def test_a_conflict_is_taken_as_it_is_on_disk(repo: RepoBuilder, ours: str | None, theirs: str | None) -> None:
    conflicted(repo, ours, theirs)
    assert snapshot(repo.path) == as_added(repo)

    (repo.path / "train.py").unlink()
    assert names(repo, snapshot(repo.path)) == ["README.md"]


# --- what is left out ---


def test_what_is_left_out_is_as_head_has_it_even_when_it_is_staged(repo: RepoBuilder) -> None:
    repo.write("train.py", "changed and staged")
    repo.write("secret.pem", "new and staged")
    repo.git("add", "-A")
    repo.write("README.md", "taken")

    tree = snapshot(repo.path, left_out=("train.py", "secret.pem"))

    assert names(repo, tree) == ["README.md", "train.py"]
    assert repo.git("show", f"{tree}:train.py") == "print('trained')"
    assert repo.git("show", f"{tree}:README.md") == "taken"


def test_before_the_first_commit_what_is_left_out_is_not_there(make_repo: RepoMaker) -> None:
    empty = make_repo(empty=True)
    empty.write("big")
    empty.write("small")
    empty.git("add", "-A")

    assert names(empty, snapshot(empty.path, left_out=("big",))) == ["small"]


def test_a_conflict_that_is_left_out_is_as_head_has_it(repo: RepoBuilder) -> None:
    conflicted(repo)

    tree = snapshot(repo.path, left_out=("train.py",))

    assert repo.git("show", f"{tree}:train.py") == "ours"


def test_a_repository_inside_can_be_left_out(repo: RepoBuilder) -> None:
    RepoBuilder.init(repo.path / "inner").commit("own", {"f": "1"})

    assert snapshot(repo.path, left_out=("inner/",)) == repo.git("rev-parse", "HEAD^{tree}")


# --- the person's index ---


def untouched(repo: RepoBuilder) -> object:
    index = repo.path / ".git/index"
    known = sorted(name for name in os.listdir(repo.path / ".git") if name != "prov")
    return index.read_bytes(), index.stat().st_mtime_ns, index.stat().st_ino, known, repo.git("stash", "list")


@pytest.mark.parametrize("kind", ["plain", "split", "sparse", "untracked cache", "fsmonitor"])
def test_no_kind_of_index_is_touched_and_all_are_understood(repo: RepoBuilder, kind: str) -> None:
    repo.commit("more", {"in/a": "1", "out/b": "1"})
    match kind:
        case "split":
            repo.git("update-index", "--split-index")
            repo.git("config", "core.splitIndex", "true")
            repo.commit("grown", {"in/c": "1"})
        case "sparse":
            repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
        case "untracked cache":
            repo.git("update-index", "--force-untracked-cache")
        case "fsmonitor":
            hook = repo.write(".git/monitor", "#!/bin/sh\nprintf 'token\\0/\\0'\n", executable=True)
            repo.git("config", "core.fsmonitor", hook)
            repo.git("update-index", "--fsmonitor")
    repo.write("in/a", "changed")
    repo.write("new", "1")
    repo.git("status")
    before = untouched(repo)

    tree = snapshot(repo.path)

    assert untouched(repo) == before
    committed = [name for name in names(repo, "HEAD") if name != "new"]
    assert names(repo, tree) == sorted([*committed, "new"])
    assert repo.git("show", f"{tree}:in/a") == "changed"


def test_a_linked_worktree_has_its_own(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")
    repo.write("train.py", "here")
    linked.write("train.py", "there")

    assert repo.git("show", f"{snapshot(linked.path)}:train.py") == "there"
    assert repo.git("show", f"{snapshot(repo.path)}:train.py") == "here"


def test_from_a_subdirectory_paths_are_still_those_from_the_top(repo: RepoBuilder) -> None:
    repo.write("sub/new", "1")
    repo.write("train.py", "changed")

    assert snapshot(repo.path / "sub") == as_added(repo)


def test_what_a_killed_snapshot_left_behind_stops_no_later_one(repo: RepoBuilder) -> None:
    repo.write("new", "1")
    scratch = repo.path / ".git/prov/tmp"
    scratch.mkdir(parents=True)
    for name in (f"index-{os.getpid()}", f"index-{os.getpid()}.lock"):
        (scratch / name).write_bytes(b"left behind")

    assert snapshot(repo.path) == as_added(repo)


def test_nothing_of_ours_stays_behind(repo: RepoBuilder) -> None:
    repo.write("new", "1")
    snapshot(repo.path)
    repo.git("config", "filter.broken.clean", "false")
    repo.git("config", "filter.broken.required", "true")
    repo.write(".gitattributes", "*.bin filter=broken\n")
    repo.write("a.bin", "1")
    with pytest.raises(GitFailed):
        snapshot(repo.path)

    assert os.listdir(repo.path / ".git/prov/tmp") == []


def test_a_bare_repository_has_nothing_to_take(make_repo: RepoMaker) -> None:
    hub = make_repo("hub.git", bare=True)

    with pytest.raises(ProvError, match="no working tree"):
        snapshot_tree(Repo.open(str(hub.path), os.environ), [])


# --- filters ---


def test_only_what_changed_goes_through_its_clean_filter(repo: RepoBuilder) -> None:
    count = repo.path.parent / "count"
    clean = repo.write(".git/clean", f'#!/bin/sh\necho "$1" >> "{count}"\ntr a-z A-Z\n', executable=True)
    repo.git("config", "filter.upper.clean", f'"{clean}" %f')
    repo.git("config", "filter.upper.required", "true")
    repo.commit("filtered", {".gitattributes": "*.big filter=upper\n", "one.big": "one", "other.big": "other"})
    for name in ("one.big", "other.big"):  # older than the index: else git looks into what was written just before it
        os.utime(repo.path / name, (1_000_000_000, 1_000_000_000))
    repo.git("update-index", "--refresh")
    count.write_text("")
    repo.write("one.big", "changed")
    repo.write("new.big", "new")

    tree = snapshot(repo.path)

    assert repo.git("show", f"{tree}:one.big") == "CHANGED"
    assert repo.git("show", f"{tree}:other.big") == "OTHER"
    assert set(count.read_text().split()) == {"one.big", "new.big"}


def test_line_ends_are_stored_as_git_would_store_them_and_without_a_word(repo: RepoBuilder) -> None:
    repo.git("config", "core.autocrlf", "true")
    repo.git("config", "core.safecrlf", "true")
    repo.write("dos.txt", "one\r\ntwo\r\n")
    repo.write("mixed.txt", "one\r\ntwo\n")

    tree = snapshot(repo.path)

    assert repo.git_bytes("cat-file", "blob", f"{tree}:dos.txt") == b"one\ntwo\n"
