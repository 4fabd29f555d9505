"""A tree that git was asked about beforehand: what it answers is what would be asked for later, or nothing."""

import os

from gitprov.gitrepo.listing import Listing
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import tree_entries
from support.repo import RepoBuilder

NAMES = ["a.py", "dir/b c.py", "dir/new\nline", "dir/ümlaut"]


def listing(repo: RepoBuilder, tree: str) -> Listing:
    return Listing(Repo.open(str(repo.path), os.environ), tree)


def test_it_answers_what_git_would_when_asked_for_the_paths(repo: RepoBuilder) -> None:
    repo.commit("files", dict.fromkeys([*NAMES, "other"], "1"))
    tree = repo.git("rev-parse", "HEAD^{tree}")
    asked = listing(repo, tree)

    entries = asked.entries([*NAMES, "missing", "dir"])

    assert entries == tree_entries(Repo.open(str(repo.path), os.environ), tree, NAMES)
    assert entries is not None
    assert sorted(entries) == sorted(NAMES)
    assert asked.entries(["other"]) is not None  # it can be asked again


def test_the_answer_that_was_settled_before_is_kept(repo: RepoBuilder) -> None:
    repo.commit("files", {"a.py": "1"})
    asked = listing(repo, repo.git("rev-parse", "HEAD^{tree}"))
    asked.settle()
    asked.settle()
    repo.git("gc", "-q", "--prune=now")

    assert list(asked.entries(["a.py"]) or ()) == ["a.py"]


def test_a_tree_too_large_for_the_pipe_is_left_to_a_question_about_few_paths(repo: RepoBuilder) -> None:
    repo.commit("files", {f"{number:040d}": "1" for number in range(1000)})

    assert listing(repo, repo.git("rev-parse", "HEAD^{tree}")).entries(["a"]) is None


def test_a_tree_that_is_not_there_is_nothing(repo: RepoBuilder) -> None:
    assert listing(repo, "1" * 40).entries(["a"]) is None
