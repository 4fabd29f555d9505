"""A bug of ours: said in two lines, with a report that holds what a developer needs and no more."""

import os
import sys
from collections.abc import Mapping

from gitprov import __version__


def tell_bug(error: Exception, verb: str) -> None:
    """Say on standard error that this is our mistake, and where the report is."""
    path = _write_report(error, verb, os.environ)
    where = f"; a report is in {path}" if path else ""
    print(f"fatal: a bug in git prov: {type(error).__name__}: {error}{where}", file=sys.stderr)
    print(f"hint: please open an issue with {'that report' if path else 'this message'}", file=sys.stderr)


def _write_report(error: Exception, verb: str, environ: Mapping[str, str]) -> str:
    """Write versions, verb and traceback to a file and return its path; "" where none can be written."""
    import platform
    import traceback

    root = environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    path = os.path.join(root, "git-prov", f"bug-{os.getpid()}.txt")
    lines = [
        f"git-prov {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
        f"verb: {verb}\n",
        *traceback.format_exception(error),
    ]
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(lines)
    except OSError:
        return ""
    return path
