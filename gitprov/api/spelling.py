"""How records spell the paths that people give."""

import os

from gitprov.api.session import Session
from gitprov.model.text import quote


def recorded_path(session: Session, text: str) -> str:
    """Return how records spell a path that a person gave from where they stand."""
    repo = session.repo
    if not os.path.isabs(text):
        path = os.path.normpath(os.path.join(repo.prefix, text))
        if path.split("/")[0] != ".." or repo.worktree is None:
            return quote(path)
        return quote(os.path.normpath(os.path.join(repo.worktree, path)))
    # git knows the working tree by its real path
    path = os.path.join(os.path.realpath(os.path.dirname(text)), os.path.basename(text))
    if repo.worktree is not None and os.path.commonpath([path, repo.worktree]) == repo.worktree:
        return quote(os.path.relpath(path, repo.worktree))
    return quote(path)
