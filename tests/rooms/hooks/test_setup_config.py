"""Configuration goes back to what it was: byte for byte where nobody else wrote, value by value where somebody did."""

import os
from pathlib import Path

import pytest

from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.ledger import Ledger
from gitprov.errors import ProvError
from gitprov.gitrepo.process import Git

ODD = b'# a comment\n[core]\n  bare = false ; another\n\n[remote "origin"]\n\turl = x\n\tfetch = +a:b'
"""Not what git would write: it has to survive all the same."""

KEY, URL = "remote.origin.fetch", "+refs/prov/log/*:refs/prov/remotes/origin/log/*"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_bytes(ODD)
    path.chmod(0o640)
    return path


def config(path: Path) -> ConfigFile:
    """As a later process finds it: from the ledger on disk."""
    ledger = Ledger.load(str(path.parent / "install.json"), str(path.parent))
    return ConfigFile(Git(str(path.parent), os.environ), str(path), ledger)


def test_a_file_nobody_else_wrote_to_gets_its_bytes_and_mode_back(path: Path) -> None:
    assert config(path).add(KEY, URL)
    assert config(path).add("notes.displayRef", "refs/prov/view/*")
    config(path).replace(KEY, "+a:b", "+c:d")
    assert path.read_bytes() != ODD

    config(path).undo()

    assert path.read_bytes() == ODD
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_was_not_there_is_not_there_again(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "config"
    ledger = Ledger.load(str(tmp_path / "install.json"), str(tmp_path))
    file = ConfigFile(Git(str(tmp_path), os.environ), str(path), ledger)
    file.add(KEY, URL)
    assert path.exists()

    file.undo()

    assert not path.exists()


def test_what_somebody_else_wrote_since_stays(path: Path) -> None:
    config(path).add(KEY, URL)
    config(path).add("notes.displayRef", "refs/prov/view/*")
    Git(str(path.parent), os.environ).run("config", "--file", str(path), "branch.main.remote", "origin")

    config(path).undo()

    assert path.read_bytes() == ODD + b'\n[branch "main"]\n\tremote = origin\n'


def test_what_somebody_else_wrote_in_between_stays(path: Path) -> None:
    config(path).add(KEY, URL)
    Git(str(path.parent), os.environ).run("config", "--file", str(path), "branch.main.remote", "origin")
    config(path).add("notes.displayRef", "refs/prov/view/*")

    config(path).undo()

    assert path.read_bytes() == ODD + b'\n[branch "main"]\n\tremote = origin\n'


def test_a_value_that_was_there_before_is_neither_added_nor_taken_out(path: Path) -> None:
    assert not config(path).add(KEY, "+a:b")

    config(path).undo()

    assert path.read_bytes() == ODD


def test_a_value_that_somebody_removed_since_is_not_missed(path: Path) -> None:
    config(path).add(KEY, URL)
    Git(str(path.parent), os.environ).run("config", "--file", str(path), "--fixed-value", "--unset", KEY, URL)

    config(path).undo()

    assert config(path).values(KEY) == ["+a:b"]


def test_a_value_that_was_replaced_and_changed_since_stays_changed(path: Path) -> None:
    config(path).replace(KEY, "+a:b", "+c:d")
    Git(str(path.parent), os.environ).run("config", "--file", str(path), KEY, "+theirs:x")

    config(path).undo()

    assert config(path).values(KEY) == ["+theirs:x"]


def test_a_part_can_be_undone_and_then_the_rest(path: Path) -> None:
    config(path).add(KEY, URL)
    config(path).add("notes.displayRef", "refs/prov/view/*")

    config(path).undo(lambda key: key.startswith("notes."))
    assert config(path).values(KEY) == ["+a:b", URL]
    assert config(path).values("notes.displayRef") == []
    config(path).undo()

    assert path.read_bytes() == ODD + b"\n"


def test_a_file_that_another_git_is_writing_is_left_alone(path: Path) -> None:
    config(path).add(KEY, URL)
    lock = path.with_name("config.lock")
    lock.touch()

    with pytest.raises(ProvError, match="written by another git"):
        config(path).undo()

    assert lock.exists()
    assert URL in path.read_text()


def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "dotfiles"
    link.symlink_to(path)
    file = ConfigFile(Git(str(tmp_path), os.environ), str(link), Ledger(str(tmp_path / "install.json"), str(tmp_path)))
    file.add(KEY, URL)

    file.undo()

    assert link.is_symlink()
    assert path.read_bytes() == ODD


def test_values_of_any_bytes_survive_the_ledger(path: Path) -> None:
    value = "+refs/\udcff\"'\n\\:x"
    config(path).add(KEY, value)
    path.write_bytes(path.read_bytes() + b"\n[x]\n\ty = z\n")

    assert config(path).values(KEY) == ["+a:b", value]
    config(path).undo()

    assert config(path).values(KEY) == ["+a:b"]


def test_a_ledger_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "install.json"
    for text in ("{", "[]", '{"version": 99}', '{"version": 1}'):
        path.write_text(text)
        with pytest.raises(ProvError, match="cannot be read") as caught:
            Ledger.load(str(path), str(tmp_path))
        assert str(path) in caught.value.hint
