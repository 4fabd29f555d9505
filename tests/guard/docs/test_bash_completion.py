from pathlib import Path

import pytest

from generator import bash
from generator.commands import read
from support.program import run_program
from support.standin import program

SCRIPT = bash.script(read(program))

GITS_OWN = [
    Path(place)
    for place in (
        "/usr/share/bash-completion/completions/git",
        "/usr/share/git-core/contrib/completion/git-completion.bash",
        "/usr/share/git/completion/git-completion.bash",
        "/opt/homebrew/etc/bash_completion.d/git-completion.bash",
        "/usr/local/etc/bash_completion.d/git-completion.bash",
    )
    if Path(place).is_file()
]

DRIVER = """
source "$1"; shift
words=("$@") COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9
COMP_POINT=${#COMP_LINE}
case "$1" in
git) __git_wrap__git_main ;;
*) __git_prov_program ;;
esac
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(tmp_path: Path, *words: str, before: Path | None = None) -> list[str]:
    """Return what bash would offer for the last of `words`, as readline splits them."""
    script = tmp_path / "git-prov"
    script.write_text((f"source {before}\n" if before else "") + SCRIPT)
    outcome = run_program("bash", "--norc", "-c", DRIVER, "bash", script, *words, cwd=tmp_path)
    assert outcome.stderr == ""
    return outcome.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["git-prov", ""], ["data ", "run ", "show "]),
        (["git-prov", "data", ""], ["add ", "remote "]),
        (["git-prov", "data", "a"], ["add "]),
        (["git-prov", "data", "add", "--which", ""], ["all ", "outputs "]),
        (["git-prov", "data", "remote", ""], ["rm "]),
        (["git-prov", "data", "remote", "rm", ""], ["near ", "far "]),
        (["git-prov", "data", "remote", "rm", "--f"], ["--force "]),
        (["git-prov", "s"], ["show "]),
        (["git-prov", "--v"], ["--version "]),
        (["git-prov", "run", "--m"], ["--metrics=", "--message="]),
        (["git-prov", "show", "-"], ["--json ", "--help "]),
        (["git-prov", "run", "--tr"], ["--trace="]),
        (["git-prov", "run", "--trace", ""], ["auto ", "strace ", "off "]),
        (["git-prov", "run", "--trace", "="], ["auto ", "strace ", "off "]),
        (["git-prov", "run", "--trace", "=", "s"], ["strace "]),
        (["git-prov", "run", "-m", "show", "--k"], ["--keep "]),
        (["git-prov", "-h", "show", "t"], ["text ", "table "]),
    ],
)
def test_verbs_options_and_values_are_offered(tmp_path: Path, words: list[str], expected: list[str]) -> None:
    assert offered(tmp_path, *words) == expected


@pytest.mark.parametrize(
    "words",
    [
        ["git-prov", "run", "-i", ""],
        ["git-prov", "run", "--input", "=", "da"],
        ["git-prov", "run", "-m", "-"],
        ["git-prov", "run", "--", "python", ""],
        ["git-prov", "run", "python", "--tr"],
        ["git-prov", "unknown", ""],
        ["git-prov", "data", "add", ""],
        ["git-prov", "data", "unknown", ""],
    ],
)
def test_nothing_is_offered_where_bash_is_to_complete_files(tmp_path: Path, words: list[str]) -> None:
    assert offered(tmp_path, *words) == []


def test_behind_two_dashes_a_verb_that_runs_a_command_offers_commands(tmp_path: Path) -> None:
    assert "bash " in offered(tmp_path, "git-prov", "run", "--", "bas")


@pytest.mark.skipif(not GITS_OWN, reason="git's own completion is not installed")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["git", "prov", ""], ["data ", "run ", "show "]),
        (["git", "prov", "data", "r"], ["remote "]),
        (["git", "-C", "prov", "prov", "r"], ["run "]),
        (["git", "prov", "run", "--tr"], ["--trace="]),
        (["git", "prov", "run", "--trace=o"], ["off "]),
    ],
)
def test_gits_own_completion_finds_the_verbs(tmp_path: Path, words: list[str], expected: list[str]) -> None:
    assert offered(tmp_path, *words, before=GITS_OWN[0]) == expected


def test_no_program_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "started"
    program = tmp_path / "bin" / "git-prov"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho started > {marker}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")

    assert offered(tmp_path, "git-prov", "run", "--tr") == ["--trace="]
    assert not marker.exists()
