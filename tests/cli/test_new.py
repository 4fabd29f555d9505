"""`git prov new` and `git prov init --template`, in words."""

from pathlib import Path

import pytest

from gitprov.cli.main import main
from support.repo import RepoBuilder

Words = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)


def test_what_was_written_is_said_and_how_to_run_it(capsys: Words) -> None:
    assert main(["new", "x"]) == 0

    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "wrote experiments/x/README.md",
        "wrote experiments/x/experiment.toml",
        "wrote experiments/x/run.py",
        "run it: git prov run --experiment x -- python3 experiments/x/run.py",
    ]
    assert err.splitlines() == [
        "note: only a run with --experiment x goes by experiments/x/experiment.toml",
        "note: it has no hypothesis yet: say it in experiments/x/experiment.toml",
    ]


def test_a_directory_that_git_ignores_is_said(repo: RepoBuilder, capsys: Words) -> None:
    repo.write(".gitignore", "experiments/\n")

    assert main(["new", "x", "--hypothesis", "h"]) == 0

    assert "note: git ignores experiments/x/README.md: to commit it, git add -f" in capsys.readouterr().err


def test_a_space_is_explained(capsys: Words) -> None:
    assert main(["new", "my idea"]) == 129

    why = "it has a space in it, which commands and scripts take for the end of a name"
    assert capsys.readouterr().err.splitlines() == [
        f"error: 'my idea' cannot be the name of an experiment: {why}",
        "hint: call it my-idea: git prov new my-idea",
    ]


def test_init_says_what_it_wrote_behind_what_it_set_up(capsys: Words) -> None:
    assert main(["init", "--template", "research"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines.index("git log shows runs") < lines.index("wrote .gitprov.toml")
    assert lines[-1].startswith("commit it: git add .gitignore ")


def test_init_with_a_template_that_is_not_there_sets_nothing_up(repo: RepoBuilder, capsys: Words) -> None:
    before = (repo.path / ".git/config").read_bytes()

    assert main(["init", "--template", "nope"]) == 128

    assert "hint: there are: benchmark, course, research" in capsys.readouterr().err
    assert (repo.path / ".git/config").read_bytes() == before


def test_a_template_belongs_to_one_clone(capsys: Words) -> None:
    assert main(["init", "--global", "--template", "research"]) == 129
    assert "exclude each other" in capsys.readouterr().err


@pytest.mark.parametrize("args", [["init", "--template", "research"], ["new", "x"], ["lint"]])
def test_outside_a_repository_the_next_step_is_said(
    args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Words
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    assert main(args) == 128

    assert "git init" in capsys.readouterr().err
    assert list((tmp_path / "empty").iterdir()) == []
