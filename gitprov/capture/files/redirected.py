"""Files that the person's own shell opened for the command: `git prov run -- sort < in > out`. No tracer sees those."""

import os
import stat

from gitprov.observer import protocol

FILE = "shell" + protocol.SUFFIX
"""The file of events, among those of the run's processes, that says so."""


def redirected(worktree: str) -> bytes:
    """Return the events that say what standard input and output are, where they are files and the system tells which.

    Output to a file outside the working tree is some log of the session's, and standard error a log in any case.
    """
    read, written = _path(0), _path(1)
    events = [protocol.encode(protocol.READ, 0, read)] if read else []
    if written.startswith(os.path.join(os.fsencode(os.path.realpath(worktree)), b"")):
        events.append(protocol.encode(protocol.WRITTEN, 0, written))
    return b"".join(events)


def _path(stream: int) -> bytes:
    try:
        if stat.S_ISREG(os.fstat(stream).st_mode):
            return os.readlink(b"/proc/self/fd/%d" % stream)
    except OSError:
        pass  # it is closed, or this is no Linux
    return b""
