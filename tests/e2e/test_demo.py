import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.program import Outcome, run_program
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

PUSHED = "refs/prov/log"
FETCHED = "refs/prov/remotes/origin/log"


def demo(cwd: Path, *args: str | Path, config: str = "", **env: str) -> Outcome:
    """Play the demonstration for a person whose git configuration is `config`: by default, none at all."""
    home = cwd / "somebody"
    home.mkdir()
    (home / ".gitconfig").write_text(config)
    unknown = {"HOME": str(home), "GIT_CONFIG_GLOBAL": None, "XDG_CONFIG_HOME": None}
    return run_program("git-prov", "demo", *args, cwd=cwd, env={**unknown, **env})


def records(clone: Path) -> list[dict[str, Any]]:
    """What `git prov show --json` says of each run that a clone knows, oldest first."""
    listed = json.loads(run_program("git", "prov", "ls", "--json", cwd=clone).stdout)["runs"]
    shown = [run_program("git", "prov", "show", run["id"], "--json", cwd=clone).stdout for run in listed]
    found = [json.loads(text)["records"][0] for text in shown]
    return sorted(found, key=lambda record: record["at"])


def test_a_person_without_git_identity_sees_the_records_arrive_in_a_sound_clone(tmp_path: Path) -> None:
    done = demo(tmp_path, "stage")

    assert done.status == 0, done.stderr
    project, colleague = (RepoBuilder(tmp_path / "stage" / name) for name in ("project", "colleague"))
    sent, found = project.refs(PUSHED), colleague.refs(FETCHED)
    assert {name.removeprefix(PUSHED): oid for name, oid in sent.items()} == {
        name.removeprefix(FETCHED): oid for name, oid in found.items()
    }
    assert len(sent) == 1
    assert records(project.path) == records(colleague.path)
    for clone in (project, colleague, RepoBuilder(tmp_path / "stage" / "remote.git")):
        clone.fsck()


def test_the_runs_are_of_a_commit_and_of_a_snapshot_and_their_accuracy_is_real(tmp_path: Path) -> None:
    done = demo(tmp_path, "stage")

    assert done.status == 0, done.stderr
    project = RepoBuilder(tmp_path / "stage" / "project")
    first, second = records(project.path)
    assert first["code"]["commit"] == second["code"]["base"] == project.git("rev-parse", "HEAD~1")
    assert second["code"]["tree"] == project.git("rev-parse", "HEAD^{tree}")
    written = json.loads((project.path / "metrics.json").read_text())
    assert second["metrics"]["accuracy"] == written["accuracy"]
    assert 0.95 < first["metrics"]["accuracy"] < second["metrics"]["accuracy"] <= 1
    history = project.git("log")
    assert first["id"][:7] in history
    assert second["id"][:7] in history


def test_without_a_directory_it_makes_one_and_names_it(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()

    done = demo(tmp_path, TMPDIR=str(tmp_path / "tmp"))

    assert done.status == 0, done.stderr
    [made] = (tmp_path / "tmp").glob("git-prov-demo-*")
    assert f"kept in {made.resolve()}" in done.stdout
    assert (made / "colleague" / "train.py").exists()


def test_a_directory_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "stage").mkdir()
    (tmp_path / "stage" / "thesis.tex").write_text("years of work")

    done = demo(tmp_path, "stage")

    assert done.status == 128
    assert "stage is not empty" in done.stderr
    assert os.listdir(tmp_path / "stage") == ["thesis.tex"]


def test_shared_hooks_and_signing_of_the_person_are_neither_used_nor_touched(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    config = f"""
        [user]
            name = Ana Lima
            email = ana@example.org
        [core]
            hooksPath = {tmp_path / "shared"}
        [commit]
            gpgSign = true
        [gpg]
            program = false
    """

    done = demo(tmp_path, "stage", config=config)

    assert done.status == 0, done.stderr
    assert os.listdir(tmp_path / "shared") == []
    assert (tmp_path / "somebody" / ".gitconfig").read_text() == config
    project = RepoBuilder(tmp_path / "stage" / "project")
    assert project.git("log", "-1", "--format=%an <%ae>") == "Ana Lima <ana@example.org>"
    assert "user." not in project.git("config", "--local", "--list")


def test_a_step_that_fails_is_named_with_the_words_of_the_command(tmp_path: Path) -> None:
    hook = tmp_path / "template" / "hooks" / "pre-push"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\necho no pushing today >&2\nexit 1\n")
    hook.chmod(0o755)

    done = demo(tmp_path, "stage", GIT_TEMPLATE_DIR=str(tmp_path / "template"))

    assert done.status == 128
    assert "An ordinary push to a bare repository takes them along" in done.stderr
    assert "no pushing today" in done.stderr
    assert str(tmp_path / "stage") in done.stderr
