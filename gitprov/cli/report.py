"""The report of a bug of ours: what a developer needs, and nothing a user would not want to send."""

import os
import platform
import traceback
from collections.abc import Mapping, Sequence

from gitprov import __version__


def write_report(error: Exception, args: Sequence[str], environ: Mapping[str, str]) -> str:
    """Write a report file and return its path; "" where none can be written.

    It holds versions, the verb and the traceback: no arguments, no environment, no contents of files.
    """
    root = environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    directory = os.path.join(root, "git-prov")
    path = os.path.join(directory, f"bug-{os.getpid()}.txt")
    lines = [
        f"git-prov {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
        f"verb: {args[0] if args else ''}\n",
        *traceback.format_exception(error),
    ]
    try:
        os.makedirs(directory, exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(lines)
    except OSError:
        return ""
    return path
