"""Statements about data in a repository: they travel, they are judged, and what is known is their union."""

from pathlib import Path
from typing import Any

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model.known import Pointer
from gitprov.records import pointers, sync
from gitprov.records.data import places
from gitprov.records.pointers import Known, relocating, stating
from gitprov.records.statements import statement_id
from support.records import session_in
from support.repo import ObjectFormat, RepoBuilder
from support.stored import data_commit, deposit, digest_of, flip_a_bit, line_of, object_file, said
from support.templates import RepoMaker

DATA, OTHER = digest_of(b"data"), digest_of(b"other")
STORE = {"kind": "remote", "remote": "store"}
AWAY = {"kind": "s3", "url": "s3://bucket/key", "version": "1"}


def say(repo: RepoBuilder, digest: str = DATA, **fields: Any) -> str:  # noqa: ANN401 - any field
    """Make a statement in a repository, and return its id."""
    document = stating(said(digest, **fields))
    deposit(repo.path, documents=[document])
    return document.id


def known(repo: RepoBuilder, *digests: str) -> Known:
    return pointers.known(session_in(repo.path).repo, digests or None)


def copies(pointer: Pointer) -> list[dict[str, Any]]:
    return [copy.location.plain() for copy in pointer.copies]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_was_said_is_known(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo = make_repo(object_format=object_format)
    first = say(repo, kind="file", size=4, path="data.csv", location=[STORE])
    say(repo, OTHER, kind="directory", files=2, path="raw")
    say(repo, at="2026-02-01T00:00:00Z", licence="CC0-1.0", gone=[f"{first}:0"], location=[AWAY])

    found = known(repo)

    assert (list(found.pointers), found.problems, found.unread) == (sorted([DATA, OTHER]), [], 0)
    assert (found.pointers[DATA].size, found.pointers[DATA].licence) == (4, "CC0-1.0")
    assert copies(found.pointers[DATA]) == [AWAY]
    assert {path: one.statement.digest for path, one in found.by_path.items()} == {"data.csv": DATA, "raw": OTHER}
    assert known(repo, OTHER, OTHER).pointers == {OTHER: found.pointers[OTHER]}
    assert known(repo, digest_of(b"unheard of")) == Known({}, {}, [], 0)
    repo.fsck()


def test_the_same_statement_again_changes_nothing(repo: RepoBuilder) -> None:
    say(repo, location=[STORE])
    before = known(repo)

    say(repo, location=[STORE])

    assert known(repo) == before


def test_bytes_that_moved_are_taken_back_and_named_anew_in_one_statement(repo: RepoBuilder) -> None:
    say(repo, location=[STORE, {"kind": "lfs", "oid": "ab" * 32}])
    [pointer] = known(repo).pointers.values()

    moved = relocating(
        pointer, {pointer.copies[0].id: AWAY, pointer.copies[1].id: None}, at="2026-02-01T00:00:00Z", by="Bo <b@b.c>"
    )
    deposit(repo.path, documents=[moved])

    [pointer] = known(repo).pointers.values()
    assert copies(pointer) == [AWAY]
    assert (pointer.by, len(pointer.statements)) == ("Bo <b@b.c>", 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"location": [{"kind": "url", "url": "https://a:b@example.org/"}]},
        {"size": float("nan")},
        {"path": "../x"},
        {"note": b"bytes"},
        {"digest": ""},
        {"note": "x" * 70_000},
    ],
)
def test_what_a_reader_would_refuse_is_not_written(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecord):
        stating({**said(), **fields})


# --- between clones ---


def test_what_clones_say_of_the_same_data_comes_together_everywhere(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    repo.git("push", "-q", "origin", "main")
    clones = [repo, hub.clone(tmp_path / "one"), hub.clone(tmp_path / "two")]
    first = say(clones[0], path="data.csv", size=4, location=[STORE])
    exchange(*clones)
    say(clones[1], at="2026-02-01T00:00:00Z", gone=[f"{first}:0"])
    say(clones[2], at="2026-02-02T00:00:00Z", location=[AWAY], owner="Bo")
    exchange(*clones, *clones)

    [one, two, three] = [known(clone) for clone in clones]

    assert one == two == three
    assert copies(one.pointers[DATA]) == [AWAY]
    assert (one.pointers[DATA].owner, one.pointers[DATA].size, one.problems) == ("Bo", 4, [])
    fresh = hub.clone(tmp_path / "three")
    exchange(fresh)
    assert known(fresh) == one
    for clone in (*clones, fresh, hub):
        clone.fsck()


def exchange(*clones: RepoBuilder) -> None:
    for clone in clones:
        session = session_in(clone.path)
        assert sync.exchange(session.repo, session.state, "origin", timeout=60).problems == []


# --- what is amiss ---


def put(repo: RepoBuilder, data: bytes, digest: str = DATA, name: str = "") -> str:
    """Put bytes where a statement stands, and return its id."""
    name = name or statement_id(data)
    data_commit(repo, {places.statement(digest, name): data})
    return name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no json\n", "is not JSON"),
        (line_of(said(path="../../.bashrc")), "climbs out of the repository"),
        (line_of(said(note="\x1b[2J")), "control or bidirectional"),
        (line_of(said(location=[{"kind": "url", "url": "https://a:secret@example.org/"}])), "password"),
        (line_of(said(OTHER)), "is about another digest"),
        (line_of(said(note="x" * 70_000)), "the limit is 65536"),
    ],
)
def test_a_bad_statement_is_named_and_the_others_are_read(repo: RepoBuilder, data: bytes, words: str) -> None:
    bad = put(repo, data)
    say(repo, size=4)

    found = known(repo)

    [problem] = found.problems
    assert words in problem.reason
    assert bad[:12] in problem.where
    assert DATA[:12] in problem.where
    assert "secret" not in str(problem)
    assert "\x1b" not in str(problem)
    assert found.pointers[DATA].size == 4


def test_a_statement_under_a_false_name_is_refused(repo: RepoBuilder) -> None:
    put(repo, line_of(said()), name="0" * 32)

    [problem] = known(repo).problems
    assert "are not what its name says" in problem.reason


def test_a_newer_statement_is_counted_and_left_alone(repo: RepoBuilder) -> None:
    put(repo, line_of({**said(), "schema": 2, "digest": "of a kind to come"}))
    say(repo, size=4)

    found = known(repo)

    assert (found.unread, found.problems, found.pointers[DATA].size) == (1, [], 4)


@pytest.mark.parametrize("at", [0, 1, 30, -30, -1])
def test_a_flipped_bit_is_found_and_named(repo: RepoBuilder, at: int) -> None:
    hit = say(repo, size=4, location=[STORE])
    say(repo, OTHER, size=5)
    data = stating(said(size=4, location=[STORE])).data
    flip_a_bit(object_file(repo, repo.git("hash-object", "--stdin", stdin=data)), at)

    found = known(repo)

    [problem] = found.problems
    assert hit[:12] in problem.where
    assert "damaged" in problem.reason
    assert list(found.pointers) == [OTHER]


def test_a_broken_data_commit_is_among_the_problems(repo: RepoBuilder) -> None:
    broken = data_commit(repo, {places.statement(DATA, "0" * 32): b"lost"})
    object_file(repo, repo.git("rev-parse", f"{broken}^{{tree}}")).unlink()

    assert [problem.where for problem in known(repo).problems] == [f"data commit {broken[:12]}"]
