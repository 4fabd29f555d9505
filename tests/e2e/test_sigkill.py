"""SIGKILL at any moment: the repository stays whole, every run that began is accounted for, nothing blocks the next."""

import json
import os
import random
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.crowd import assert_sound, listed, noted
from support.program import Outcome, git_prov
from support.repo import RepoBuilder
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

KILLS = int(os.environ.get("GITPROV_TEST_KILLS", "10"))
"""How many moments a test takes. The figure of a release is 100."""
LONGEST = 0.2
"""Seconds in which a short run surely begins and mostly ends: moments are drawn from them."""

MIDDLE_OF_A_WRITE = """\
#!/bin/sh
# The real git, but for one verb, which is killed in its midst.
for word; do
    case $word in "$KILLED_VERB") exec timeout --foreground -s KILL "$KILLED_AFTER" "$REAL_GIT" "$@" ;; esac
done
exec "$REAL_GIT" "$@"
"""


class Scene:
    """A repository in which runs are killed, and what is known of them from outside."""

    def __init__(self, repo: RepoBuilder, where: Path) -> None:
        self.repo = repo
        self.where = where
        self.started = where / "started"
        self.started.touch()
        self.shims = where / "shims"
        self.shims.mkdir()
        (self.shims / "git").write_text(MIDDLE_OF_A_WRITE)
        (self.shims / "git").chmod(0o755)

    def begin(self, child: str = ":", *, stdin: int = subprocess.DEVNULL, **environ: str) -> "subprocess.Popen[bytes]":
        """Begin a run that says its id once its child has started; its output ends when wrapper and child are gone."""
        line = f'echo $GIT_PROV_RUN >> "{self.started}"; {child}'
        return subprocess.Popen(
            ["git-prov", "run", "--", "sh", "-c", line],
            cwd=self.repo.path,
            env={**os.environ, **environ},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ids(self) -> list[str]:
        """The ids of the runs whose child has started."""
        return self.started.read_text().split()

    def check(self) -> None:
        """What must be true after each kill."""
        self.repo.fsck()
        shown = listed(self.repo.path)
        assert set(self.ids()) <= set(shown)
        assert len(set(shown)) == len(shown)
        self.repo.fsck()

    def check_that_work_goes_on(self) -> None:
        """What must be true after all of them."""
        before = listed(self.repo.path)
        self.repo.commit("more work")
        assert git_prov("run", "true", cwd=self.repo.path) == Outcome(0, "", "")
        assert len(listed(self.repo.path)) == len(before) + 1
        with_code = [run["id"] for run in runs(self.repo) if "commit" in run.get("code", {})]
        assert noted(self.repo) == sorted(with_code)
        assert_sound(self.repo)


def runs(repo: RepoBuilder) -> list[dict[str, Any]]:
    """All runs as `git prov ls --json` shows them, the newest first."""
    shown: list[dict[str, Any]] = json.loads(git_prov("ls", "--json", cwd=repo.path).stdout)["runs"]
    return shown


@pytest.fixture(params=["a clone", "a linked worktree", "sha256"])
def scene(request: pytest.FixtureRequest, make_repo: RepoMaker, tmp_path: Path) -> Scene:
    repo = make_repo(object_format="sha256" if request.param == "sha256" else "sha1")
    if request.param == "a linked worktree":
        repo = repo.worktree(tmp_path / "linked", "side")
    return Scene(repo, tmp_path)


def moments(name: str) -> list[random.Random]:
    """Sources of chance, one for each kill, the same every time."""
    return [random.Random(f"{name} {number}") for number in range(KILLS)]


def maybe_dirty(scene: Scene, chance: random.Random) -> None:
    """Let some runs begin with a snapshot."""
    if chance.random() < 0.5:
        scene.repo.write("work", f"in progress {chance.random()}")
    elif (scene.repo.path / "work").exists():
        (scene.repo.path / "work").unlink()


def ends_within(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def wait_for_all(process: "subprocess.Popen[bytes]") -> None:
    """Wait until wrapper and child are gone."""
    assert process.stdout is not None
    process.stdout.read()
    process.stdout.close()
    process.wait()


def test_the_wrapper_is_killed(scene: Scene) -> None:
    for chance in moments("wrapper"):
        maybe_dirty(scene, chance)
        process = scene.begin()
        if not ends_within(process, chance.uniform(0, LONGEST)):
            process.kill()
        wait_for_all(process)
        scene.check()
    scene.check_that_work_goes_on()


def test_the_wrapper_is_killed_and_the_child_goes_on(scene: Scene) -> None:
    for chance in moments("orphan")[: KILLS // 2]:
        maybe_dirty(scene, chance)
        before = listed(scene.repo.path)
        process = scene.begin("echo; read line; echo more", stdin=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()  # the child is there
        ends_within(process, chance.uniform(0, LONGEST / 10))
        process.kill()
        process.wait()
        assert listed(scene.repo.path) == before  # a run is not over while its child goes on

        process.stdin.close()
        wait_for_all(process)
        scene.check()
        assert len(listed(scene.repo.path)) == len(before) + 1
        assert runs(scene.repo)[0]["status"] == "killed"
    scene.check_that_work_goes_on()


def test_the_child_is_killed(scene: Scene) -> None:
    for chance in moments("child")[: KILLS // 2]:
        maybe_dirty(scene, chance)
        process = scene.begin("echo $$; read line", stdin=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdin is not None
        child = int(process.stdout.readline())
        ends_within(process, chance.uniform(0, LONGEST / 10))
        os.kill(child, signal.SIGKILL)
        wait_for_all(process)
        process.stdin.close()

        assert process.returncode == 128 + signal.SIGKILL
        assert runs(scene.repo)[0]["signal"] == "SIGKILL"
        scene.check()
    scene.check_that_work_goes_on()


def test_everything_is_killed_at_once(scene: Scene) -> None:
    for chance in moments("everything"):
        maybe_dirty(scene, chance)
        process = subprocess.Popen(
            ["git-prov", "run", "--", "sh", "-c", f'echo $GIT_PROV_RUN >> "{scene.started}"'],
            cwd=scene.repo.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not ends_within(process, chance.uniform(0, LONGEST)):
            os.killpg(process.pid, signal.SIGKILL)
        wait_for_all(process)
        scene.check()
    scene.check_that_work_goes_on()


@pytest.mark.skipif(shutil.which("timeout") is None, reason="timeout(1) is what kills git here")
@pytest.mark.parametrize("verb", ["unpack-objects", "update-ref", "update-index", "write-tree"])
def test_git_is_killed_in_the_midst_of_a_write(scene: Scene, verb: str) -> None:
    real = shutil.which("git")
    assert real is not None
    for chance in moments(verb)[: max(KILLS // 4, 1)]:
        maybe_dirty(scene, chance)
        process = scene.begin(
            PATH=f"{scene.shims}{os.pathsep}{os.environ['PATH']}",
            REAL_GIT=real,
            KILLED_VERB=verb,
            KILLED_AFTER=f"{chance.uniform(0.0005, 0.008):.4f}",
        )
        wait_for_all(process)
        assert process.returncode == 0  # the child's own, whatever becomes of us
        scene.check()
    scene.check_that_work_goes_on()
