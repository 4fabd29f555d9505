"""On a terminal, answers go through the pager that git would take, and only there."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from gitprov.errors import ExitStatus
from support.program import PATIENCE, laid_over
from support.records import append, record_id, run_record
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

PAGER = "sed s/^/PAGED:/"


def on_terminal(*args: str, cwd: Path, **changes: str | None) -> tuple[int, str]:
    """Run `git prov` with a terminal as standard output; return its status and what the terminal saw."""
    reading, writing = pty.openpty()
    environ = laid_over(os.environ, {"TERM": "xterm", "COLUMNS": "80", "PAGER": None, **changes})
    with subprocess.Popen(
        ["git", "prov", *args],
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(writing)
        seen = b"".join(iter(lambda: _read(reading), b""))
        status = process.wait(timeout=PATIENCE)
    os.close(reading)
    return status, seen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux: nobody has the other end open any more
        return b""


@pytest.fixture
def project(repo: RepoBuilder) -> Path:
    """A repository with a run on its commit."""
    append(repo.path, run_record(1, code={"commit": repo.head}))
    return repo.path


@pytest.mark.parametrize("verb", ["ls", "show", "log"])
def test_an_answer_on_a_terminal_goes_through_the_pager_in_colour(project: Path, verb: str) -> None:
    status, seen = on_terminal(verb, cwd=project, PAGER=PAGER)
    assert status == 0
    assert all(line.startswith("PAGED:") for line in seen.splitlines())
    assert record_id(1)[:7] in seen
    assert "\x1b[33m" in seen


def test_the_pager_is_the_one_that_git_would_take(project: Path) -> None:
    subprocess.run(["git", "config", "core.pager", "sed s/^/CORE:/"], cwd=project, check=True)
    assert "CORE:" in on_terminal("ls", cwd=project, PAGER=PAGER)[1]
    assert "PAGED:" in on_terminal("ls", cwd=project, GIT_PAGER=PAGER)[1]
    for none in ("cat", ""):
        seen = on_terminal("ls", cwd=project, GIT_PAGER=none)[1]
        assert ":" not in seen.splitlines()[0]
        assert record_id(1)[:7] in seen


def test_the_pager_has_the_settings_that_git_gives_it_unless_the_person_has_their_own(project: Path) -> None:
    show = 'cat >/dev/null; echo "<$LESS>"'
    assert on_terminal("ls", cwd=project, GIT_PAGER=show) == (0, "<FRX>\n")
    assert on_terminal("ls", cwd=project, GIT_PAGER=show, LESS="S") == (0, "<S>\n")


@pytest.mark.parametrize("verb", ["ls", "log"])
def test_a_pager_that_is_left_early_is_no_failure(project: Path, verb: str) -> None:
    append(project, *(run_record(number, message="x" * 1000) for number in range(2, 300)))
    assert on_terminal(verb, "--columns=message" if verb == "ls" else "-p", cwd=project, GIT_PAGER="true") == (0, "")


def test_a_document_for_programs_is_never_paged(project: Path) -> None:
    assert on_terminal("ls", "--json", cwd=project, PAGER=PAGER)[1].startswith('{"schema": 1')


def test_no_colour_is_no_colour(project: Path) -> None:
    for verb in ("ls", "show", "log"):
        assert "\x1b" not in on_terminal(verb, cwd=project, PAGER=PAGER, NO_COLOR="1")[1]


def test_history_on_a_terminal_names_its_branches_as_git_does_there(project: Path) -> None:
    assert "HEAD -> " in on_terminal("log", cwd=project, PAGER=PAGER, NO_COLOR="1")[1]


@pytest.mark.parametrize("verb", ["ls --json", "log -p"])
def test_a_reader_of_a_pipe_who_leaves_ends_it_the_way_git_ends(project: Path, verb: str) -> None:
    (project / "large.txt").write_text("line\n" * 100_000)
    subprocess.run(["git", "add", "."], cwd=project, check=True)
    subprocess.run(["git", "commit", "-qm", "large"], cwd=project, check=True)
    append(project, *(run_record(number, message="x" * 5000) for number in range(2, 100)))
    script = f"git prov {verb} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", script], cwd=project, capture_output=True, timeout=PATIENCE, check=False)
    assert ended.stderr == b""
    assert ended.returncode == ExitStatus.PIPE_CLOSED
