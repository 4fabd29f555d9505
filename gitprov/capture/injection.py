"""What `git prov run` puts into its child's environment so that every Python process below it is observed."""

import os

from gitprov.observer.protocol import DEPTH, EVENTS, FILES

_SITE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "observer", "site")
_ANY_SITE = os.path.join("gitprov", "observer", "site")
_PATH = "PYTHONPATH"


def inject(environ: dict[str, str], events: str, *, files: bool) -> None:
    """Have Python processes started with `environ` write events to the directory `events`.

    With `files` they report the files they touch as well. What an enclosing run had put there is replaced.
    """
    withdraw(environ)
    environ[EVENTS] = events
    if files:
        environ[FILES] = "1"
    # An empty entry would mean the current directory.
    environ[_PATH] = os.pathsep.join(filter(None, (_SITE, environ.get(_PATH))))


def withdraw(environ: dict[str, str]) -> None:
    """Take everything that `inject` puts there, by this installation or another, out of `environ` again."""
    for name in (EVENTS, FILES, DEPTH):
        environ.pop(name, None)
    path = environ.get(_PATH)
    if path is None:
        return
    entries = path.split(os.pathsep)
    kept = [entry for entry in entries if not entry.endswith(os.sep + _ANY_SITE)]
    if not kept:
        del environ[_PATH]
    elif len(kept) < len(entries):
        environ[_PATH] = os.pathsep.join(kept)
