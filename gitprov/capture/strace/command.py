"""The command line that runs a program under strace."""

import os
import stat
from collections.abc import Sequence
from typing import Final

_CALLS: Final = (
    *("open", "openat", "openat2", "creat", "truncate"),
    *("execve", "execveat", "clone", "clone3", "fork", "vfork"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link", "linkat", "symlink", "symlinkat"),
    *("chdir", "fchdir", "connect"),
)

_HARMLESS: Final = ("chld", "urg", "winch", "cont")
"""Signals that end no process and come often. Of the others strace must tell, or it hides whom they killed."""

OPTIONS: Final = (
    "-DDD",  # the command is our own child, and strace out of the terminal's reach
    "-f",
    "--seccomp-bpf",  # other system calls cost nothing
    "-q",
    "-y",  # the path of each file descriptor
    *("-s", "0"),  # no arguments of programs: what is not read cannot leak
    *("-e", "signal=!" + ",".join(_HARMLESS)),
    *("-e", "trace=" + ",".join("?" + name for name in _CALLS)),  # `?`: not every system has all of them
)
"""All of strace's options but where to print to. `-z` is not among them: it hides connections that are made in the
background, and it prints a call that came in two without saying whose it is."""

OLDEST: Final = (5, 4)
"""The first version with all of these options."""

_SHELL: Final = "/bin/sh"
_HEAD: Final = 256


def command_line(strace: str, output: str, program: str, argv: Sequence[str], path: str) -> list[str]:
    """Return what to start, so that `program` runs with `argv` under strace, which prints to the file `output`.

    `path` is the environment's PATH, where strace looks `argv[0]` up in its own way.
    """
    command = [*argv]
    if _is_bare_script(program):
        command = [_SHELL, program, *argv[1:]]
    elif "/" not in argv[0] and _where_strace_looks(argv[0], path) != program:
        command[0] = program
    return [strace, *OPTIONS, "-o", output, "--", *command]


def _where_strace_looks(name: str, path: str) -> str:
    for directory in path.split(os.pathsep) if path else ():
        place = os.path.join(directory or ".", name)
        try:
            found = os.stat(place)
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode) and found.st_mode & 0o111:
            return place
    return ""


def _is_bare_script(program: str) -> bool:
    """Tell whether only a shell can run this, as it does with a text without a first line that names an interpreter."""
    try:
        with open(program, "rb", buffering=0) as file:
            head = file.read(_HEAD) or b""
    except OSError:
        return False
    return not head.startswith((b"#!", b"\x7fELF")) and b"\0" not in head
