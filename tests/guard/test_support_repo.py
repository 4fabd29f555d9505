import pytest

from support.repo import RepoBuilder
from support.templates import FIRST_FILES, RepoMaker


def test_a_copied_repository_is_whole_and_has_one_commit(repo: RepoBuilder) -> None:
    repo.fsck()

    assert repo.git("log", "--format=%s %an %aI") == "first Ana Lima 2026-01-02T03:05:05+00:00"
    assert repo.git("ls-files").splitlines() == sorted(FIRST_FILES)
    assert repo.git("status", "--porcelain") == ""


def test_copies_of_one_template_go_their_own_ways(make_repo: RepoMaker) -> None:
    one, other = make_repo("one"), make_repo("other")
    assert one.head == other.head

    one.commit("more", {"a": "1"})

    assert one.head != other.head
    assert other.git("status", "--porcelain") == ""


def test_the_same_steps_give_the_same_ids(make_repo: RepoMaker) -> None:
    ids = {make_repo(name).commit("more", {"data/a.bin": b"\x00\xff"}) for name in ("one", "other")}

    assert len(ids) == 1


def test_each_commit_is_younger_than_the_one_before(repo: RepoBuilder) -> None:
    repo.commit("second")

    newest, oldest = repo.git("log", "--format=%ct").splitlines()
    assert int(newest) - int(oldest) == RepoBuilder.PACE


def test_an_empty_repository_has_no_commit(make_repo: RepoMaker) -> None:
    with pytest.raises(AssertionError, match="HEAD"):
        _ = make_repo(empty=True).head


def test_a_sha256_repository_is_one_and_so_is_its_bare_remote(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256")
    hub = repo.bare_remote(repo.path.parent / "hub.git")

    repo.git("push", "-q", "origin", "main")

    assert hub.refs() == {"refs/heads/main": repo.head}
    assert len(repo.head) == 64


def test_a_linked_worktree_shares_the_refs(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")
    made = linked.commit("there")

    assert repo.refs("refs/heads/side") == {"refs/heads/side": made}


def test_a_shallow_clone_of_a_local_repository_is_shallow(repo: RepoBuilder) -> None:
    repo.commit("second")

    clone = repo.clone(repo.path.parent / "clone", "--depth=1")

    assert clone.git("rev-parse", "--is-shallow-repository") == "true"
    assert clone.head == repo.head


def test_an_executable_file_is_committed_as_one(repo: RepoBuilder) -> None:
    repo.write("run.sh", "#!/bin/sh\n", executable=True)
    repo.commit()

    assert repo.git("ls-files", "-s", "run.sh").startswith("100755 ")


def test_a_failing_git_fails_the_test_with_gits_own_words(repo: RepoBuilder) -> None:
    with pytest.raises(AssertionError, match="Needed a single revision"):
        repo.git("rev-parse", "--verify", "nothing")
