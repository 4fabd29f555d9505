"""Whether strace works here: tried once, and remembered for as long as nothing that decides it has changed."""

import fcntl
import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.capture import disposable
from gitprov.capture.strace.command import OLDEST, command_line

_FILE: Final = "strace.json"
_MOST_REMEMBERED: Final = 16  # a cache may be shared by many machines
_PATIENCE: Final = 10.0
_DECISIVE: Final = ("Uid:", "CapEff:", "NoNewPrivs:", "Seccomp:")
_ALREADY: Final = "this run is already traced"
_TRUE: Final = "true"


class Answer(NamedTuple):
    """Where strace is, or why it cannot be used."""

    path: str
    """Empty where it cannot be used."""
    reason: str = ""
    """One clause for a person, empty where it can be used."""


def available(environ: Mapping[str, str], cache_dir: str) -> Answer:
    """Tell whether a command with this environment can be run under strace."""
    if sys.platform != "linux":
        return Answer("", "strace is for Linux only")
    path = environ.get("PATH", os.defpath)
    strace = _find("strace", path)
    if not strace:
        return Answer("", "strace is not installed")
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            status = file.read().splitlines()
        key = _key(strace, status)
    except OSError as error:
        return Answer("", f"strace needs /proc ({error.strerror})")
    if "TracerPid:\t0" not in status:
        return Answer("", _ALREADY)
    remembered = _load(cache_dir)
    reason = remembered.get(key)
    if reason is None:
        reason, is_lasting = _try(strace, path)
        if is_lasting:
            remembered[key] = reason
            _save(cache_dir, remembered)
    return Answer("", reason) if reason else Answer(strace)


def forget(cache_dir: str) -> None:
    """Try again the next time: what is remembered turned out to be wrong."""
    _save(cache_dir, {})


def _find(name: str, path: str) -> str:
    places = [os.path.abspath(os.path.join(directory or ".", name)) for directory in path.split(os.pathsep)]
    return next((place for place in places if os.path.isfile(place) and os.access(place, os.X_OK)), "")


def _key(strace: str, status: list[str]) -> str:
    """Return all that decides whether strace works, as text. Raises `OSError`."""
    found = os.stat(strace)
    parts = [strace, str(found.st_mtime_ns), str(found.st_ino), str(found.st_size), str(found.st_mode)]
    parts += [_content("/proc/sys/kernel/random/boot_id"), os.readlink("/proc/self/ns/pid")]
    parts += [line for line in status if line.startswith(_DECISIVE)]
    try:
        parts.append(_content("/proc/sys/kernel/yama/ptrace_scope"))
    except OSError:
        parts.append("-")
    return "\n".join(parts)


def _content(path: str) -> str:
    with open(path, encoding="ascii", errors="replace") as file:
        return file.read().strip()


def _load(cache_dir: str) -> dict[str, str]:
    try:
        with open(os.path.join(cache_dir, _FILE), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    items = found.items() if isinstance(found, dict) else ()
    return {key: reason for key, reason in items if isinstance(reason, str)}


def _save(cache_dir: str, remembered: dict[str, str]) -> None:
    latest = dict(list(remembered.items())[-_MOST_REMEMBERED:])
    disposable.write(os.path.join(cache_dir, _FILE), json.dumps(latest).encode())


def _try(strace: str, path: str) -> tuple[str, bool]:
    """Run a program that does nothing under strace: return why that fails, and whether it would fail again."""
    program = _find(_TRUE, path) or _find(_TRUE, os.defpath)
    if not program:
        return f"there is no program `{_TRUE}` to try strace with", False
    source, door = os.pipe()
    try:
        return _judge(*_run(strace, program, path, source, door))
    except OSError as error:
        return f"strace cannot be started ({error.strerror})", True
    finally:
        os.close(source)


def _run(strace: str, program: str, path: str, source: int, door: int) -> tuple[int | None, str, str]:
    """Return the exit status (None: it took too long), what strace complained of, and what it saw."""
    import subprocess

    output = f"/proc/{os.getpid()}/fd/{door}"
    try:
        with subprocess.Popen(
            command_line(strace, output, program, [program], path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                complaints = process.communicate(timeout=_PATIENCE)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                return None, "", ""
    finally:
        os.close(door)
    fcntl.fcntl(source, fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        seen = os.read(source, 1 << 16)
    except BlockingIOError:
        seen = b""
    return process.returncode, complaints, seen.decode("utf-8", "replace")


def _judge(status: int | None, complaints: str, seen: str) -> tuple[str, bool]:
    if status is None or status == -signal.SIGALRM:
        return "strace took too long to start", False
    if status == 0 and not complaints and " execve(" in seen and "+++ exited with 0 +++" in seen:
        return "", True
    if re.search(r"invalid option|unrecognized option|invalid system call|Usage:|too many -D", complaints):
        return f"strace is too old: {'.'.join(map(str, OLDEST))} is needed", True
    lines = [line.removeprefix("strace: ") for line in complaints.splitlines()]
    denied = next((line for line in lines if "ptrace" in line.lower()), "")
    if denied:
        words = denied.rpartition(": ")[2]
        return f"strace is not allowed here (ptrace: {words})", True
    return f"strace does not work here ({lines[0] if lines else f'status {status}'})", True
