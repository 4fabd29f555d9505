"""Much data at once: shared between versions, all or nothing, and read by older readers as well."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitprov.artifacts.listing import Entry, cut, walk
from gitprov.records import writer
from gitprov.records.attachments import Listings
from gitprov.records.deposit import depositing
from gitprov.records.pointers import stating
from gitprov.records.writer import Addition
from support.records import run_record, session_in
from support.repo import RepoBuilder
from support.stored import data_commit, deposit, digest_of, said

FILES = 40_000


def directory(changed: int = -1) -> Iterator[Entry]:
    """Return the entries of a flat directory, of which one may have changed."""
    for number in range(FILES):
        content = b"%d, changed" % number if number == changed else b"%d" % number
        yield Entry("644", len(content), digest_of(content), b"file-%06d.bin" % number)


def record(repo: RepoBuilder, changed: int = -1) -> tuple[str, int]:
    """Record the directory; returns its digest and how many listings were new."""
    session = session_in(repo.path)
    digest = ""
    with depositing(session.repo, session.state) as made:
        for digest, data in cut(directory(changed)):
            made.attachment(digest, data)
    writer.append(session.repo, session.state, Addition(stored=made.stored))
    return digest, len(made.stored)


def size_of(repo: RepoBuilder) -> int:
    objects = repo.path / ".git/objects"
    return sum(file.stat().st_size for file in objects.rglob("*") if file.is_file())


def test_one_changed_file_among_many_adds_a_few_kilobytes(repo: RepoBuilder) -> None:
    first, listings = record(repo)
    before = size_of(repo)

    second, new = record(repo, changed=FILES // 2)

    assert listings > 500
    assert new <= 4
    assert size_of(repo) - before < 25_000
    with Listings(session_in(repo.path).repo) as read:
        assert [entry for _, entry in walk(first, read)] == list(directory())
        assert [entry for _, entry in walk(second, read)] == list(directory(FILES // 2))
    repo.fsck()


def test_the_same_again_adds_nothing(repo: RepoBuilder) -> None:
    record(repo)
    before, refs = size_of(repo), repo.refs()

    assert record(repo)[1] == 0

    assert (size_of(repo), repo.refs()) == (before, refs)


def test_records_and_data_move_in_one_change(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    with depositing(session.repo, session.state) as made:
        made.attachment(digest_of(b"one"), b"one")
        made.statement(stating(said()))
    addition = Addition([run_record(1)], data={digest_of(b"two"): b"two"}, stored=made.stored)

    writer.append(session.repo, session.state, addition)

    [data] = repo.refs("refs/prov/data")
    assert len(repo.git("ls-tree", "-r", "--name-only", data).splitlines()) == 3
    assert repo.git("log", "-1", "--format=%s", data) == "data 3 objects"
    assert len(repo.refs("refs/prov/log")) == 1
    repo.fsck()


def begin(path: Path, ending: Callable[[], None]) -> None:
    """Begin a deposit and end otherwise."""
    session = session_in(path)
    with depositing(session.repo, session.state) as made:
        for number in range(200):
            made.attachment(digest_of(b"%d" % number), b"%d" % number)
        ending()


def interrupted() -> None:
    raise KeyboardInterrupt


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_deposit_that_fails_leaves_nothing(repo: RepoBuilder) -> None:
    before = size_of(repo)

    with pytest.raises(KeyboardInterrupt):
        begin(repo.path, interrupted)

    assert (size_of(repo), repo.refs("refs/prov")) == (before, {})
    assert os.listdir(session_in(repo.path).state.tmp) == []


def test_a_deposit_whose_program_is_killed_is_made_anew(repo: RepoBuilder) -> None:
    before = size_of(repo)
    child = multiprocessing.get_context("fork").Process(target=begin, args=(repo.path, killed))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert (size_of(repo), repo.refs("refs/prov")) == (before, {})

    assert len(deposit(repo.path, [b"1", b"2"])) == 2
    repo.fsck()


def test_a_deposit_that_no_ref_came_to_name_is_what_gc_takes(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    with depositing(session.repo, session.state) as made:
        for number in range(200):
            content = b"%d" % number
            made.attachment(digest_of(content), content)
    lost = next(iter(made.stored.values()))
    assert repo.git("cat-file", "-t", lost) == "blob"

    repo.git("gc", "-q", "--prune=now")

    assert repo.git("cat-file", "--batch-check", stdin=lost).endswith("missing")
    assert len(deposit(repo.path, [b"1", b"2"])) == 2
    repo.fsck()


def test_attachments_stand_where_older_readers_look_for_them(repo: RepoBuilder) -> None:
    # A reader of the time before statements lists what stands below `b3`, and takes nothing else for an attachment.
    deposit(repo.path, [b"one"], [stating(said())])
    data_commit(repo, {stating(said(note="later")).place: stating(said(note="later")).data})
    tips = repo.refs("refs/prov/data").values()

    words = repo.git(
        *("log", "--root", "--no-renames", "--format=%x00%H", "--name-only", "--diff-filter=A", "-z", *tips),
        *("--", "b3"),
    ).split("\0")

    assert [word.strip("\n") for word in words if "/" in word] == [digest_of(b"one").replace(":", "/")]
