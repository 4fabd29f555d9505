"""A reproduction that is ended at any point leaves nothing: no worktree, no lock, no half record, no process."""

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import git_prov
from support.replayed import leftovers, project, recorded, runs
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

WAIT = """\
if [ -n "$WAIT" ]; then echo run > "{begun}"; read line < "{door}"; fi
echo done > out.txt
"""
STAGES = ("checkout", "run")
PATIENCE = 60


class Scene:
    """A project, and a reproduction of its run that waits at a stage until it is let go."""

    def __init__(self, repo: RepoBuilder, where: Path) -> None:
        self.repo = project(repo)
        self.door, self.begun, self.said = where / "door", where / "begun", where / "said"
        os.mkfifo(self.door)
        os.mkfifo(self.begun)
        repo.commit(
            "waits",
            {
                ".gitattributes": "slow.txt filter=slow\n",
                "slow.txt": "slow\n",
                "wait.sh": WAIT.format(begun=self.begun, door=self.door),
            },
        )
        self.run = recorded(repo, "sh", "wait.sh")
        self.refs = repo.refs()
        self.handles: list[int] = []

    def begin(self, stage: str) -> "subprocess.Popen[bytes]":
        """Begin a reproduction, and return it once it has come to a stage."""
        environ = {**os.environ, "WAIT": "1" if stage == "run" else ""}
        if stage == "checkout":
            smudge = f'sh -c \'echo checkout > "{self.begun}"; read line < "{self.door}"; cat\''
            self.repo.git("config", "filter.slow.smudge", smudge)
        with self.said.open("wb") as said:  # not a pipe: what outlives a killed reproduction would hold it open
            process = subprocess.Popen(
                ["git-prov", "reproduce", self.run, "--env", "current", "--yes"],
                cwd=self.repo.path,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        assert self.begun.read_text() == f"{stage}\n"
        return process

    def let_go(self) -> None:
        """Let whatever waits at the door go on, if anything does."""
        handle = os.open(self.door, os.O_RDWR | os.O_NONBLOCK)
        os.write(handle, b"go\n")
        self.handles.append(handle)


@pytest.fixture
def scene(repo: RepoBuilder, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(repo, tmp_path)
    yield scene
    scene.let_go()
    for handle in scene.handles:
        os.close(handle)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_whoever_ends_it_finds_nothing_left(scene: Scene, stage: str, number: signal.Signals) -> None:
    process = scene.begin(stage)

    # a Ctrl-C comes to the whole group; what somebody sends comes to us alone
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)

    assert process.wait(PATIENCE) == 128 + number, scene.said.read_text()
    assert leftovers(scene.repo) == []
    assert scene.repo.refs() == scene.refs
    assert [run["id"] for run in runs(scene.repo.path)] == [scene.run]
    assert "Traceback" not in scene.said.read_text()


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_kill_left_is_swept_by_the_next_command_and_not_before_its_command_has_ended(
    scene: Scene, stage: str
) -> None:
    process = scene.begin(stage)
    process.kill()
    process.wait(PATIENCE)
    if stage == "run":  # its command goes on: the place is still somebody's
        assert git_prov("ls", cwd=scene.repo.path).status == 0
        assert leftovers(scene.repo) != []

    scene.let_go()
    _wait_until_nobody_is_in(process.pid)
    assert [run["id"] for run in runs(scene.repo.path)] == [scene.run]

    assert leftovers(scene.repo) == []
    assert scene.repo.refs() == scene.refs


def _wait_until_nobody_is_in(session: int) -> None:
    """Wait until all processes of a session have ended."""
    members = [int(name) for name in os.listdir("/proc") if name.isdigit() and _session_of(name) == session]
    for member in members:
        try:
            handle = os.pidfd_open(member)
        except ProcessLookupError:
            continue
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            assert poll.poll(PATIENCE * 1000)
        finally:
            os.close(handle)


def _session_of(pid: str) -> int:
    try:
        return os.getsid(int(pid))
    except ProcessLookupError:
        return 0
