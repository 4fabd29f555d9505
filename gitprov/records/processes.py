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
    """A process's state and start time, as proc(5) has them; empty where there is none, or no /proc."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].decode("ascii").split()
        return fields[0], fields[19]
    except (OSError, IndexError, UnicodeDecodeError):
        return "", ""
