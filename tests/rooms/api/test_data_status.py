import shutil

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.status import status
from gitprov.api.session import Session
from gitprov.errors import NotFound
from gitprov.model.data import CHANGED, MISSING, NEW, SAME, Change, Rows
from support.records import append, run_record, session_in
from support.repo import RepoBuilder

TABLE = "x,y\n1,2\n3,4\n"


@pytest.fixture
def session(repo: RepoBuilder) -> Session:
    """A repository with `data` added, in which files are in two levels."""
    repo.write("data/a.csv", TABLE)
    repo.write("data/sub/b.bin", b"b")
    repo.write("data/c.bin", b"c")
    session = session_in(repo.path)
    add(session, AddOptions(["data"]))
    return session


def states(session: Session, *words: str) -> dict[str, str]:
    return {one.path: one.state for one in status(session, words).items}


def test_untouched_data_are_the_same(session: Session) -> None:
    assert states(session) == {"data": SAME}


def test_a_directory_says_which_files_differ_and_how_many_rows(session: Session, repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "x,y\n1,2\n5,6\n7,8\n")
    (repo.path / "data/c.bin").unlink()
    repo.write("data/sub/new.bin", b"n")
    (one,) = status(session, []).items

    assert (one.state, one.source) == (CHANGED, "added")
    assert one.counts == {CHANGED: 1, MISSING: 1, NEW: 1}
    assert set(one.changes) == {
        Change("a.csv", CHANGED, Rows(2, 1)),
        Change("c.bin", MISSING),
        Change("sub/new.bin", NEW),
    }


def test_rows_are_not_counted_where_the_old_bytes_are_not_kept(repo: RepoBuilder) -> None:
    repo.write("a.csv", TABLE)
    session = session_in(repo.path)
    add(session, AddOptions(["a.csv"], keep=False))
    repo.write("a.csv", "x,y\n")

    assert [(one.state, one.changes) for one in status(session, []).items] == [(CHANGED, ())]


def test_what_is_gone_is_missing_and_what_became_something_else_is_changed(session: Session, repo: RepoBuilder) -> None:
    repo.write("file", "1")
    add(session, AddOptions(["file"]))
    shutil.rmtree(repo.path / "data")
    assert states(session) == {"data": MISSING, "file": SAME}
    repo.write("data", "now a file")
    (repo.path / "file").unlink()
    repo.write("file/inside", "now a directory")
    assert states(session) == {"data": CHANGED, "file": CHANGED}


def test_the_newest_word_on_a_path_counts(session: Session, repo: RepoBuilder) -> None:
    repo.write("data/c.bin", b"other")
    assert states(session) == {"data": CHANGED}
    add(session, AddOptions(["data"]))
    assert states(session) == {"data": SAME}
    item = {"path": "data", "digest": "b3:" + "a" * 64, "size": 1, "files": 2}
    append(repo.path, run_record(1, at="2099-01-01T00:00:00Z", output=[item]))
    (one,) = status(session, []).items
    assert (one.state, one.source) == (CHANGED, run_record(1)["id"])


def test_files_that_a_run_did_not_touch_are_not_its_concern(session: Session, repo: RepoBuilder) -> None:
    (digest,) = (one.digest for one in status(session, []).items)
    item = {"path": "data", "digest": digest, "size": 1, "files": 3}
    append(repo.path, run_record(1, at="2099-01-01T00:00:00Z", input=[item]))
    repo.write("data/new", b"n")

    assert states(session) == {"data": SAME}


def test_tracked_files_are_compared_by_gits_own_names(repo: RepoBuilder) -> None:
    repo.commit("table", {"t.csv": TABLE, "gone.csv": TABLE, "caf\udce9 \n.csv": TABLE, "t\r": TABLE})
    blob = repo.git("rev-parse", "HEAD:t.csv")
    paths = ("t.csv", "gone.csv", '"caf\\351 \\n.csv"', '"t\\r"')
    append(repo.path, run_record(1, input=[{"path": path, "digest": f"git:{blob}"} for path in paths]))
    session = session_in(repo.path)
    assert set(states(session).values()) == {SAME}
    repo.write("t.csv", "other")
    (repo.path / "gone.csv").unlink()

    assert states(session) == {"t.csv": CHANGED, "gone.csv": MISSING, '"caf\\351 \\n.csv"': SAME, '"t\\r"': SAME}


def test_named_paths_alone_are_compared(session: Session, repo: RepoBuilder) -> None:
    repo.write("other/x", "1")
    add(session, AddOptions(["other/x"]))

    assert states(session, "other") == {"other/x": SAME}
    assert states(session, "data/sub/b.bin") == {"data/sub/b.bin": SAME}
    repo.write("data/sub/b.bin", b"2")
    assert states(session, "data/sub/b.bin") == {"data/sub/b.bin": CHANGED}
    repo.write("never", "1")
    assert states(session, "never") == {"never": NEW}
    with pytest.raises(NotFound, match="neither here nor known"):
        status(session, ["nowhere"])


def test_without_any_data_that_is_said(repo: RepoBuilder) -> None:
    answer = status(session_in(repo.path), [])

    assert (answer.items, len(answer.notes)) == ([], 1)
