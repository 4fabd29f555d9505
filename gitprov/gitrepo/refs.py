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
    """A ref, the object it names, and that object's kind; `MISSING` where the object is not here."""

    name: str
    oid: str
    kind: str


MISSING = "missing"


def list_refs(git: Git, *prefixes: str) -> list[Ref]:
    """The refs under the prefixes (whole names, or directories), sorted by name."""
    try:
        rows = _rows(git.run("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", *prefixes))
        return [Ref(*row.split(" ")) for row in rows]
    except GitFailed:
        return _list_with_gaps(git, prefixes)


def _list_with_gaps(git: Git, prefixes: Sequence[str]) -> list[Ref]:
    """`list_refs` where a ref names an object that is gone, which makes git refuse to list the others with it."""
    rows = [row.split(" ") for row in _rows(git.run("for-each-ref", "--format=%(refname) %(objectname)", *prefixes))]
    asked = "".join(f"{oid}\n" for _, oid in rows).encode()
    kinds = _rows(git.run("cat-file", "--batch-check=%(objecttype)", data=asked))
    return [Ref(name, oid, kind.rpartition(" ")[2]) for (name, oid), kind in zip(rows, kinds, strict=True)]


def _rows(output: bytes) -> list[str]:
    return text(output).split("\n")[:-1]  # a ref's name may hold what `splitlines` takes for the end of a line


# git's words, in every version and ref store, for a ref that moved or is being moved by somebody else, and for an
# object that somebody's `git gc --prune=now` took away before a ref named it.
_RACES = (
    *("but expected", "reference already exists", "unable to resolve reference"),
    *("file exists", "cannot lock references", "with nonexistent object"),
)
_NO_RACE = "reference broken"


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
        words = error.stderr.lower()
        if _NO_RACE not in words and any(sign in words for sign in _RACES):
            raise LostRace(error.message, hint="another process was writing; try again") from None
        raise
