"""`git prov init`, in words."""

import os
from pathlib import Path

import pytest

from gitprov.cli.main import main
from support.gits import use_git
from support.repo import RepoBuilder

SHARING = (
    "note: a push shares snapshots of uncommitted work that a run was made on; to keep them here: "
    "git config prov.snapshots local\n"
)
Words = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    use_git("hook files", monkeypatch)
    monkeypatch.chdir(repo.path)


def test_what_was_done_is_said_and_what_it_means(repo: RepoBuilder, tmp_path: Path, capsys: Words) -> None:
    repo.bare_remote(tmp_path / "hub.git")

    assert main(["init"]) == 0

    said = "hooks: files in its hooks directory\ngit log shows runs\norigin: git fetch brings records\n"
    assert capsys.readouterr() == (said, SHARING)


def test_again_it_says_what_stands(capsys: Words) -> None:
    main(["init", "-q"])
    capsys.readouterr()

    assert main(["init"]) == 0

    assert capsys.readouterr() == ("hooks: files in its hooks directory\n", SHARING)


def test_quiet_says_nothing(capsys: Words) -> None:
    assert main(["init", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_snapshots_that_stay_need_no_word(repo: RepoBuilder, capsys: Words) -> None:
    repo.git("config", "prov.snapshots", "local")

    assert main(["init"]) == 0

    assert capsys.readouterr().err == ""


def test_hooks_of_others_are_named(repo: RepoBuilder, capsys: Words) -> None:
    repo.write(".git/hooks/pre-push", "#!/bin/sh\n", executable=True)

    assert main(["init"]) == 0

    assert capsys.readouterr().err == "note: kept and still run: pre-push\n" + SHARING


def test_an_unknown_remote_is_refused_before_anything_is_changed(repo: RepoBuilder, capsys: Words) -> None:
    before = (repo.path / ".git/config").read_bytes()

    assert main(["init", "--remote", "nowhere"]) == 128

    said = "fatal: 'nowhere' is not a remote of this repository\nhint: add it: git remote add nowhere URL\n"
    assert capsys.readouterr() == ("", said)
    assert (repo.path / ".git/config").read_bytes() == before
    assert not (repo.path / ".git/prov").exists()


def test_global_and_remote_exclude_each_other(capsys: Words) -> None:
    assert main(["init", "--global", "--remote", "origin"]) == 129
    assert capsys.readouterr().err.startswith("error: --global and --remote exclude each other\n")


def test_outside_a_repository_git_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Words) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["init"]) == 128

    assert capsys.readouterr().err.startswith("fatal: not a git repository")


def test_for_every_clone(home: Path, capsys: Words) -> None:
    assert main(["init", "--global"]) == 0

    template = home / ".local/share/git-prov/template"
    words = capsys.readouterr()
    assert words.out == (f"hooks: files in {template}, which git copies into new repositories\ngit log shows runs\n")
    assert words.err == (
        "note: repositories that are here already: run git prov init in each\n"
        "warning: GIT_TEMPLATE_DIR is set, and git goes by that template instead\n"
    )
    assert os.listdir(template / "hooks")
