"""A clone made by copying its directory notices, and takes a name of its own."""

import json
import os
import shutil
from pathlib import Path

from gitprov.api.session import Session, open_session
from gitprov.api.setup.copied import leave_twin, twin
from support.planted import plant_run
from support.repo import RepoBuilder


def session(path: Path) -> Session:
    return open_session(str(path), os.environ)


def writer(path: Path) -> str:
    return str(json.loads((path / ".git/prov/writer").read_text())["id"])


def test_a_copy_takes_a_new_name_and_keeps_every_record(repo: RepoBuilder, tmp_path: Path) -> None:
    plant_run(repo.path)
    shutil.copytree(repo.path, tmp_path / "copy", symlinks=True)
    copy = RepoBuilder(tmp_path / "copy")

    assert twin(session(copy.path)) == str(repo.path / ".git")
    new = leave_twin(session(copy.path))

    assert new == writer(copy.path) != writer(repo.path)
    assert [*copy.refs("refs/prov/log").values()] == [*repo.refs("refs/prov/log").values()]
    assert [*copy.refs("refs/prov/log")] == [f"refs/prov/log/{new}"]
    assert twin(session(copy.path)) == ""
    assert twin(session(repo.path)) == ""


def test_a_clone_that_was_moved_has_no_twin(repo: RepoBuilder, tmp_path: Path) -> None:
    plant_run(repo.path)
    shutil.move(repo.path, tmp_path / "moved")

    assert twin(session(tmp_path / "moved")) == ""
    assert leave_twin(session(tmp_path / "moved")) == ""


def test_the_same_clone_by_another_path_is_not_its_own_twin(repo: RepoBuilder, tmp_path: Path) -> None:
    plant_run(repo.path)
    (tmp_path / "by another path").symlink_to(repo.path)

    assert twin(session(tmp_path / "by another path")) == ""


def test_a_damaged_or_missing_writer_file_is_no_twin(repo: RepoBuilder) -> None:
    assert twin(session(repo.path)) == ""
    for text in ("", "[]", '{"id": 3, "path": 4}', '{"id": "x", "path": "/nowhere"}'):
        repo.write(".git/prov/writer", text)
        assert twin(session(repo.path)) == ""
