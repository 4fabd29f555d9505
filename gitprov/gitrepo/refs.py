"""Refs: listed with one git call, moved together or not at all, and only from the value they were read at."""

from collections.abc import Sequence
from typing import NamedTuple

from gitprov.errors import GitFailed, LostRace
from gitprov.gitrepo.process import Git, raw, text
from gitprov.gitrepo.repo import Repo


class RefUpdate(NamedTuple):
    """Move `ref` from `old` to `new`; "" for `old` means it must not exist yet, for `new` that it is removed."""

    ref: str
    new: str
    old: str


class Ref(NamedTuple):
    """A ref, the object it names, and that object's kind."""

    name: str
    oid: str
    kind: str


def list_refs(git: Git, *prefixes: str) -> list[Ref]:
    """The refs under the prefixes (whole names, or directories), sorted by name."""
    listing = git.run("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", *prefixes)
    return [Ref(*line.split(" ")) for line in text(listing).splitlines()]


# git's words, in every version and ref store, for a ref that moved or is being moved by somebody else.
_RACES = ("cannot lock ref", "unable to create", "cannot update", "but expected", "already exists", "lock file")


def update(repo: Repo, updates: Sequence[RefUpdate]) -> None:
    """Move all refs in one transaction.

    Raises `LostRace` when one of them is not where it was read or is being written by another process,
    `GitFailed` for every other reason. On an error no ref has moved.
    """
    if not updates:
        return
    null = repo.null_oid
    commands = []
    for ref, new, old in updates:
        if new:
            commands.append(b"update " + raw(ref) + b"\0" + new.encode() + b"\0" + (old or null).encode() + b"\0")
        else:
            commands.append(b"delete " + raw(ref) + b"\0" + old.encode() + b"\0")
    try:
        repo.git.run("update-ref", "-z", "--stdin", data=b"".join(commands))
    except GitFailed as error:
        if any(sign in error.stderr.lower() for sign in _RACES):
            raise LostRace(error.message, hint="another process was writing; try again") from None
        raise
