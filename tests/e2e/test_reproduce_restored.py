"""The software rebuilt from the record alone: in another clone, under another HOME, with nothing installed for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import git_prov
from support.records import append, run_record
from support.replayed import DATA, leftovers, newest, project
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e


def test_a_clone_under_another_home_rebuilds_the_software_and_reproduces_the_run(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", own], check=True)
    hub = project(repo).bare_remote(tmp_path / "hub.git")
    assert git_prov("init", cwd=repo.path).status == 0
    started = git_prov("run", "--seed", "3", "--", own / "bin/python", "train.py", "3", cwd=repo.path)
    assert started.status == 0, started.stderr
    repo.git("push", "-q", "-u", "origin", "HEAD")
    there = hub.clone(tmp_path / "there")
    assert git_prov("init", cwd=there.path).status == 0
    there.write("data/train.csv", DATA)
    run = newest(there.path)["id"]

    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": None}
    for is_first in (True, False):
        outcome = git_prov("reproduce", run, "--yes", "--json", "--installer", "pip", cwd=there.path, env=home)
        assert outcome.status == 0, outcome.stderr
        (done,) = json.loads(outcome.stdout)["replications"]
        assert (done["verdict"], done["environment"]) == ("identical", "restored")
        assert ("making a virtual environment of Python" in outcome.stderr.partition("Checking out")[2]) is is_first
        interpreter = done["rerun_record"]["environment"]["interpreter"]
        assert interpreter.startswith("venv ~/.cache/git-prov/environments/")
    assert leftovers(there) == []


def test_a_run_of_no_python_is_reproduced_with_what_is_here(repo: RepoBuilder, tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("git", "git-prov", "sh"):
        found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
        (bare / name).symlink_to(found)
    repo.commit("shell", {"make.sh": "echo made > out.txt\n"})
    path = {"PATH": str(bare)}
    assert git_prov("run", "-o", "out.txt", "--", "sh", "make.sh", cwd=repo.path, env=path).status == 0
    outcome = git_prov("reproduce", "@", "--yes", cwd=repo.path, env=path)
    assert outcome.status == 0, outcome.stderr
    assert "the run used no Python" in outcome.stderr


def test_a_lock_that_is_not_here_ends_it_before_anything_is_asked_or_made(repo: RepoBuilder) -> None:
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    environment = {"digest": "b3:" + "0" * 64, "python": "3.11.7"}
    append(repo.path, run_record(1, code=code, cwd=".", environment=environment))
    outcome = git_prov("reproduce", "@", "--yes", cwd=repo.path)
    assert outcome.status == 128
    assert "its software cannot be had: the lock of the run's environment is not in this clone" in outcome.stderr
    assert "--env current" in outcome.stderr
    assert leftovers(repo) == []
