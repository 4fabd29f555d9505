"""The lines strace prints, taken apart.

A line is `<pid> <call>(<arguments>) = <result>`; with `-y` a file descriptor is followed by its path in angle
brackets. Strings are escaped as in C, and so are quotes and angle brackets inside of them, so a hostile name cannot
pass for anything else. A call during which another process is heard of comes in two: `unfinished` and `resumed`.
"""

import re
from typing import Final, NamedTuple

PLAIN_OPENS: Final = re.compile(
    rb'^(\d+) +(?:openat\(AT_FDCWD<(/[^<>\\\n]*)>, "([^"\\\n]+)", (O_[A-Z_|]+)(?:, 0\d*)?\) += \d+'
    rb"(?:<(/[^<>\\\n]*)>)?|(.*))$",
    re.MULTILINE,
)
"""Finds in each line: pid, working directory, name, flags and real path where a plain `openat` succeeded, as nearly all
lines have it from version 5.15 on; else pid and, last, the rest of the line."""

PLACE: Final = rb"(AT_FDCWD|-?\d+)(?:<([^>]*)>(?:\(deleted\))?)?"
"""A directory argument: number or `AT_FDCWD`, and path."""
STRING: Final = rb'"((?:[^"\\]|\\.)*)"'
"""A string argument, escaped."""

UNFINISHED: Final = b" <unfinished ...>"
RESUMED: Final = b"<... "
_MARK: Final = b"+++ "

_CALL = re.compile(
    rb"(\w+)\((.*)\) += (?:(\d+)(?:<([^>]*)>(?:\(deleted\))?)?|-1 EINPROGRESS \([^()]*\))",
    re.DOTALL,
)
# A thread that executes a program becomes its process; the result that some versions print for that is nonsense.
_EXECUTED_BY_THREAD = re.compile(rb"(execve(?:at)?)\((.*) <pid changed to \d+ \.\.\.>", re.DOTALL)
_RESUMED = re.compile(rb"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"f": b"\f", b"v": b"\v"}
_DELETED = b" (deleted)"


class Call(NamedTuple):
    """A system call that succeeded, or is about to."""

    name: bytes
    arguments: bytes
    """As printed."""
    value: int
    path: bytes
    """Of the file descriptor that it returned; empty where there is none."""


def parse(text: bytes) -> Call | None:
    """Return the call in a line without its pid, `None` where there is none or it failed."""
    if found := _CALL.fullmatch(text):
        name, arguments, value, path = found.groups()
        return Call(name, arguments, int(value or 0), real(path))
    if found := _EXECUTED_BY_THREAD.fullmatch(text):
        return Call(found[1], found[2], 0, b"")
    return None


def resumed(begin: bytes, text: bytes) -> bytes:
    """Return the whole of a call that came in two."""
    found = _RESUMED.fullmatch(text)
    return begin + found[1] if found else b""


def has_ended(text: bytes) -> bool:
    """Tell whether the line says that the process is no more."""
    return text.startswith((_MARK + b"exited", _MARK + b"killed"))


def successor(text: bytes) -> bytes:
    """Return the pid of the thread that took this process over by executing a program, empty otherwise."""
    words = text.split()
    return words[-2] if text.startswith(_MARK + b"superseded") and len(words) > 2 else b""


def real(path: bytes | None) -> bytes:
    """Return a path out of angle brackets; empty where it is a pipe, a socket or another thing without a name."""
    if not path or not path.startswith(b"/"):
        return b""
    return unescape(path).removesuffix(_DELETED)


def unescape(text: bytes) -> bytes:
    """Return the bytes that an escaped string stands for."""
    return _ESCAPE.sub(_plain, text) if b"\\" in text else text


def _plain(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code.isdigit():
        return bytes([int(code, 8) & 0xFF])
    if len(code) == 3:
        return bytes([int(code[1:], 16)])
    return _LETTERS.get(code, code)
