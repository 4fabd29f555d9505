"""Where data is written: the working tree, or a directory that somebody named."""

import os

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.artifacts.checkout import nearest
from gitprov.errors import ProvError, UsageError
from gitprov.model.text import quote


def target(place: Place, use: Use, to: str) -> tuple[bytes, bytes]:
    """Return the directory to write below, and the path in it. Raises `UsageError`, `ProvError`."""
    name = use.raw.lstrip(b"/") or os.fsencode(use.digest.partition(":")[2][:16])
    if to:
        return _named(place, to), name
    if not use.path:
        raise UsageError(f"{use.digest[:13]} has no path of its own here", hint="say where to put it: --to DIR")
    if use.absolute:
        raise ProvError(
            f"{use.path} lies outside of the repository, nothing is written there",
            hint="put it somewhere else: --to DIR",
        )
    if place.session.repo.worktree is None:
        raise ProvError("there is no working tree here", hint="say where to put it: --to DIR")
    return os.fsencode(place.session.repo.worktree), name


def _named(place: Place, to: str) -> bytes:
    path = os.path.join(place.session.cwd, to)
    real = os.path.realpath(path)
    repo = place.session.repo
    inside = repo.worktree is not None and (real + os.sep).startswith(os.path.realpath(repo.common_dir) + os.sep)
    if inside or ".git" in real.lower().split(os.sep):
        raise ProvError(f"{quote(to)} lies in the directory of git itself", hint="name another place")
    return os.fsencode(path)


def refuse_unwritable(file: bytes) -> None:
    """Raise `ProvError` where nothing can be written at a path, before anything is fetched for it."""
    above = nearest(file)
    if not os.access(above, os.W_OK | os.X_OK):
        raise ProvError(f"{quote(above)} may not be written", hint="see who owns it, and its permissions")
