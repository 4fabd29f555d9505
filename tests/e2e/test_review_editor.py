"""A review is written in the person's own editor, on a real terminal, and travels."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from support.program import PATIENCE, git_prov, laid_over
from support.records import append, record_id, run_record
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

RUN = record_id(1)


def on_terminal(*args: str, cwd: Path, **changes: str | None) -> tuple[int, str]:
    """Run `git prov` with a terminal of its own; return its status and what was on it."""
    reading, writing = pty.openpty()
    environ = laid_over(os.environ, {"TERM": "xterm", **changes})
    with subprocess.Popen(
        ["git", "prov", *args], cwd=cwd, env=environ, stdin=writing, stdout=writing, stderr=writing
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
def project(repo: RepoBuilder) -> RepoBuilder:
    """A repository with a run on its commit."""
    append(repo.path, run_record(1, by="Cy <cy@example.org>", code={"commit": repo.head}))
    return repo


def editor(repo: RepoBuilder, script: str) -> str:
    """Return the command of an editor that does this with the file `$1`, in a directory with a space."""
    return f"'{repo.write('.git/my tools/ed', f'#!/bin/sh{chr(10)}{script}{chr(10)}', executable=True)}'"


def text_of_review(repo: RepoBuilder) -> str:
    note = repo.git("notes", "--ref=prov", "show", repo.head)
    return next(line for line in note.split("[[review]]")[1].splitlines() if line.startswith("text"))


@pytest.mark.parametrize("where", ["GIT_EDITOR", "core.editor", "VISUAL"])
def test_the_editor_is_the_one_that_git_would_open_and_remarks_are_left_out(project: RepoBuilder, where: str) -> None:
    command = editor(project, 'cp "$1" .git/seen; printf "\\n  Read it.\\n# not this\\nRan it.\\n\\n" > "$1"')
    environ: dict[str, str | None] = {"GIT_EDITOR": None, "VISUAL": None, "EDITOR": "false"}
    if where == "core.editor":
        project.git("config", where, command)
    else:
        environ[where] = command
    status, seen = on_terminal("review", RUN, "--reject", cwd=project.path, **environ)
    assert status == 0, seen
    assert f"rejected run {RUN[:7]}" in seen
    assert text_of_review(project) == 'text = "Read it.\\nRan it."'
    assert (project.path / ".git/seen").read_text().startswith("\n# Say why you reject this.\n")


@pytest.mark.parametrize("verdict", ["--accept", "--reject"])
def test_an_empty_text_records_nothing(project: RepoBuilder, verdict: str) -> None:
    before = project.refs("refs/prov/log")
    status, seen = on_terminal("review", RUN, verdict, cwd=project.path, GIT_EDITOR="true")
    assert (status, "nothing was recorded: there is no text" in seen) == (1, True)
    assert project.refs("refs/prov/log") == before


def test_an_editor_that_fails_records_nothing(project: RepoBuilder) -> None:
    before = project.refs("refs/prov/log")
    status, seen = on_terminal("review", RUN, "--accept", cwd=project.path, GIT_EDITOR="exit 3; :")
    assert (status, "ended with status 3" in seen) == (128, True)
    assert project.refs("refs/prov/log") == before


def test_the_comment_character_is_the_one_of_git(project: RepoBuilder) -> None:
    project.git("config", "core.commentChar", ";")
    command = editor(project, 'printf "#3 is wrong\\n" | cat - "$1" > .git/new; cp .git/new "$1"')
    status, seen = on_terminal("review", RUN, "--reject", cwd=project.path, GIT_EDITOR=command)
    assert status == 0, seen
    assert text_of_review(project) == 'text = "#3 is wrong"'


def test_a_review_travels_and_stands_in_the_other_clone(project: RepoBuilder, tmp_path: Path) -> None:
    hub = project.bare_remote(tmp_path / "hub")
    project.git("push", "-q", "origin", "HEAD")
    assert git_prov("sync", cwd=project.path).status == 0
    other = hub.clone(tmp_path / "other")
    assert git_prov("init", cwd=other.path).status == 0
    assert git_prov("sync", cwd=other.path).status == 0
    done = git_prov("review", "@", "--reject", "-m", "No.", cwd=other.path)
    assert done.status == 0, done.stderr
    assert git_prov("sync", cwd=other.path).status == 0
    assert git_prov("sync", cwd=project.path).status == 0
    assert "rejected by 1 person" in git_prov("show", cwd=project.path).stdout
    assert "[[review]]" in project.git("notes", "--ref=prov", "show", project.head)
