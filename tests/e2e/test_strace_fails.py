"""strace works when it is tried and fails when it is needed: the command runs all the same, and its files are seen."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from gitprov.capture.strace.available import available
from support.program import git_prov
from support.repo import RepoBuilder

REAL = available(os.environ, os.devnull).path
pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not REAL, reason="strace does not work here")]

PROGRAM = "open('out.txt', 'w').write(open('in.csv').read())\n"


@pytest.fixture
def fickle(tmp_path: Path) -> str:
    """A PATH on which stands a strace that traces `true` and nothing else."""
    directory = tmp_path / "bin"
    directory.mkdir()
    strace = directory / "strace"
    strace.write_text(f'#!/bin/sh\ncase "$*" in *"-- "*true*) exec {REAL} "$@";; esac\nexit 1\n')
    strace.chmod(0o755)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


def recorded(repo: RepoBuilder, path: str, trace: str) -> dict[str, Any]:
    repo.commit("program", {"p.py": PROGRAM, ".gitignore": "in.csv\nout.txt\n"})
    repo.write("in.csv", "1")
    python = shutil.which("python3") or ""
    done = git_prov("run", "--trace", trace, python, "p.py", cwd=repo.path, env={"PATH": path})
    assert done.status == 0, done.stderr
    assert (repo.path / "out.txt").read_text() == "1"
    found: dict[str, Any] = json.loads(
        repo.git("log", "-1", "--format=%B", *repo.refs("refs/prov/log")).splitlines()[-1]
    )
    return found


def test_python_sees_the_files_in_its_place(repo: RepoBuilder, fickle: str) -> None:
    run = recorded(repo, fickle, "auto")

    assert run["capture"]["tracer"] == "python"
    assert [entry["path"] for entry in run["input"]] == ["in.csv"]
    assert [entry["path"] for entry in run["output"]] == ["out.txt"]


def test_where_nothing_else_was_to_watch_that_is_said(repo: RepoBuilder, fickle: str) -> None:
    run = recorded(repo, fickle, "strace")

    assert "strace failed before the command started: the files it used are not known" in run["capture"]["missing"]
