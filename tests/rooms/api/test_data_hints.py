"""What a newcomer is told where no data is known: the step that brings some, and never one that leads back here."""

from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.get import GetOptions, get
from gitprov.api.data.ls import ls
from gitprov.errors import NotFound
from support.data import clones
from support.records import append, run_record, session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker

DIGEST = "b3:" + "a" * 64


def test_in_a_fresh_clone_it_is_said_how_to_get_what_others_recorded(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a", "1")
    add(session_in(made.ana.path), AddOptions(["data"]))
    made.publish()
    ben = made.hub.clone(tmp_path / "ben")
    join = "to have what others recorded: git prov init, then git prov sync"
    (note,) = ls(session_in(ben.path), []).notes
    assert join in note
    for word in ("data", "@"):
        with pytest.raises(NotFound) as caught:
            get(session_in(ben.path), GetOptions([word]))
        assert caught.value.hint == join

    ben.git("config", "--add", "remote.origin.fetch", "+refs/prov/data/*:refs/prov/remotes/origin/data/*")
    (note,) = ls(session_in(ben.path), []).notes
    assert "to have what others recorded: git prov sync;" in note
    ben.git("fetch", "-q")
    assert [one.paths for one in ls(session_in(ben.path), []).items] == [("data",)]


def test_without_anybody_to_ask_it_is_said_how_to_add_data(repo: RepoBuilder) -> None:
    assert ls(session_in(repo.path), []).notes == ["no data is known yet; add some: git prov data add PATH"]


def test_after_a_run_it_is_said_who_knows_its_files(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1, output=[{"path": "out", "digest": DIGEST, "size": 1}]))
    (note,) = ls(session_in(repo.path), []).notes

    assert "what runs read and made: git prov data status" in note
