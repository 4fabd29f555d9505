"""`git prov log` as people and programs meet it: all it writes, and its exit status."""

import json
from pathlib import Path

import pytest

from gitprov.cli.main import main
from support.normalise import normalise
from support.records import append, record_id, run_record
from support.repo import RepoBuilder
from support.templates import RepoMaker

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def project(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with a run on its commit and an uncommitted one, in which the test stands."""
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    append(
        repo.path,
        run_record(1, command=["python", "train.py", "--lr", "0.1"], seconds=12, metrics={"acc": 0.5}, code=code),
        run_record(2, status="failed", code={"commit": "7" * 40, "tree": "8" * 40, "base": repo.head}),
    )
    monkeypatch.chdir(repo.path)
    return repo


def test_history_is_shown_with_its_runs(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["log"]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    assert (
        normalise(said, commit=project.head, one=record_id(1), two=record_id(2))
        == """\
commit <commit>
Author: Ana Lima <ana@example.org>
Date:   Fri Jan 2 03:05:05 2026 +0000

    first

Runs:
    <one> ok: python train.py --lr 0.1 (acc=0.5, <duration>)
    <two> failed: python train.py (uncommitted changes)
"""
    )


@pytest.mark.usefixtures("project")
def test_arguments_of_git_log_are_handed_on_as_they_stand(capfd: Capture) -> None:
    # `h` and `--help` inside of git's own options are git's
    assert main(["log", "--oneline", "-1", "-Shello", "-i", "--grep=--help", "--", "train.py", "--json"]) == 0
    assert capfd.readouterr() == ("", "")
    assert main(["log", "--format=%s", "-n", "1", "--", "train.py"]) == 0
    assert capfd.readouterr().out.startswith("first\n")


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_ours(capfd: Capture, option: str) -> None:
    assert main(["log", option]) == 0
    assert capfd.readouterr().out.startswith("Usage: git prov log [OPTIONS] [GIT-LOG-ARGS]...\n")


def test_json_gives_commits_their_runs_with_grades(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["log", "-n", "1", "--json", "--", "."]) == 0
    said, amiss = capfd.readouterr()
    assert amiss == ""
    assert json.loads(said) == {
        "schema": 1,
        "commits": [
            {
                "commit": project.head,
                "runs": [{"id": record_id(1), "grade": "exact"}],
                "uncommitted": [record_id(2)],
            }
        ],
    }


def test_before_the_first_commit_the_answer_is_empty_and_friendly(
    make_repo: RepoMaker, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(make_repo(empty=True).path)
    assert main(["log"]) == 0
    said, amiss = capfd.readouterr()
    assert (said, amiss) == ("", "note: there is no commit yet, so no run belongs to one; see all runs: git prov ls\n")
    assert main(["log", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"schema": 1, "commits": []}


@pytest.mark.usefixtures("project")
def test_what_git_refuses_is_fatal_in_its_words(capfd: Capture) -> None:
    assert main(["log", "nowhere"]) == 128
    said, amiss = capfd.readouterr()
    assert said == ""
    assert amiss.startswith("fatal: git log: ambiguous argument 'nowhere'")


def test_colour_is_gits_and_ours_alike(project: RepoBuilder, capfd: Capture) -> None:
    assert main(["log", "--color=always"]) == 0
    said = capfd.readouterr().out
    assert "\x1b[33mcommit" in said
    assert f"\x1b[33m{record_id(1)[:7]}\x1b[m \x1b[32mok\x1b[m" in said
    project.git("config", "color.ui", "always")
    assert main(["log", "-1"]) == 0
    assert "\x1b[" in capfd.readouterr().out
    assert main(["log", "--no-color"]) == 0
    assert "\x1b" not in capfd.readouterr().out
    project.git("config", "color.diff", "never")
    assert main(["log"]) == 0
    assert "\x1b" not in capfd.readouterr().out


def test_outside_a_repository_the_cause_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["log"]) == 128
    assert "not a git repository" in capfd.readouterr().err
