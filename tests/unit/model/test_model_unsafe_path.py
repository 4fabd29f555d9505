"""Which paths a record may name."""

import pytest

from gitprov.model.text import quote, unsafe_absolute, unsafe_path


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "a",
        "data/train.csv",
        ".gitignore",
        "a/.gitattributes",
        "..a",
        "a..",
        "...",
        "a\\b",
        "a b",
        "git~2",
        "nul:x",
    ],
)
def test_ordinary_paths_are_fine(path: str) -> None:
    assert unsafe_path(path) == ""


def test_a_quoted_path_is_judged_by_its_bytes() -> None:
    assert unsafe_path(quote(b"caf\xe9/x")) == ""
    assert unsafe_path(quote(b"caf\xe9/../../x")) == "climbs out of the repository"
    assert unsafe_path(quote(b"\xe9\0")) == "holds a NUL"
    assert unsafe_path(quote(b"/\xe9")) == "is absolute"


@pytest.mark.parametrize("path", ["..", "../x", "a/../b", "a/..", "..\\x", "a\\..\\..\\x", ".. /x", ".\u200c./x"])
def test_a_path_that_climbs_is_refused(path: str) -> None:
    assert unsafe_path(path) == "climbs out of the repository"


@pytest.mark.parametrize(
    "path",
    [
        ".git",
        ".git/config",
        "sub/.git/hooks/post-checkout",
        ".GIT/x",
        ".Git",
        "git~1/config",
        "GIT~1",
        ".git /x",
        ".git./x",
        ".git . . /x",
        ".git:stream",
        ".git::$INDEX_ALLOCATION/config",
        "a\\.git\\config",
        ".g\u200cit/config",
        "\ufeff.git/config",
        ".git\u200d",
    ],
    ids=ascii,
)
def test_a_path_into_dot_git_on_any_file_system_is_refused(path: str) -> None:
    assert unsafe_path(path) == "reaches into .git"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "is empty"),
        ("/etc/passwd", "is absolute"),
        ("\\\\host\\share", "is absolute"),
        ("C:/x", "begins with a drive letter"),
        ("c:x", "begins with a drive letter"),
        ("./a", "has an empty or '.' part"),
        ("a//b", "has an empty or '.' part"),
        ("a/", "has an empty or '.' part"),
        ("a/./b", "has an empty or '.' part"),
        ("a\x1bb", "is not in its one quoted form"),
        ('"../x"', "is not in its one quoted form"),
        ('"unfinished', "is not in its one quoted form"),
    ],
    ids=ascii,
)
def test_other_refusals_say_why(path: str, reason: str) -> None:
    assert unsafe_path(path) == reason


def test_an_absolute_path_must_be_one_and_resolved() -> None:
    assert unsafe_absolute("/data/train.csv") == ""
    assert unsafe_absolute("D:\\data\\train.csv") == ""
    assert unsafe_absolute("../x") == "is marked absolute and is not"
    assert unsafe_absolute("") == "is marked absolute and is not"
    assert unsafe_absolute("/repo/../etc") == "is not resolved ('..')"
    assert unsafe_absolute(quote(b"/a\0")) == "holds a NUL"
    assert unsafe_absolute('"/a"') == "is not in its one quoted form"
