"""Git's words become our errors, with a next step, and no call of ours outlives its time."""

import os
import select
import signal
from pathlib import Path

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import Git, failure

NEEDS_PIDFD = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched with pidfds here")


UNSAFE = """\
fatal: unsafe repository ('/a b' is owned by someone else)
To add an exception for this directory, call:

\tgit config --global --add safe.directory '/a b'
"""


def git(cwd: Path, **environ: str) -> Git:
    return Git(str(cwd), {**os.environ, **environ})


def alias(shell: str) -> tuple[str, ...]:
    """A git command that runs a line of shell."""
    return ("-c", f"alias.play=!{shell}", "play")


def test_the_error_names_the_command_behind_gits_own_options(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match=r"^git update-index: not a git repository"):
        git(tmp_path).run("-C", str(tmp_path), "-c", "core.safecrlf=false", "--no-replace-objects", "update-index")


def test_the_error_speaks_english_whatever_the_person_speaks(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="not a git repository"):
        git(tmp_path, LC_ALL="de_DE.UTF-8", LANGUAGE="de").run("status")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("fatal: not a git repository: '.git'", "git x: not a git repository: '.git'", "git init"),
        ("fatal: a\n\nAdvice\nthat nobody reads", "git x: a", ""),
        ("error: a\nfatal: b\nhint: c", "git x: error: a; b", ""),
        ("", "git x: exit status 5", ""),
        (
            "git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "git x: git@host: Permission denied (publickey).; Could not read from remote repository.",
            "git remote -v",
        ),
        ("error: open('f'): Permission denied", "git x: error: open('f'): Permission denied", "who owns the files"),
        (
            UNSAFE,
            "git x: unsafe repository ('/a b' is owned by someone else)",
            "safe.directory '/a b'",
        ),
    ],
)
def test_what_git_says_is_one_line_and_the_next_step_is_the_hint(words: str, message: str, hint: str) -> None:
    error = failure(("x",), 5, words.encode())

    assert error.message == message
    assert hint in error.hint
    assert (error.stderr, error.returncode) == (words.strip(), 5)


def test_words_that_are_no_text_are_shown_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="caf�"):
        git(tmp_path).run(*alias(r"printf 'caf\351' >&2; exit 3"))


@NEEDS_PIDFD
def test_a_call_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    line = f"sh -c 'echo $$ >> {pids}; exec sleep 1000' & echo $$ >> {pids}; exec sleep 1000"

    with pytest.raises(GitFailed, match=r"git play gave no answer in 0\.5 seconds"):
        git(tmp_path).run(*alias(line), timeout=0.5, new_session=True)

    noted = pids.read_text().split() if pids.exists() else []
    assert all(ends(int(pid)) for pid in noted)


@NEEDS_PIDFD
def test_a_call_that_is_interrupted_is_ended_too(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    running = git(tmp_path).start(
        *alias(f"echo $$ > {pid}.new; mv {pid}.new {pid}; kill -ALRM {os.getpid()}; exec sleep 1000"), new_session=True
    )

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            running.output()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert ends(int(pid.read_text()))


def ends(pid: int) -> bool:
    """Whether a process is gone, or goes within the time that the kernel may take for it."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10)[0])
    finally:
        os.close(handle)


def test_several_calls_go_on_side_by_side(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    reads = git(tmp_path).start(*alias(f"cat {gate}"))
    writes = git(tmp_path).start(*alias(f"echo through > {gate}"))

    assert writes.output() == b""
    assert reads.output() == b"through\n"


def test_standard_input_of_any_size_goes_in(tmp_path: Path) -> None:
    content = os.urandom(1_000_000)

    assert git(tmp_path).run(*alias("cat"), data=content) == content


def test_the_version_is_numbers(tmp_path: Path) -> None:
    assert git(tmp_path).version() > (2, 30)


@pytest.mark.parametrize(
    ("said", "version"), [("2.39.5 (Apple Git-154)", (2, 39, 5)), ("2.54.0.rc1", (2, 54, 0)), ("2.39.GIT", (2, 39))]
)
def test_the_version_of_any_vendor_is_understood(tmp_path: Path, said: str, version: tuple[int, ...]) -> None:
    fake = tmp_path / "git"
    fake.write_text(f"#!/bin/sh\necho 'git version {said}'\n")
    fake.chmod(0o755)

    assert git(tmp_path, PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}").version() == version
