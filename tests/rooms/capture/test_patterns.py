import os
from pathlib import Path

import pytest

from gitprov.capture.files.patterns import is_pattern, matches

FILES = ["a.csv", "b.txt", ".hidden.csv", "d/a.csv", "d/e/a.csv", "d/e/b.csv", ".h/a.csv", ".git/a.csv", "x[1].csv"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with files at several depths, and links that lead round in circles."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "d/loop").symlink_to("..")
    (tmp_path / "d/again").symlink_to(".")
    return tmp_path


def found(tree: Path, pattern: str, base: str = ".") -> list[str]:
    root = str(tree / base)
    return [os.path.relpath(os.path.normpath(path), tree) for path in matches(pattern, root)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.csv", ["a.csv", "x[1].csv"]),
        ("?.csv", ["a.csv"]),
        ("[!a]*.txt", ["b.txt"]),
        ("*", ["a.csv", "b.txt", "d", "x[1].csv"]),
        ("*/", ["d"]),
        (".*.csv", [".hidden.csv"]),
        ("**/*.csv", ["a.csv", "d/a.csv", "d/e/a.csv", "d/e/b.csv", "x[1].csv"]),
        ("d/**", ["d/a.csv", "d/again", "d/e/a.csv", "d/e/b.csv", "d/loop"]),
        ("**/**/b.csv", ["d/e/b.csv"]),
        ("**/e/*", ["d/e/a.csv", "d/e/b.csv"]),
        ("*/*.csv", ["d/a.csv"]),
        ("./d/*/b.csv", ["d/e/b.csv"]),
        ("d/*/b.txt", ["d/loop/b.txt"]),
        (".h/*", [".h/a.csv"]),
        ("*.nothing", []),
        ("none/*", []),
        (".g*/*", []),
        ("D/*.csv", []),
    ],
)
def test_a_pattern_matches_as_in_a_shell(tree: Path, pattern: str, expected: list[str]) -> None:
    assert found(tree, pattern) == expected


def test_a_pattern_is_seen_from_where_one_stands(tree: Path) -> None:
    assert found(tree, "*.csv", "d/e") == ["d/e/a.csv", "d/e/b.csv"]
    assert found(tree, "../*.csv", "d/e") == ["d/a.csv"]
    assert found(tree, f"{tree}/d/*.csv", "d/e") == ["d/a.csv"]


def test_what_is_a_pattern_can_be_told() -> None:
    assert is_pattern("a*") and is_pattern("?") and is_pattern("[a]")  # noqa: PT018 - one thing, three ways
    assert not is_pattern("a/b.csv")
