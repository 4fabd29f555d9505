"""Programs that do not do their work under strace."""

import os
import stat
from typing import Final

_CAPABILITIES: Final = "security.capability"
# One process has one tracer.
_TRACERS: Final = frozenset((b"gdb", b"lldb", b"ltrace", b"proot", b"reprozip", b"rr", b"strace"))


def trouble(program: bytes) -> str:
    """Say what keeps a program from its work while it is traced; empty where nothing is known to."""
    name = program.rpartition(b"/")[2]
    if name in _TRACERS:
        return f"{os.fsdecode(name)} cannot trace under strace"
    if _has_privileges(program):
        return f"{os.fsdecode(name)} runs without its privileges under strace"
    return ""


def _has_privileges(program: bytes) -> bool:
    """Tell whether a program has rights of its own (set-user-id, set-group-id, capabilities) that its user lacks."""
    if os.geteuid() == 0:
        return False
    try:
        found = os.stat(program)
        if found.st_mode & stat.S_ISUID or (found.st_mode & stat.S_ISGID and found.st_gid != os.getegid()):
            return True
        return bool(os.getxattr(program, _CAPABILITIES))
    except (OSError, ValueError, AttributeError):  # gone, no such attribute, or a system without them
        return False
