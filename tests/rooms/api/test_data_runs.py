"""What runs read and made, remembered for as long as the logs are as they were."""

from pathlib import Path

import pytest

from gitprov.api import reading
from gitprov.api.data.catalog import INPUT, OUTPUT, Use
from gitprov.api.data.runs import read_uses
from gitprov.api.session import Session
from support.records import append, record_id, run_record, session_in
from support.repo import RepoBuilder

OLD, NEW = (f"b3:{digit * 64}" for digit in "12")


@pytest.fixture
def session(repo: RepoBuilder) -> Session:
    """A repository with a run that read a file and made a directory."""
    made = {"path": "out", "digest": NEW, "size": 7, "files": 2}
    append(repo.path, run_record(1, input=[{"path": "a.csv", "digest": OLD, "size": 3}], output=[made]))
    return session_in(repo.path)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no record be read."""

    def fail(_: Session) -> None:
        raise AssertionError("the records were read")

    monkeypatch.setattr(reading, "everything", fail)


def remembered(session: Session) -> Path:
    return Path(session.state.cache, "uses")


def expected() -> list[Use]:
    at, run = "2026-01-02T00:01:00Z", record_id(1)
    return [Use("a.csv", OLD, 3, 1, at, INPUT, run), Use("out", NEW, 7, 2, at, OUTPUT, run)]


def test_uses_are_those_of_the_records(session: Session) -> None:
    assert read_uses(session) == (expected(), [])


def test_a_second_look_reads_no_record(session: Session, request: pytest.FixtureRequest) -> None:
    read_uses(session)
    request.getfixturevalue("unread")

    assert read_uses(session) == (expected(), [])


@pytest.mark.usefixtures("unread")
def test_where_nothing_was_ever_run_no_record_is_read(repo: RepoBuilder) -> None:
    assert read_uses(session_in(repo.path)) == ([], [])


def test_a_new_run_is_seen(session: Session, repo: RepoBuilder) -> None:
    read_uses(session)
    append(repo.path, run_record(2, input=[{"path": "b.csv", "digest": NEW}]))

    assert [use.path for use in read_uses(session).uses] == ["a.csv", "out", "b.csv"]


def test_a_log_that_went_back_is_read_again(session: Session, repo: RepoBuilder) -> None:
    read_uses(session)
    (log,) = repo.refs("refs/prov/log")
    repo.git("update-ref", "-d", log)

    found = read_uses(session)

    assert found.uses == expected()  # what it held is kept
    assert [problem.where for problem in found.problems] == [log]


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 64])
def test_a_damaged_memory_is_none(session: Session, damage: bytes) -> None:
    read_uses(session)
    whole = remembered(session).read_bytes()
    remembered(session).write_bytes(whole[: -len(damage)] + damage if damage else b"")

    assert read_uses(session).uses == expected()
    assert remembered(session).read_bytes() == whole


def test_what_another_version_remembers_is_not_taken(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr("gitprov.api.data.runs._FORM", "another")
        read_uses(session)
    was = remembered(session).read_bytes()
    read_uses(session)

    assert remembered(session).read_bytes() != was


def test_a_record_that_breaks_a_rule_is_told_each_time(session: Session, repo: RepoBuilder) -> None:
    log, tip = next(iter(repo.refs("refs/prov/log").items()))
    tree = repo.git("rev-parse", f"{tip}^{{tree}}")
    bad = repo.git("commit-tree", tree, "-p", tip, stdin='run\n\n{"kind":"run","schema":1}\n')
    repo.git("update-ref", log, bad)

    found = [read_uses(session) for _ in range(2)]

    assert [one.uses for one in found] == [expected()] * 2
    assert [[problem.where for problem in one.problems] for one in found] == [[f"record in commit {bad[:12]}"]] * 2
