"""The key that fingerprints of secrets are made with."""

import os
from pathlib import Path

from gitprov.records.clonekey import clone_key
from gitprov.records.layout import State


def test_a_clone_has_one_key_that_nobody_else_may_read(tmp_path: Path) -> None:
    state = State(str(tmp_path))
    key = clone_key(state)

    assert len(key) == 32
    assert clone_key(state) == key
    assert os.stat(state.key).st_mode & 0o077 == 0
    assert clone_key(State(str(tmp_path / "other"))) != key
    assert os.listdir(state.tmp) == []


def test_where_nothing_can_be_written_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "prov").write_text("a file where the directory should be")

    assert clone_key(State(str(tmp_path))) == b""


def test_a_key_that_was_cut_short_is_no_key(tmp_path: Path) -> None:
    state = State(str(tmp_path))
    os.makedirs(state.root)
    Path(state.key).write_bytes(b"short")

    assert clone_key(state) == b""
