"""Attachments: stored once, read from wherever they are, and never passed on when they are not what they should be."""

import os

import pytest

from gitprov.errors import NotFound, ProvError
from gitprov.records import attachments, sync, writer
from gitprov.records.attachments import Listings
from gitprov.records.writer import Addition
from support.records import session_in
from support.repo import ObjectFormat, RepoBuilder
from support.stored import data_commit, deposit, digest_of, flip_a_bit, object_file
from support.templates import RepoMaker

ONE, TWO = b"644 3 b3:...\tone\n" * 20, b"two\n"


def add(repo: RepoBuilder, *contents: bytes) -> None:
    """Store as a run does."""
    session = session_in(repo.path)
    data = {digest_of(content): content for content in contents}
    writer.append(session.repo, session.state, Addition(data=data))


def read(repo: RepoBuilder, *contents: bytes) -> dict[str, bytes]:
    return attachments.read(session_in(repo.path).repo, [digest_of(content) for content in contents])


def not_stored(repo: RepoBuilder, *contents: bytes) -> list[bytes]:
    session = session_in(repo.path)
    wanted = {digest_of(content): content for content in contents}
    return list(attachments.not_stored(session.repo, session.state, wanted).values())


def listings(repo: RepoBuilder) -> Listings:
    return Listings(session_in(repo.path).repo)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_a_run_or_a_deposit_stored_is_read(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo = make_repo(object_format=object_format)
    add(repo, ONE)
    deposit(repo.path, [TWO, b""])

    assert read(repo, ONE, TWO, b"", b"nowhere") == {digest_of(content): content for content in (ONE, TWO, b"")}
    with listings(repo) as one_by_one:
        assert [one_by_one(digest_of(content)) for content in (ONE, TWO, b"", ONE)] == [ONE, TWO, b"", ONE]
        assert digest_of(ONE) in one_by_one
        assert digest_of(b"nowhere") not in one_by_one
    repo.fsck()


def test_what_is_stored_once_is_not_stored_again(repo: RepoBuilder) -> None:
    assert not_stored(repo, ONE, TWO) == [ONE, TWO]

    add(repo, ONE)

    assert not_stored(repo, ONE, TWO) == [TWO]
    assert deposit(repo.path, [ONE]) == {}
    assert len(repo.git("rev-list", *repo.refs("refs/prov/data")).split()) == 1


def test_what_a_mark_says_is_not_looked_for(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    attachments.mark_stored(session.state, [digest_of(ONE)])

    assert not_stored(repo, ONE, TWO) == [TWO]
    assert not os.path.exists(os.path.join(session.state.cache, "nothing else"))


def test_what_others_stored_is_read_and_not_stored_again(repo: RepoBuilder) -> None:
    hub = repo.bare_remote(repo.path.parent / "hub.git")
    repo.git("push", "-q", "origin", "main")
    deposit(repo.path, [ONE])
    session = session_in(repo.path)
    sync.send(session.repo, session.state, "origin")
    clone = hub.clone(repo.path.parent / "clone")
    other = session_in(clone.path)
    sync.receive(other.repo, other.state, "origin")

    assert read(clone, ONE) == {digest_of(ONE): ONE}
    assert not_stored(clone, ONE, TWO) == [TWO]
    assert deposit(clone.path, [ONE, TWO]).keys() == {digest_of(TWO).replace(":", "/")}


@pytest.mark.parametrize("options", [("--filter=blob:none",), ("--filter=tree:0",), ("--depth=1",)])
def test_partial_and_shallow_clones_get_what_they_lack_from_git(repo: RepoBuilder, options: tuple[str, ...]) -> None:
    hub = repo.bare_remote(repo.path.parent / "hub.git")
    hub.git("config", "uploadpack.allowFilter", "true")
    hub.git("config", "uploadpack.allowAnySHA1InWant", "true")
    repo.commit("second")
    repo.git("push", "-q", "origin", "main")
    deposit(repo.path, [ONE])
    deposit(repo.path, [TWO])
    session = session_in(repo.path)
    sync.send(session.repo, session.state, "origin")
    clone = hub.clone(repo.path.parent / "clone", *options)
    other = session_in(clone.path)
    sync.receive(other.repo, other.state, "origin")

    with listings(clone) as one_by_one:
        assert one_by_one(digest_of(ONE)) == ONE
    assert read(clone, ONE, TWO) == {digest_of(content): content for content in (ONE, TWO)}


def test_what_is_nowhere_is_named_with_what_to_do(repo: RepoBuilder) -> None:
    with listings(repo) as one_by_one, pytest.raises(NotFound, match=digest_of(ONE)) as caught:
        one_by_one(digest_of(ONE))

    assert "git prov sync" in caught.value.hint


@pytest.mark.parametrize("at", [0, 1, 20, -30, -1])
@pytest.mark.parametrize("packed", [False, True])
def test_a_flipped_bit_is_found_and_named_and_never_passed_on(repo: RepoBuilder, at: int, packed: bool) -> None:
    deposit(repo.path, [ONE, TWO])
    oid = repo.git("hash-object", "--stdin", stdin=ONE)
    if packed:
        repo.git("repack", "-a", "-d", "-q")
        flip_a_bit_in_pack(repo, oid, at)
    else:
        flip_a_bit(object_file(repo, oid), at)

    with listings(repo) as one_by_one:
        with pytest.raises(ProvError, match=f"{digest_of(ONE)} is missing or damaged: blob {oid}") as caught:
            one_by_one(digest_of(ONE))
        assert "git fsck" in caught.value.hint
        assert one_by_one(digest_of(TWO)) == TWO
    assert read(repo, ONE, TWO) == {digest_of(TWO): TWO}


def flip_a_bit_in_pack(repo: RepoBuilder, oid: str, at: int) -> None:
    """Flip one in the compressed bytes of an object: `at` counts from their beginning, or back from their end."""
    [index] = (repo.path / ".git/objects/pack").glob("*.idx")
    rows = [line.split() for line in repo.git("verify-pack", "-v", index).splitlines()]
    [(size, start)] = [(int(row[3]), int(row[4])) for row in rows if row[0] == oid]
    flip_a_bit(index.with_suffix(".pack"), start + 2 + at if at >= 0 else start + size + at)


def test_a_false_copy_is_passed_over_for_the_true_one(repo: RepoBuilder) -> None:
    place = digest_of(ONE).replace(":", "/")
    for number in range(4):
        data_commit(repo, {place: b"false %d" % number}, f"w{number}")
    assert read(repo, ONE) == {}

    data_commit(repo, {place: ONE}, "true")

    assert read(repo, ONE) == {digest_of(ONE): ONE}
    with listings(repo) as one_by_one:
        assert one_by_one(digest_of(ONE)) == ONE


def test_a_blob_over_the_limit_is_not_read(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    deposit(repo.path, [ONE, TWO])
    monkeypatch.setattr(attachments, "LIMIT", len(TWO))

    assert read(repo, ONE, TWO) == {digest_of(TWO): TWO}
    with listings(repo) as one_by_one, pytest.raises(ProvError, match="damaged"):
        one_by_one(digest_of(ONE))


def test_somebodys_false_copy_does_not_keep_the_true_one_from_being_stored(repo: RepoBuilder) -> None:
    for content in (ONE, TWO):
        data_commit(repo, {digest_of(content).replace(":", "/"): b"false"}, "other")

    assert not_stored(repo, ONE) == [ONE]
    add(repo, ONE)
    deposit(repo.path, [TWO])

    assert read(repo, ONE, TWO) == {digest_of(ONE): ONE, digest_of(TWO): TWO}
    assert not_stored(repo, ONE, TWO) == []


def test_one_blob_that_is_said_to_be_several_things_is_what_it_is(repo: RepoBuilder) -> None:
    data_commit(repo, {digest_of(content).replace(":", "/"): ONE for content in (ONE, TWO, b"three")})

    assert read(repo, TWO, ONE, b"three") == {digest_of(ONE): ONE}
