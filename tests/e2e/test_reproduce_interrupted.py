"""A reproduction that is ended at any point leaves nothing: no worktree, no lock, no half record, no process."""

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from support.namespaces import needs_bubblewrap
from support.program import git_prov
from support.replayed import leftovers, project, recorded, runs
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

WAIT = """\
if [ -n "$WAIT" ]; then echo run > "{begun}"; read line < "{door}"; fi
mkdir -p out
cat data/train.csv > out/copy.txt
echo "$MORE" >> out/copy.txt
"""
AWAY = {"data": "data/train.csv", "compare": "out/copy.txt"}
"""What is fetched at which stage."""
STAGES = ("checkout", "data", "run", "compare")
PATIENCE = 60


class Host:
    """A web server on this machine that may stop in the middle of what it sends."""

    def __init__(self, begun: Path) -> None:
        self.files: dict[str, bytes] = {}
        self.holds = ""
        """What it tells whoever waits for it to stop; "" where it does not stop."""
        self.begun = begun
        self.door = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, host: Host, *args: Any) -> None:  # noqa: ANN401 - as the server gives them
        self._host = host
        super().__init__(*args)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        data = self._host.files[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self._host.holds:
            self.wfile.write(data[:1])
            self._host.begun.write_text(f"{self._host.holds}\n")
            self._host.door.wait()
        with suppress(ConnectionError):  # whoever asked is gone
            self.wfile.write(data[1:] if self._host.holds else data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server has
        """Say nothing."""


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
        self.handles: list[int] = []
        self.host = Host(self.begun)
        for path in AWAY.values():
            self.host.files[f"/{path}"] = (repo.path / path).read_bytes()
            added = git_prov("data", "add", "--url", f"{self.host.url}/{path}", path, cwd=repo.path)
            assert added.status == 0, added.stderr
        self.refs = repo.refs()

    def begin(self, stage: str, *options: str) -> "subprocess.Popen[bytes]":
        """Begin a reproduction, and return it once it has come to a stage."""
        environ = {**os.environ, "WAIT": "1" if stage == "run" else ""}
        if stage in AWAY:  # the bytes are at their address, and nowhere else
            (self.repo.path / AWAY[stage]).unlink()
            self.host.holds = environ["MORE"] = stage
        if stage == "checkout":
            smudge = f'sh -c \'echo checkout > "{self.begun}"; read line < "{self.door}"; cat\''
            self.repo.git("config", "filter.slow.smudge", smudge)
        with self.said.open("wb") as said:  # not a pipe: what outlives a killed reproduction would hold it open
            process = subprocess.Popen(
                ["git-prov", "reproduce", self.run, "--env", "current", "--yes", *options],
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
        self.host.door.set()

    def end(self) -> None:
        """End whatever waits, and whoever serves."""
        self.let_go()
        for handle in self.handles:
            os.close(handle)
        self.host.close()


@pytest.fixture
def scene(repo: RepoBuilder, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(repo, tmp_path)
    yield scene
    scene.end()


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


@needs_bubblewrap
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_nothing_is_left_of_a_place_that_was_shown_elsewhere(scene: Scene, number: signal.Signals) -> None:
    process = scene.begin("run", "--same-path", ".")
    os.kill(process.pid, number)
    process.wait(PATIENCE)
    scene.let_go()
    _wait_until_nobody_is_in(process.pid)
    assert [run["id"] for run in runs(scene.repo.path)] == [scene.run]
    assert leftovers(scene.repo) == []
    assert scene.repo.git("status", "--porcelain") == ""


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
