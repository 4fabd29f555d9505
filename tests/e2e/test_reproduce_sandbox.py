"""What a sandbox keeps a reproduced command from, with the real bubblewrap."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from support.namespaces import needs_bubblewrap
from support.replayed import leftovers, recorded, replication, reproduce
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

TRIES = """\
import os, pathlib, socket, sys
home, top, port = sys.argv[1:]
def tried(do):
    try:
        do()
    except OSError:
        return "no"
    return "yes"
tried(lambda: pathlib.Path(home, "pwned").write_text("x"))  # what it sees there may be its own
pathlib.Path("said.txt").write_text(" ".join([
    "key:" + tried(lambda: pathlib.Path(home, ".ssh/id").read_text()),
    "repository:" + tried(lambda: pathlib.Path(top, "pwned").write_text("x")),
    "refs:" + tried(lambda: pathlib.Path(top, ".git/refs/heads/pwned").write_text("x")),
    "network:" + tried(lambda: socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()),
    "temporary:" + tried(lambda: pathlib.Path(os.environ.get("TMPDIR", "/tmp"), "mine").write_text("x")),
]))
"""


@needs_bubblewrap
def test_a_command_in_a_sandbox_writes_in_its_place_alone_and_reaches_nobody(repo: RepoBuilder, tmp_path: Path) -> None:
    home = Path(os.environ["HOME"])
    (home / ".ssh").mkdir()
    (home / ".ssh/id").write_text("secret")
    repo.commit("tries", {"tries.py": TRIES})
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        run = recorded(repo, "python3", "tries.py", str(home), str(repo.path), str(port))
        for path in (home / "pwned", repo.path / "pwned", repo.path / ".git/refs/heads/pwned"):
            path.unlink()
        outcome = reproduce(repo.path, run, "--sandbox", "--in", str(tmp_path / "place"))

    said = (tmp_path / "place/said.txt").read_text()
    assert said == "key:no repository:no refs:no network:no temporary:yes", outcome.stderr
    assert not list(home.glob("pwned"))
    assert not list(repo.path.glob("pwned"))
    assert not [path for path in leftovers(repo) if "replays" in path]


@needs_bubblewrap
def test_a_run_that_needs_nothing_else_is_identical_in_a_sandbox(repo: RepoBuilder) -> None:
    repo.commit("writes", {"write.py": "open('out.txt', 'w').write(open('train.py').read())"})
    run = recorded(repo, "python3", "write.py")
    done = replication(repo.path, run, "--sandbox")
    assert done["verdict"] == "identical"
    assert leftovers(repo) == []


def test_without_bubblewrap_nothing_runs_and_it_is_said(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(repo, "python3", "train.py")
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("git", "git-prov", "python3"):
        (bare / name).symlink_to(shutil.which(name) or "")
    outcome = reproduce(repo.path, run, "--sandbox", PATH=str(bare))
    assert outcome.status == 128
    assert "--sandbox needs bubblewrap, which is not on PATH" in outcome.stderr


def test_where_bubblewrap_may_do_nothing_nothing_runs_and_it_is_said(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(repo, "python3", "train.py")
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    outcome = reproduce(repo.path, run, "--sandbox", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert outcome.status == 128
    assert "bubblewrap may make no namespaces here: bwrap: No permissions" in outcome.stderr
    assert "allow user namespaces" in outcome.stderr
