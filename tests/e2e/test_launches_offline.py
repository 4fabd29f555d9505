"""A node without a network: runs are recorded at once, and synced when there is one."""

import json
import os
from pathlib import Path

import pytest

from support.crowd import assert_sound, listed
from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

NOWHERE = "ssh://git@node.invalid/lab/project.git"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An ssh that reaches nobody, and notes that it was called."""
    ssh = tmp_path / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text(f'#!/bin/sh\necho called >>"{tmp_path}/called"\necho "ssh: no route to host" >&2\nexit 255\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("no_network")
def test_what_is_recorded_without_a_network_is_sent_by_the_first_sync_with_one(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    repo.git("remote", "add", "origin", NOWHERE)
    assert git_prov("init", "-q", cwd=repo.path).status == 0
    (tmp_path / "called").unlink(missing_ok=True)  # `init` looks what the remote has
    for word in ("one", "two"):
        assert git_prov("run", "--", "echo", word, cwd=repo.path).status == 0
    assert not (tmp_path / "called").exists()  # a run asks nobody
    recorded = listed(repo.path)
    assert len(recorded) == 2

    failed = git_prov("sync", cwd=repo.path)
    assert failed.status != 0
    assert "no route to host" in failed.stderr
    assert (tmp_path / "called").exists()
    assert listed(repo.path) == recorded

    hub = RepoBuilder.init(tmp_path / "hub.git", bare=True)
    repo.git("remote", "set-url", "origin", str(hub.path))
    assert git_prov("sync", cwd=repo.path).status == 0
    repo.git("push", "-q", "origin", "main")
    clone = repo.clone(tmp_path / "clone")
    clone.git("remote", "set-url", "origin", str(hub.path))
    assert json.loads(git_prov("sync", "--json", cwd=clone.path).stdout)["remotes"]
    assert listed(clone.path) == recorded
    assert_sound(repo)
