"""A second process looks at every other directory: what is found is what one process finds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.artifacts.scan import ahead
from gitprov.artifacts.scan.ahead import look_ahead
from support.scanned import apart, described, grown, scanned, with_look_ahead

INNER = ("a/x", "a/y", "b/x", "b/y", "c/x", "c/y")
FILES = {
    **{f"{above}/{name}": f"{above}{name}".encode() for above in INNER for name in "012"},
    "top": b"1", "a/z": b"2", "a.b/f": b"3", "a-b/f": b"4", "long" * 60 + "/f": b"5",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory that was scanned, and is remembered beside it."""
    root = grown(tmp_path / "root", FILES)
    scanned(root, cache=str(tmp_path / "cache"), workers=0)
    return root


def _change(root: Path) -> None:
    for name in ("a/x/1", "b/y/2", "c/x/0"):
        (root / name).write_bytes(b"changed")


def _remove(root: Path) -> None:
    shutil.rmtree(root / "a")
    shutil.rmtree(root / "b/x")


def _add(root: Path) -> None:
    grown(root, {"0/f": b"6", "a/w/f": b"7", "b/x/deep/f": b"8", "d/f": b"9"})


def _swap(root: Path) -> None:
    """Let directories become files and links, and the other way."""
    for name in ("a/x", "b", "c/y"):
        shutil.rmtree(root / name)
    (root / "a/x").write_bytes(b"a file")
    (root / "b").symlink_to("c")
    (root / "c/y").symlink_to("x")
    (root / "top").unlink()
    grown(root, {"top/f": b"0"})


def _replace(root: Path) -> None:
    shutil.rmtree(root)
    grown(root, {"other/f": b"1"})


@pytest.mark.parametrize("change", [None, _change, _remove, _add, _swap, _replace])
def test_what_is_found_is_what_is_there(root: Path, tmp_path: Path, change: Callable[[Path], None] | None) -> None:
    if change:
        change(root)
    found, _ = apart(with_look_ahead, root, tmp_path / "cache")

    assert found[0].digest == described(root)[0]
    assert found[0].skipped == ()


def test_the_other_process_has_looked_at_every_other_directory(root: Path, tmp_path: Path) -> None:
    found, looked = apart(with_look_ahead, root, tmp_path / "cache")

    assert looked == [b"a", b"a/y", b"a.b", b"b/x", b"c", b"c/y"]
    assert found[0].hashed == 0


def test_a_damaged_memory_is_of_no_use_and_does_no_harm(root: Path, tmp_path: Path) -> None:
    (memory,) = (tmp_path / "cache").glob("*.scan")
    whole = memory.read_bytes()
    for damaged in (whole[:100], whole[:40] + b"\xff" * 40 + whole[80:], b"x" * len(whole)):
        memory.write_bytes(damaged)
        found, _ = apart(with_look_ahead, root, tmp_path / "cache")

        assert found[0].digest == described(root)[0]


def test_nothing_is_forked_for_little_or_on_one_core(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (memory,) = (tmp_path / "cache").glob("*.scan")
    monkeypatch.setattr(ahead, "is_alone", lambda: True)

    assert look_ahead(bytes(root), str(memory)) is None
    monkeypatch.setattr(ahead, "WORTH", 0)
    monkeypatch.setattr(ahead, "cores", lambda: 1)
    assert look_ahead(bytes(root), str(memory)) is None
    assert look_ahead(bytes(root), str(tmp_path / "nothing")) is None
