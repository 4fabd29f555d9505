"""Whether a process that was noted down is still the one it was: numbers are used again, and machines restart."""

import os
from typing import NamedTuple

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Process(NamedTuple):
    """A process by its number and, where the system tells, its start time."""

    pid: int
    started: str


def boot_id() -> str:
    """What changes each time the machine starts; empty where the system does not say."""
    try:
        with open(_BOOT_ID, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def process(pid: int) -> Process:
    """The process that has this number now."""
    return Process(pid, _stat(pid)[1])


def nearest_without(variable: str, pid: int) -> Process:
    """The nearest ancestor of a process that was not started with this variable; its parent where nobody tells.

    What other users' processes were started with is not shown: such an ancestor counts as one without.
    """
    wanted = variable.encode() + b"="
    ancestor = _parent(pid)
    while ancestor > 1 and any(one.startswith(wanted) for one in _environ(str(ancestor))):
        ancestor = _parent(ancestor)
    return process(ancestor)


def is_persons_shell(pid: int) -> bool:
    """Whether a process leads the session of a terminal and gives what it starts a process group of its own."""
    fields = _fields(pid)
    leads = len(fields) > 4 and int(fields[3]) == pid and fields[4] != "0"
    return leads and os.getpgrp() != int(fields[2])


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if len(fields) > 1 else os.getppid() if pid == os.getpid() else 1


def is_alive(noted: Process, boot: str) -> bool:
    """Whether a process noted while the machine had this boot id goes on."""
    if boot != boot_id():
        return False
    if noted.started:
        state, started = _stat(noted.pid)
        return started == noted.started and state not in ("Z", "X")
    try:
        os.kill(noted.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not os.path.isdir("/proc/self")  # where there is a /proc, a process without a start time is gone


def any_has(variable: str) -> bool:
    """Whether a process goes on whose environment has `NAME=value`; false where the system does not show them."""
    wanted = variable.encode()
    try:
        numbers = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return False
    return any(wanted in _environ(number) for number in numbers)


def _environ(pid: str) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def _stat(pid: int) -> tuple[str, str]:
    """A process's state and start time; empty where there is none, or no /proc."""
    fields = _fields(pid)
    return (fields[0], fields[19]) if len(fields) > 19 else ("", "")


def _fields(pid: int) -> list[str]:
    """What proc(5) says of a process in `stat`, from the third field on: state, parent, group, session, terminal."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].decode("ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
