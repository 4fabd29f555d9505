"""The person's editor, opened as git opens it for a commit message."""

import os
import signal
import subprocess
import sys

from gitprov.api.session import Session
from gitprov.errors import ProvError


def can_be_opened() -> bool:
    """Whether there is a terminal for an editor."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def written(session: Session, name: str, remarks: str) -> str:
    """Return what a person writes into the file `name` of the git directory, below which `remarks` stand as comments.

    Comments and empty lines at the ends are left out, as git does. The file stays, as git's own does: what was written
    is not lost when something fails afterwards. Raises `ProvError` where there is no editor, or it fails.
    """
    path = os.path.join(session.repo.git_dir, name)
    git = session.repo.git
    with open(path, "wb") as file:
        file.write(b"\n" + git.run("stripspace", "--comment-lines", data=remarks.encode()))
    _edit(session, path)
    with open(path, "rb") as file:
        return git.run("stripspace", "--strip-comments", data=file.read()).decode("utf-8", "replace").strip()


def _edit(session: Session, path: str) -> None:
    """Open the editor and wait for it; Ctrl-C is its own business meanwhile."""
    editor = _program(session)
    # handlers of ours end where the editor begins: it hears both signals, and we do not
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        argv = ["sh", "-c", f'{editor} "$@"', editor, path]
        status = subprocess.run(argv, env=session.environ, cwd=session.cwd, check=False).returncode
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if status != 0:
        raise ProvError(f"the editor '{editor}' ended with status {status}", hint="give the text itself: -m TEXT")


def _program(session: Session) -> str:
    """What git would open: `GIT_EDITOR`, `core.editor`, `VISUAL`, `EDITOR`, vi. Raises `GitFailed`."""
    own = session.environ.get("GIT_EDITOR", "")  # our git calls do without it
    return own or session.repo.git.line("var", "GIT_EDITOR")
