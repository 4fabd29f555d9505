"""Getting data of which something cannot be had, or not be written here."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.get import GetOptions, get
from gitprov.api.data.push import push
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import scan
from gitprov.artifacts.scan.reading import Reader
from gitprov.errors import ProvError, UsageError
from gitprov.model.data import FETCHED, MISSING, SAME
from support.data import Clones, clones, contents
from support.records import session_in
from support.stores import flip
from support.templates import RepoMaker

LARGE = "b" * 200_000


@pytest.fixture
def shared(make_repo: RepoMaker, tmp_path: Path) -> Clones:
    """Ana has added and pushed a directory of two large files and a small one."""
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a.bin", "a" * 200_000)
    made.ana.write("data/b.bin", LARGE)
    made.ana.write("data/c", "c")
    session = session_in(made.ana.path)
    add(session, AddOptions(["data"]))
    push(session, [])
    made.publish()
    return made


def object_of(root: Path, data: str) -> Path:
    """Return the file in which a store has some bytes."""
    digest = digest_bytes(data.encode()).removeprefix("b3:")
    return next(path for path in root.rglob("*") if path.is_file() and digest in path.as_posix().replace("/", ""))


def awkward(made: Clones) -> None:
    """Ana adds a name that Windows cannot have, and links that lead out."""
    made.ana.write("odd/aux.c", "1")
    made.ana.write("odd/x.", "2")
    made.ana.write("odd/sub/y ", "3")
    (made.ana.path / "odd/absolute").symlink_to("/etc")
    (made.ana.path / "odd/sub/out").symlink_to("../../..")
    made.ana.write(".git/info/exclude", "/odd/\n")
    session = session_in(made.ana.path)
    add(session, AddOptions(["odd"]))
    push(session, [])
    made.publish()


def test_one_missing_file_is_named_and_the_others_come_when_asked_for(shared: Clones, tmp_path: Path) -> None:
    object_of(shared.remote, LARGE).unlink()
    ben = shared.another(tmp_path / "ben")
    (whole,) = get(session_in(ben.path), GetOptions(["data"])).items
    assert (whole.state, whole.missing) == (MISSING, ("data/b.bin",))
    assert not (ben.path / "data").exists()

    (some,) = get(session_in(ben.path), GetOptions(["data"], partial=True)).items
    assert (some.state, some.files, some.missing) == (FETCHED, 2, ("data/b.bin",))
    assert "of 1 of 3 files; last seen in remote store" in some.reason
    assert set(contents(ben.path / "data")) == {"a.bin", "c"}


def test_a_missing_file_inside_a_directory_says_where_it_was_seen(shared: Clones, tmp_path: Path) -> None:
    object_of(shared.remote, LARGE).unlink()
    ben = shared.another(tmp_path / "ben")
    (one,) = get(session_in(ben.path), GetOptions(["data/b.bin"])).items
    assert one.state == MISSING
    assert "last seen in remote store on" in one.reason


def test_awkward_names_and_links_refuse_the_whole_unless_it_may_be_a_part(shared: Clones, tmp_path: Path) -> None:
    awkward(shared)
    ben = shared.another(tmp_path / "ben")
    with pytest.raises(ProvError, match="nothing was written") as refused:
        get(session_in(ben.path), GetOptions(["odd"]))
    assert "--partial" in refused.value.hint
    assert not (ben.path / "odd").exists()

    (one,) = get(session_in(ben.path), GetOptions(["odd"], partial=True)).items
    assert (one.state, one.files) == (FETCHED, 3)
    assert [path for path, _ in one.left_out] == ["odd/absolute", "odd/sub/out"]
    assert contents(ben.path / "odd") == {"aux.c": b"1", "x.": b"2", "sub/y ": b"3"}
    assert not os.path.lexists(ben.path / "odd/absolute")


def test_what_stands_there_already_is_no_reason_to_refuse(shared: Clones) -> None:
    awkward(shared)
    session = session_in(shared.ana.path)
    (one,) = get(session, GetOptions(["odd"])).items
    assert one.state == SAME
    shared.ana.write("odd/plain", "4")
    add(session, AddOptions(["odd"]))
    (shared.ana.path / "odd/plain").unlink()
    (one,) = get(session, GetOptions(["odd"])).items
    assert (one.state, one.left_out) == (FETCHED, ())
    assert (shared.ana.path / "odd/plain").read_text() == "4"
    assert os.readlink(shared.ana.path / "odd/absolute") == "/etc"


def test_what_is_damaged_in_the_store_comes_from_the_next_place(shared: Clones) -> None:
    flip(object_of(shared.ana.path / ".git/prov/store/objects", LARGE), 9)
    (shared.ana.path / "data/b.bin").unlink()
    answer = get(session_in(shared.ana.path), GetOptions(["data"]))
    assert (answer.items[0].state, answer.items[0].sources) == (FETCHED, ("remote store",))
    assert (shared.ana.path / "data/b.bin").read_text() == LARGE
    assert [problem.where for problem in answer.problems] == ["the store"]


def test_what_is_damaged_and_nowhere_else_is_never_delivered(shared: Clones) -> None:
    flip(object_of(shared.ana.path / ".git/prov/store/objects", LARGE), 9)
    (shared.ana.path / "data/b.bin").unlink()
    shutil.rmtree(shared.remote)
    with pytest.raises(ProvError, match="is not what its name says"):
        get(session_in(shared.ana.path), GetOptions(["data"]))
    assert not (shared.ana.path / "data/b.bin").exists()


def test_what_is_remembered_is_not_read_again(shared: Clones, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_in(shared.ana.path)
    later = session.clock() + 10**6  # what has only just changed is not remembered
    monkeypatch.setattr("gitprov.api.data.remembered.scan", partial(scan, clock=lambda: later))
    get(session, GetOptions(["data"]))

    def read(*_: object) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr(Reader, "read", read)
    monkeypatch.setattr("gitprov.artifacts.checkout.standing.digest_handle", read)
    (one,) = get(session, GetOptions(["data"])).items
    assert (one.state, one.files) == (SAME, 3)


@pytest.mark.parametrize("to", [".git/x", ".git", "sub/.GIT/hooks"])
def test_nothing_is_written_into_the_directory_of_git(shared: Clones, to: str) -> None:
    with pytest.raises(ProvError, match="directory of git itself"):
        get(session_in(shared.ana.path), GetOptions(["data"], to=to))
    assert not (shared.ana.path / ".git/x").exists()


def test_a_place_that_may_not_be_written_is_named(
    shared: Clones, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    with pytest.raises(ProvError, match=f"{tmp_path} may not be written"):
        get(session_in(shared.ana.path), GetOptions(["data"], to=str(tmp_path / "to/deep")))


@pytest.mark.parametrize("word", ["data", "data/a.bin", digest_bytes(LARGE.encode())])
def test_inputs_and_outputs_are_of_runs_alone(shared: Clones, word: str) -> None:
    with pytest.raises(UsageError, match="is no run"):
        get(session_in(shared.ana.path), GetOptions([word], which="input"))
