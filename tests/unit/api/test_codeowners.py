"""What lines of a CODEOWNERS file mean."""

import pytest

from gitprov.api.codeowners import Fault, parse

GITHUB = """\
# who is asked
*              @all
*.js           @js # and no more
/build/logs/   @log
docs/*         d@example.org
apps/          @apps
/docs/deep/    @deep @org/team
**/logs        @anylogs
/scripts/x.sh
a\\ b.txt       @space
"""


def asked(text: str, path: str, where: str = "CODEOWNERS") -> list[tuple[str, ...]]:
    lines = (section.line_about(path) for section in parse(text, where).sections)
    return [line.owners for line in lines if line is not None]


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", ("@all",)),
        ("src/deep/x.js", ("@js",)),
        ("docs/a.md", ("d@example.org",)),
        ("docs/more/a.md", ("@all",)),  # not what gitignore says of docs/*
        ("docs/deep/er/a.md", ("@deep", "@org/team")),
        ("x/docs/a.md", ("@all",)),
        ("x/apps/y/z", ("@apps",)),
        ("apps", ("@all",)),  # a file, where a directory is meant
        ("build/logs/1", ("@anylogs",)),  # the last line that matches
        ("deep/ly/logs/1", ("@anylogs",)),
        ("scripts/x.sh", ()),
        ("SCRIPTS/x.sh", ("@all",)),
        ("a b.txt", ("@space",)),
    ],
)
def test_the_last_line_that_matches_decides_as_at_github(path: str, owners: tuple[str, ...]) -> None:
    assert asked(GITHUB, path) == [owners]


def test_nobody_is_asked_about_what_no_line_matches() -> None:
    assert asked("/a @a\n", "b") == []


def test_any_name_directly_in_a_directory_wherever_that_is() -> None:
    assert asked("**/data/* @a\n", "x/data/f") == asked("**/data/* @a\n", "data/data/f") == [("@a",)]
    assert asked("**/data/* @a\n", "data/x/f") == []
    assert asked("/* @a\n", "f") == [("@a",)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!x @a", "a pattern with ! says nothing in CODEOWNERS"),
        ("x[ab] @a", "a pattern with [ ] says nothing in CODEOWNERS"),
        ("\\#x @a", "a pattern that begins with \\# says nothing in CODEOWNERS"),
        ("x\\", "matches nothing"),
        ("/ @a", "matches nothing"),
        ("x ana", "ana is neither a handle (@ana, @org/team) nor an address"),
        ("x @a ana@", "ana@ is neither a handle (@ana, @org/team) nor an address"),
    ],
)
def test_a_line_that_says_nothing_is_named_and_the_others_hold(line: str, reason: str) -> None:
    found = parse(f"* @all\n\n{line}\n", "CODEOWNERS")
    assert found.faults == (Fault(3, reason),)
    assert asked(f"* @all\n\n{line}\n", "x") == [("@all",)]


SECTIONS = """\
* @all
[Docs][2] @docs @more
*.md
internal/README @one
^[Style]
* @style
[docs]
*.rst @rst
"""


def test_each_section_has_a_last_line_of_its_own_as_at_gitlab() -> None:
    sections = parse(SECTIONS, "CODEOWNERS").sections
    assert [(one.name, one.approvals, one.is_optional, len(one.lines)) for one in sections] == [
        ("", 1, False, 1),
        ("Docs", 2, False, 3),
        ("Style", 1, True, 1),
    ]
    assert asked(SECTIONS, "a.md") == [("@all",), ("@docs", "@more"), ("@style",)]
    assert asked(SECTIONS, "a.rst") == [("@all",), ("@rst",), ("@style",)]


def test_where_sections_stand_a_pattern_is_about_any_directory() -> None:
    assert asked(SECTIONS, "deep/internal/README")[1] == ("@one",)
    assert asked("internal/README @one\n", "deep/internal/README") == []
    assert asked("internal/README @one\n", "deep/internal/README", ".gitlab/CODEOWNERS") == [("@one",)]


def test_a_file_over_the_limit_of_github_is_not_read() -> None:
    found = parse("* @a\n" * 800_000, "CODEOWNERS")
    assert found.sections == ()
    assert "larger than 3 MiB" in found.faults[0].reason
