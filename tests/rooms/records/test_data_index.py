"""The index of the data refs: a cache that never changes an answer."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.records.data.index import Index, open_index
from gitprov.records.pointers import stating
from support.records import session_in
from support.repo import ObjectFormat, RepoBuilder
from support.stored import data_commit, deposit, digest_of, object_file, said
from support.templates import RepoMaker

ONE, TWO, THREE = b"one\n", b"two\n", b"three\n"


def index_of(repo: RepoBuilder) -> Index:
    return open_index(session_in(repo.path).repo)


def cache_of(repo: RepoBuilder) -> Path:
    return repo.path / ".git/prov/cache/data-index"


def held(repo: RepoBuilder) -> list[bool]:
    index = index_of(repo)
    return [index.has(digest_of(content)) for content in (ONE, TWO, THREE)]


def place(content: bytes) -> str:
    return digest_of(content).replace(":", "/")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_was_brought_is_found_with_its_blob(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo = make_repo(object_format=object_format)
    document = stating(said())

    deposit(repo.path, [ONE, TWO])
    deposit(repo.path, [THREE], [document])

    for _ in ("made", "read from its file"):
        index = index_of(repo)
        assert [index.blobs(digest_of(one)) for one in (ONE, THREE)] == [
            [repo.git("hash-object", "--stdin", stdin=content)] for content in (ONE, THREE)
        ]
        [standing] = index.statements()
        assert (standing.digest, standing.id) == (digest_of(b"data"), document.id)
        assert repo.git_bytes("cat-file", "blob", standing.blob) == document.data
        assert list(index.statements(digest_of(b"data"))) == [standing]
        assert list(index.statements(digest_of(b"else"))) == []
        assert index.problems == []
    repo.fsck()


def test_nothing_is_known_where_there_are_no_data(repo: RepoBuilder) -> None:
    assert held(repo) == [False, False, False]
    assert list(index_of(repo).statements()) == []


def test_only_what_is_new_is_asked_of_git(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    deposit(repo.path, [ONE])
    assert held(repo) == [True, False, False]
    deposit(repo.path, [TWO])
    asked: list[bytes] = []
    session = session_in(repo.path)
    run = session.repo.git.run

    def heard(*args: str, data: bytes = b"") -> bytes:
        asked.append(data)
        return run(*args, data=data)

    monkeypatch.setattr(session.repo.git, "run", heard)
    index = open_index(session.repo)
    again = open_index(session.repo)

    [tip] = repo.refs("refs/prov/data").values()
    assert [data.decode().split() for data in asked if data] == [[tip, "^" + repo.git("rev-parse", f"{tip}~")]]
    assert index.has(digest_of(ONE))
    assert again.has(digest_of(TWO))


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"\0" * len(data),
        lambda data: data * 2,
    ],
)
def test_a_damaged_file_changes_no_answer(repo: RepoBuilder, damage: Callable[[bytes], bytes]) -> None:
    deposit(repo.path, [ONE, TWO])
    held(repo)
    cache_of(repo).write_bytes(damage(cache_of(repo).read_bytes()))

    assert held(repo) == [True, True, False]


def test_the_file_may_go_and_may_be_impossible_to_write(repo: RepoBuilder) -> None:
    deposit(repo.path, [ONE])
    held(repo)
    cache_of(repo).unlink()
    assert held(repo) == [True, False, False]
    cache_of(repo).unlink()
    cache_of(repo).mkdir()
    (cache_of(repo) / "in the way").touch()

    assert held(repo) == [True, False, False]


def test_what_a_ref_has_lost_is_lost(repo: RepoBuilder) -> None:
    data_commit(repo, {place(ONE): ONE}, "away")
    data_commit(repo, {place(TWO): TWO})
    assert held(repo) == [True, True, False]

    repo.git("update-ref", "-d", "refs/prov/data/away")
    assert held(repo) == [False, True, False]

    repo.git("update-ref", "-d", "refs/prov/data/other")
    assert held(repo) == [False, False, False]


def test_a_ref_that_went_back_holds_no_more_than_it_does(repo: RepoBuilder) -> None:
    first = data_commit(repo, {place(ONE): ONE})
    data_commit(repo, {place(TWO): TWO})
    assert held(repo) == [True, True, False]

    repo.git("update-ref", "refs/prov/data/other", first)
    assert held(repo) == [True, False, False]

    data_commit(repo, {place(THREE): THREE})
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert held(repo) == [True, False, True]


def test_a_ref_that_another_ref_has_overtaken_is_no_loss(repo: RepoBuilder) -> None:
    first = data_commit(repo, {place(ONE): ONE})
    repo.git("update-ref", "refs/prov/remotes/origin/data/other", first)
    assert held(repo) == [True, False, False]

    second = data_commit(repo, {place(TWO): TWO})
    assert held(repo) == [True, True, False]
    repo.git("update-ref", "refs/prov/remotes/origin/data/other", second)
    assert held(repo) == [True, True, False]


def test_idle_writers_that_were_gathered_are_read(repo: RepoBuilder) -> None:
    tips = [data_commit(repo, {place(ONE): ONE}, "a"), data_commit(repo, {place(TWO): TWO}, "b")]
    gathered = repo.git("commit-tree", repo.git("mktree"), "-p", tips[0], "-p", tips[1], "-m", "gather 2")
    repo.git("update-ref", "refs/prov/data/c", gathered)
    for writer in "ab":
        repo.git("update-ref", "-d", f"refs/prov/data/{writer}")

    assert held(repo) == [True, True, False]


def test_places_that_are_none_of_ours_are_passed_over(repo: RepoBuilder) -> None:
    hex_ = digest_of(ONE).removeprefix("b3:")
    data_commit(
        repo,
        {
            f"b3/{hex_[:-1]}": b"short",
            f"b3/{hex_.upper()}": b"in capitals",
            f"b4/{hex_}": b"of another kind",
            f"pointer/{hex_}": b"no id",
            f"pointer/{hex_}-{'0' * 16}": b"half an id",
            "newer/thing": b"from the future",
        },
    )
    data_commit(repo, {place(TWO): TWO}, "links", mode="120000")

    index = index_of(repo)
    assert not any(map(index.has, map(digest_of, (ONE, TWO))))
    assert list(index.statements()) == []
    assert index.problems == []


def test_a_broken_commit_is_named_and_the_others_are_read(repo: RepoBuilder) -> None:
    data_commit(repo, {place(ONE): ONE})
    broken = data_commit(repo, {place(TWO): TWO})
    data_commit(repo, {place(THREE): THREE})
    tree = object_file(repo, repo.git("rev-parse", f"{broken}:b3"))
    whole = tree.read_bytes()
    tree.unlink()

    for _ in ("once", "again: it was not taken for all there is"):
        index = index_of(repo)
        assert [(one.where, one.reason) for one in index.problems] == [
            (f"data commit {broken[:12]}", "is missing or damaged"),
        ]
        assert [index.has(digest_of(content)) for content in (ONE, TWO, THREE)] == [True, False, True]

    tree.write_bytes(whole)
    assert held(repo) == [True, True, True]


def test_what_people_set_for_git_log_makes_no_difference(repo: RepoBuilder) -> None:
    settings = {
        "log.showSignature": "true",
        "log.showRoot": "false",
        "log.diffMerges": "combined",
        "log.follow": "true",
        "log.decorate": "full",
        "diff.orderFile": "/nowhere/at/all",
        "diff.relative": "true",
        "diff.renames": "copies",
        "diff.noprefix": "true",
        "format.pretty": "fuller",
        "color.ui": "always",
        "notes.displayRef": "refs/prov/view/*",
    }
    for name, value in settings.items():
        repo.git("config", name, value)
    deposit(repo.path, [ONE])
    (repo.path / "below").mkdir()

    session = session_in(repo.path / "below")
    assert open_index(session.repo).has(digest_of(ONE))
    assert os.path.exists(cache_of(repo))
