import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.capture.strace import available as room
from gitprov.capture.strace.available import Answer, available, forget

REAL = available(os.environ, os.devnull).path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is for Linux only")


class Machine:
    """A PATH with a strace that does as it is told, and says how often it was tried."""

    def __init__(self, root: Path) -> None:
        self.cache = root / "cache"
        self._bin = root / "bin"
        self._bin.mkdir()
        self._tried = root / "tried"
        self.environ = {"PATH": f"{self._bin}:{os.environ['PATH']}"}

    def strace(self, body: str) -> str:
        """Put a strace there."""
        place = self._bin / "strace"
        place.write_text(f"#!/bin/sh\necho >> {self._tried}\n{body}\n")
        place.chmod(0o755)
        return str(place)

    def ask(self) -> Answer:
        """Ask whether strace works."""
        return available(self.environ, str(self.cache))

    @property
    def tries(self) -> int:
        """How often strace was started."""
        return self._tried.read_text().count("\n") if self._tried.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


WORKS = (
    'while [ "$1" != -o ]; do shift; done\n'
    """printf '9  execve("/bin/true", ["true"], 0x1) = 0\\n9  +++ exited with 0 +++\\n' > "$2" """
)


def test_one_that_works_is_tried_once(machine: Machine) -> None:
    strace = machine.strace(WORKS)
    assert [machine.ask() for _ in range(3)] == [Answer(strace)] * 3
    assert machine.tries == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            'echo "strace: attach: ptrace(PTRACE_SEIZE, 7): Operation not permitted" >&2; exit 1',
            "strace is not allowed here (ptrace: Operation not permitted)",
        ),
        (
            'echo "strace: test_ptrace_get_syscall_info: PTRACE_TRACEME: Operation not permitted" >&2; exit 1',
            "strace is not allowed here (ptrace: Operation not permitted)",
        ),
        ("echo \"strace: invalid option -- 'z'\" >&2; exit 1", "strace is too old: 5.4 is needed"),
        ("echo \"strace: unrecognized option '--seccomp-bpf'\" >&2; exit 1", "strace is too old: 5.4 is needed"),
        ('echo "strace: seccomp filter is requested but unavailable" >&2\n' + WORKS, "strace does not work here"),
        ("exit 0", "strace does not work here (status 0)"),
    ],
)
def test_one_that_does_not_work_is_tried_once_too(machine: Machine, body: str, reason: str) -> None:
    machine.strace(body)
    first, second = machine.ask(), machine.ask()
    assert first == second
    assert first.path == ""
    assert first.reason.startswith(reason)
    assert machine.tries == 1


def test_another_strace_is_tried_anew(machine: Machine) -> None:
    machine.strace("exit 1")
    assert machine.ask().reason
    strace = machine.strace(WORKS)
    assert machine.ask() == Answer(strace)
    assert machine.tries == 2


def test_what_is_forgotten_is_tried_anew(machine: Machine) -> None:
    machine.strace(WORKS)
    machine.ask()
    forget(str(machine.cache))
    machine.ask()
    assert machine.tries == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff\xfe"])
def test_a_damaged_memory_is_none(machine: Machine, damage: bytes) -> None:
    strace = machine.strace(WORKS)
    machine.cache.mkdir()
    machine.cache.joinpath("strace.json").write_bytes(damage)
    assert machine.ask() == Answer(strace)


def test_a_cache_that_cannot_be_written_is_done_without(machine: Machine) -> None:
    strace = machine.strace(WORKS)
    machine.cache.write_text("in the way")
    assert machine.ask() == Answer(strace)
    assert machine.ask() == Answer(strace)


def test_one_that_hangs_is_not_waited_for_and_not_held_against_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_PATIENCE", 0.05)
    machine.strace("exec sleep 60")
    assert machine.ask() == Answer("", "strace took too long to start")
    monkeypatch.undo()
    strace = machine.strace(WORKS)
    assert machine.ask() == Answer(strace)


def test_no_strace_is_said(tmp_path: Path) -> None:
    assert available({"PATH": str(tmp_path)}, str(tmp_path)) == Answer("", "strace is not installed")


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert available(os.environ, str(tmp_path)) == Answer("", "strace is for Linux only")


@pytest.mark.skipif(not REAL, reason="strace does not work here")
def test_a_run_inside_a_traced_run_is_not_traced_again(tmp_path: Path) -> None:
    code = (
        "import os, sys; from gitprov.capture.strace.available import available;"
        "print(available(os.environ, sys.argv[1]).reason)"
    )
    argv = [REAL, "-f", "-o", os.devnull, "-e", "trace=none", sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout == "this run is already traced\n"
    assert not os.listdir(tmp_path)
