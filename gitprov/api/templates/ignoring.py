"""Lines of a template's `.gitignore`, added to the one that is there; never one that would hide what git has."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from gitprov.api.templates.finding import Piece
from gitprov.gitrepo.repo import Repo

NAME: Final = ".gitignore"


class Merged(NamedTuple):
    """What came of it."""

    added: tuple[str, ...]
    left_out: tuple[str, ...]
    """Patterns of files that git has."""
    problem: str = ""
    """Why nothing could be added."""


def wanted(repo: Repo, piece: Piece) -> tuple[Piece, tuple[str, ...]]:
    """Return the file without patterns that match what git has already, and those patterns."""
    left_out = tuple(line for line in _patterns(piece.data) if _has_tracked(repo, line))
    lines = (line for line in piece.data.decode().splitlines(keepends=True) if line.strip() not in left_out)
    return piece._replace(data="".join(lines).encode()), left_out


def merge(top: str, piece: Piece, name: str) -> Merged:
    """Add to the `.gitignore` that is there what it has not yet. `name` is the template's. Raises `OSError`."""
    file = os.path.join(top, piece.path)
    if os.path.islink(file) or not os.path.isfile(file):
        return Merged((), (), "it is not an ordinary file")
    with open(file, "rb") as opened:
        before = opened.read()
    there = {line.strip() for line in before.decode("utf-8", "replace").splitlines()}
    known = there | {line.removeprefix("!") for line in there if line.startswith("!")}
    added = tuple(line for line in _patterns(piece.data) if line not in known)
    if added:
        end = b"\r\n" if b"\r\n" in before else b"\n"
        lines = [f"# from the template {name}".encode(), *(line.encode() for line in added)]
        gap = end if before and not before.endswith(b"\n") else b""
        with open(file, "ab") as opened:
            opened.write(gap + b"".join(line + end for line in lines))
    return Merged(added, ())


def _patterns(data: bytes) -> Iterator[str]:
    for line in data.decode().splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _has_tracked(repo: Repo, pattern: str) -> bool:
    if pattern.startswith("!") or repo.worktree is None:
        return False
    listed = repo.git.run("-C", repo.worktree, "ls-files", "-z", "--cached", "--ignored", f"--exclude={pattern}")
    return bool(listed)
