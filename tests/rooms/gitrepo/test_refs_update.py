"""Refs are listed whole, and move together, from where they were read, or not at all."""

import os

import pytest

from gitprov.errors import GitFailed, LostRace
from gitprov.gitrepo.refs import MISSING, Ref, RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from support.repo import RepoBuilder

A, B, C = "refs/prov/log/a", "refs/prov/log/b", "refs/prov/log/c"
ABSENT = "1" * 40


@pytest.fixture
def opened(repo: RepoBuilder) -> Repo:
    return Repo.open(str(repo.path), os.environ)


@pytest.fixture
def second(repo: RepoBuilder) -> str:
    return repo.commit("second")


# --- moving ---


def test_a_ref_is_made_moved_and_removed(repo: RepoBuilder, opened: Repo, second: str) -> None:
    first = repo.git("rev-parse", "HEAD~1")

    update(opened, [RefUpdate(A, first, "")])
    assert repo.refs("refs/prov") == {A: first}
    update(opened, [RefUpdate(A, second, first)])
    assert repo.refs("refs/prov") == {A: second}
    update(opened, [RefUpdate(A, "", second)])
    assert repo.refs("refs/prov") == {}


def test_no_updates_are_no_work(opened: Repo) -> None:
    update(opened, [])


@pytest.mark.parametrize("packed", [False, True])
def test_a_ref_that_is_not_where_it_was_read_is_a_lost_race(
    repo: RepoBuilder, opened: Repo, second: str, packed: bool
) -> None:
    first = repo.git("rev-parse", "HEAD~1")
    update(opened, [RefUpdate(A, first, "")])
    if packed:
        repo.git("pack-refs", "--all")

    for lost in (RefUpdate(A, second, ""), RefUpdate(A, first, second), RefUpdate(A, "", second)):
        with pytest.raises(LostRace):
            update(opened, [lost])
    for lost in (RefUpdate(B, second, first), RefUpdate(B, "", first)):
        with pytest.raises(LostRace):
            update(opened, [lost])
    assert repo.refs("refs/prov") == {A: first}


def test_of_several_none_moves_when_one_lost_its_race(repo: RepoBuilder, opened: Repo, second: str) -> None:
    first = repo.git("rev-parse", "HEAD~1")
    update(opened, [RefUpdate(B, first, "")])

    with pytest.raises(LostRace):
        update(opened, [RefUpdate(A, second, ""), RefUpdate(B, second, second), RefUpdate(C, second, "")])

    assert repo.refs("refs/prov") == {B: first}


def test_a_ref_that_is_being_written_is_a_lost_race(repo: RepoBuilder, opened: Repo) -> None:
    lock = repo.path / ".git" / f"{A}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()

    with pytest.raises(LostRace):
        update(opened, [RefUpdate(A, repo.head, "")])


def test_an_object_that_was_collected_meanwhile_is_a_lost_race(opened: Repo) -> None:
    with pytest.raises(LostRace):
        update(opened, [RefUpdate(A, ABSENT, "")])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("blocked", [f"{A}/below", "refs/prov/log"])
def test_a_name_that_another_ref_blocks_is_no_race_to_be_run_again(
    repo: RepoBuilder, opened: Repo, blocked: str, packed: bool
) -> None:
    update(opened, [RefUpdate(A, repo.head, "")])
    if packed:
        repo.git("pack-refs", "--all")

    with pytest.raises(GitFailed, match="cannot create"):
        update(opened, [RefUpdate(blocked, repo.head, "")])


def test_names_in_one_change_that_block_each_other_are_no_race(repo: RepoBuilder, opened: Repo) -> None:
    with pytest.raises(GitFailed, match="at the same time"):
        update(opened, [RefUpdate(A, repo.head, ""), RefUpdate(f"{A}/below", repo.head, "")])


def test_a_ref_that_is_broken_or_has_a_bad_name_is_no_race(repo: RepoBuilder, opened: Repo) -> None:
    broken = repo.path / ".git" / A
    broken.parent.mkdir(parents=True)
    broken.write_text("junk\n")

    with pytest.raises(GitFailed, match="broken"):
        update(opened, [RefUpdate(A, repo.head, "")])
    with pytest.raises(GitFailed, match="invalid ref format"):
        update(opened, [RefUpdate("refs/prov/log/a..b", repo.head, "")])


def test_a_hook_of_the_person_that_forbids_it_is_no_race(repo: RepoBuilder, opened: Repo) -> None:
    hook = repo.write(".git/hooks/reference-transaction", "#!/bin/sh\necho not today >&2\nexit 1\n", executable=True)
    assert hook.exists()

    with pytest.raises(GitFailed, match="not today"):
        update(opened, [RefUpdate(A, repo.head, "")])


# --- listing ---


def test_refs_come_sorted_with_what_they_name(repo: RepoBuilder, opened: Repo) -> None:
    tree, blob = repo.git("rev-parse", "HEAD^{tree}"), repo.git("rev-parse", "HEAD:train.py")
    for ref, oid in ((B, repo.head), (A, tree), ("refs/notes/prov", blob), ("refs/prov/logs", repo.head)):
        repo.git("update-ref", ref, oid)

    assert list_refs(opened.git, "refs/prov/log/", "refs/notes/prov") == [
        Ref("refs/notes/prov", blob, "blob"),
        Ref(A, tree, "tree"),
        Ref(B, repo.head, "commit"),
    ]
    assert list_refs(opened.git, "refs/none/") == []


@pytest.mark.parametrize("strange", ["a\u2028b", "a\u0085b", "é", "caf\udce9"])
def test_a_name_may_hold_what_elsewhere_ends_a_line(repo: RepoBuilder, opened: Repo, strange: str) -> None:
    repo.git("update-ref", f"refs/prov/log/{strange}", repo.head)

    assert list_refs(opened.git, "refs/prov/") == [Ref(f"refs/prov/log/{strange}", repo.head, "commit")]


def test_a_ref_to_an_object_that_is_gone_does_not_hide_the_others(repo: RepoBuilder, opened: Repo) -> None:
    repo.git("update-ref", A, repo.head)
    (repo.path / ".git" / B).write_text(ABSENT + "\n")

    assert list_refs(opened.git, "refs/prov/") == [Ref(A, repo.head, "commit"), Ref(B, ABSENT, MISSING)]


def test_a_repository_that_is_gone_is_an_error(repo: RepoBuilder, opened: Repo) -> None:
    (repo.path / ".git/HEAD").unlink()

    with pytest.raises(GitFailed):
        list_refs(opened.git, "refs/prov/")
