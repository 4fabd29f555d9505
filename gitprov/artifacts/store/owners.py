"""Whose the files under `tmp/` of a store are: their names say which process of which machine makes them."""

import os
import re
from functools import cache
from typing import Final

from blake3 import blake3

_NAME: Final = re.compile(r"([0-9]{1,10})-([0-9a-f]{16})-[0-9a-f]{16}")


def new_name() -> str:
    """Return a new name for a file of this process."""
    return f"{os.getpid()}-{_here()}-{os.urandom(8).hex()}"


def is_left(name: str, *, is_old: bool) -> bool:
    """Tell whether nobody works on a file any more: its process is no more, or, where that cannot be known, it is old.

    A second name of somebody's file is as old as that file; so one whose process is at work is never old.
    """
    match = _NAME.fullmatch(name)
    if match is None or match[2] != _here() or not _can_tell():
        return is_old
    try:
        os.kill(int(match[1]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's
        return False
    return False


@cache
def _here() -> str:
    """Return 16 hex digits for this machine since it was started, and for those of its processes that we can see."""
    seen = "\0".join((os.uname().nodename, *_started()))
    return blake3(seen.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@cache
def _started() -> tuple[str, ...]:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip(), os.readlink("/proc/self/ns/pid")
    except OSError:
        return ()


def _can_tell() -> bool:
    """Tell whether a process with a number is the one that is meant: only where machines tell themselves apart."""
    return bool(_started())
