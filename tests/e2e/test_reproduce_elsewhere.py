"""Somebody else, with a HOME and a pip of their own, reproduces a run whose maker and software are gone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.capture.strace.available import available
from support.locks import wheel
from support.program import git_prov
from support.replayed import leftovers, newest
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

STRACE = bool(available(os.environ, os.devnull).path)

USE = """\
import datetime, json, os
import alpha
json.dump({"half": alpha.VERSION}, open("half.json", "w"))
with open("run.log", "w") as log:
    log.write(f"{datetime.datetime.now()} INFO alpha {alpha.VERSION}\\nwritten to {os.getcwd()}/half.json\\n")
"""


def test_a_run_stands_that_is_all_that_is_left_of_its_maker(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = _recorded_and_pushed(repo, tmp_path, "python", "use.py")
    run = newest(repo.path)["id"]
    shutil.rmtree(repo.path)
    shutil.rmtree(tmp_path / "own")
    there = hub.clone(tmp_path / "there")
    home = _home(tmp_path)
    assert git_prov("init", cwd=there.path, env=home).status == 0

    for is_first in (True, False):
        outcome = git_prov("reproduce", run, "--yes", "--json", "--installer", "pip", cwd=there.path, env=home)
        assert outcome.status == 0, outcome.stderr
        (done,) = json.loads(outcome.stdout)["replications"]
        assert (done["verdict"], done["environment"]) == ("within-tolerance", "restored")
        noise = {one["path"]: set(one.get("noise", ())) for one in done["output"]}
        assert noise["half.json"] == set()
        assert noise["run.log"] >= {"time of the run", "path of the repository"}
        assert ("installing 1 package with pip" in outcome.stderr) is is_first
    assert leftovers(there) == []


@pytest.mark.skipif(not STRACE, reason="without strace nobody sees which programs ran")
def test_no_environment_is_built_for_a_run_that_used_no_python(repo: RepoBuilder, tmp_path: Path) -> None:
    _recorded_and_pushed(repo, tmp_path, "sh", "-c", "echo made > half.json")
    outcome = git_prov("reproduce", "@", "--yes", cwd=repo.path, env=_home(tmp_path))
    assert outcome.status == 0, outcome.stderr
    assert "the run used no Python, so none is installed" in outcome.stderr
    shown = git_prov("show", "@", cwd=repo.path).stdout
    assert "Python 3" not in shown
    assert leftovers(repo) == []


def _recorded_and_pushed(repo: RepoBuilder, root: Path, *command: str) -> RepoBuilder:
    """Run a command in an environment of its own, keep what it made, and push all of it; return the bare repository."""
    own, shared = root / "own", root / "shared"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", own], check=True)
    (site,) = own.glob("lib/python*/site-packages")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel(root / "wheels", "alpha"), site], check=True)
    shared.mkdir()
    hub = repo.bare_remote(root / "hub.git")
    for words in (("init",), ("data", "remote", "add", "shared", shared)):
        assert git_prov(*words, cwd=repo.path).status == 0
    repo.commit("uses", {"use.py": USE, ".gitignore": "half.json\nrun.log\n"})
    path = {"PATH": f"{own}/bin:{os.environ['PATH']}"}
    started = git_prov("run", "--keep", "-o", "half.json", "--", *command, cwd=repo.path, env=path)
    assert started.status == 0, started.stderr
    assert git_prov("data", "push", cwd=repo.path).status == 0
    repo.git("push", "-q", "-u", "origin", "HEAD")
    return hub


def _home(root: Path) -> dict[str, str | None]:
    """Return another HOME, whose pip knows where packages are."""
    configured = root / "home/.config/pip/pip.conf"
    configured.parent.mkdir(parents=True)
    configured.write_text(f"[global]\nno-index = true\nfind-links = {root / 'wheels'}\n")
    theirs = [name for name in os.environ if name.startswith(("PIP_", "XDG_"))]
    return {**dict.fromkeys(theirs), "HOME": str(root / "home")}
