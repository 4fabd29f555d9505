"""Whether a run used Python at all is recorded where every program of it was seen."""

import os
import sys
from pathlib import Path

import pytest

from gitprov.capture.strace.available import available
from support.program import git_prov
from support.replayed import newest
from support.repo import RepoBuilder

STRACE = bool(available(os.environ, os.devnull).path)
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not STRACE, reason="without strace nobody sees which programs ran"),
]


def python_ran(path: Path, *command: str) -> object:
    assert git_prov("run", "--", *command, cwd=path).status == 0
    return newest(path)["environment"].get("python_ran")


def test_a_run_of_other_programs_says_that_no_python_ran(repo: RepoBuilder) -> None:
    assert python_ran(repo.path, "sh", "-c", "ls | sort > out.txt") is False
    shown = git_prov("show", "@", cwd=repo.path).stdout
    (line,) = (line for line in shown.splitlines() if line.startswith("Environment"))
    assert "Python" not in line
    assert "lock" not in line
    assert "the run used no Python" in git_prov("env", "show", "@", cwd=repo.path).stderr


@pytest.mark.parametrize("command", ["{python} -c pass", "{python} -I -S -c pass", "./isolated", "env {python} -E -V"])
def test_a_python_that_is_hard_to_see_counts(repo: RepoBuilder, command: str) -> None:
    script = repo.write("isolated", f"#!{sys.executable} -I\npass\n")
    script.chmod(0o755)
    assert python_ran(repo.path, "sh", "-c", f"true; {command.format(python=sys.executable)}") is None


def test_where_not_all_programs_are_seen_nothing_is_said(repo: RepoBuilder) -> None:
    assert git_prov("run", "--trace", "python", "--", "true", cwd=repo.path).status == 0
    assert "python_ran" not in newest(repo.path)["environment"]
