"""Who is asked before somebody else's command runs, on a real terminal."""

import os
import pty
import select
import subprocess
from pathlib import Path

import pytest

from support.replayed import leftovers, recorded, runs
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

QUESTION = "Type yes: "
PATIENCE = 60


def answered(path: Path, answer: bytes, *words: str) -> tuple[int, str]:
    """Answer the question on a terminal; return the exit status and all that was shown."""
    terminal, end = pty.openpty()
    try:
        process = subprocess.Popen(["git-prov", "reproduce", *words], cwd=path, stdin=end, stdout=end, stderr=end)
        os.close(end)
        shown = b""
        while chunk := _read(terminal):
            was, shown = shown, shown + chunk
            if QUESTION.encode() in shown and QUESTION.encode() not in was:
                os.write(terminal, answer)
        return process.wait(PATIENCE), shown.decode()
    finally:
        os.close(terminal)


def _read(terminal: int) -> bytes:
    assert select.select([terminal], [], [], PATIENCE)[0], "it says nothing any more"
    try:
        return os.read(terminal, 65536)
    except OSError:  # what a terminal says when its other end is closed
        return b""


def test_a_typed_yes_runs_it(repo: RepoBuilder) -> None:
    run = recorded(repo, "sh", "-c", "echo out > out.txt; echo has run")
    status, shown = answered(repo.path, b"yes\n", run, "--env", "current")
    assert status == 0, shown
    assert shown.index(QUESTION) < shown.index("\nhas run") < shown.index("identical: ")


@pytest.mark.parametrize("answer", [b"\n", b"y\n", b"YES\n", b"no\n", b"yes please\n", b"\x04"])
def test_anything_else_runs_nothing_and_records_nothing(repo: RepoBuilder, answer: bytes) -> None:
    run = recorded(repo, "sh", "-c", "echo out > out.txt; echo has run")
    refs = repo.refs()
    status, shown = answered(repo.path, answer, run, "--env", "current")
    assert status == 1
    assert "\nhas run" not in shown
    assert "Nothing was run." in shown
    assert (leftovers(repo), repo.refs()) == ([], refs)
    assert "standing" not in runs(repo.path)[0]


def test_several_are_agreed_to_together(repo: RepoBuilder) -> None:
    one = recorded(repo, "sh", "-c", "echo one > one.txt")
    other = recorded(repo, "sh", "-c", "echo two > two.txt")
    status, shown = answered(repo.path, b"yes\n", one, other, "--env", "current")
    assert status == 0, shown
    assert shown.count(QUESTION) == 1
    assert "2 of 2 stand: 2 identical." in shown
