import shutil
from pathlib import Path

import pytest

from generator import fish, zsh
from generator.commands import read
from support.program import run_program
from support.standin import program

# An interactive zsh whose <Tab> completes, and then says what the line has become.
ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= RPS1= fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D
say () { zle expand-or-complete; print -r -- \"line=<\$BUFFER>\" }; zle -N say; bindkey '^I' say; print re''ady"
zpty -r shell seen '*ready*'
zpty -w -n shell "$2"$'\t'
zpty -r shell seen '*line=<*>*'
print -r -- "${${seen##*line=<}%%>*}"
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("git prov ru", "git prov run "),
        ("git -C . prov sh", "git -C . prov show "),
        ("git prov run --tr", "git prov run --trace="),
        ("git prov run --trace=st", "git prov run --trace=strace "),
        ("git prov run -m x -i dat", "git prov run -m x -i data.csv "),
        ("git-prov show te", "git-prov show text "),
        ("git prov data ad", "git prov data add "),
        ("git prov data add --wh", "git prov data add --which="),
        ("git prov data remote rm fa", "git prov data remote rm far "),
        ("git-prov data add dat", "git-prov data add data.csv "),
    ],
)
def test_zsh_completes_through_its_own_completion_of_git(tmp_path: Path, typed: str, line: str) -> None:
    functions = tmp_path / "functions"
    functions.mkdir()
    (functions / "_git-prov").write_text(zsh.script(read(program)))
    (tmp_path / "data.csv").touch()

    outcome = run_program("zsh", "-f", "-c", ZSH, "zsh", functions, typed, cwd=tmp_path)

    assert outcome.stdout.removesuffix("\n") == line


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("git-prov ", ["data", "run", "show"]),
        ("git-prov data ", ["add", "remote"]),
        ("git-prov data add --which ", ["all", "outputs"]),
        ("git-prov data remote ", ["rm"]),
        ("git-prov data remote rm --f", ["--force"]),
        ("git-prov data remote rm f", ["far"]),
        ("git-prov run --tr", ["--trace"]),
        ("git-prov run --trace ", ["auto", "off", "strace"]),
        ("git-prov show t", ["table", "text"]),
        ("git-prov run -- da", ["data.csv"]),
    ],
)
def test_fish_completes_the_program(tmp_path: Path, typed: str, offers: list[str]) -> None:
    script = tmp_path / "git-prov.fish"
    script.write_text(fish.script(read(program)))
    (tmp_path / "data.csv").touch()

    outcome = run_program("fish", "--no-config", "-c", f"source {script}; complete -C '{typed}'", cwd=tmp_path)

    # some versions of fish show the = that they will add
    assert [entry.split("\t")[0].removesuffix("=") for entry in outcome.stdout.splitlines()] == offers
