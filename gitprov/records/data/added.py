"""What commits of data refs bring, as git tells it: rows for the index.

A commit that cannot be read, because one of its trees is gone or damaged, is named and left out.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.errors import GitFailed
from gitprov.gitrepo.repo import Repo
from gitprov.records.data.places import attachment_key, statement_key

# Whatever the person has set for `git log`.
_LOG: Final = (
    *("--no-replace-objects", "log", "--stdin", "--root", "--raw", "--no-abbrev", "-z", "--format=%m%H"),
    *("--diff-filter=AM", "--no-renames", "--no-follow", "--no-relative", "--no-ext-diff", "-O/dev/null"),
    *("--no-show-signature", "--no-notes", "--no-color", "--no-mailmap"),
)
_BLOB: Final = b"100644"
_BOUNDARY: Final = b"-"


class Added(NamedTuple):
    """Rows of what commits bring: a key (see `places`) and the blob's id."""

    attachments: list[bytes]
    statements: list[bytes]
    boundary: set[str]
    """Commits that were not to be read, and have one above them that was."""
    broken: list[str]
    """Commits that cannot be read."""


def added(repo: Repo, tips: Iterable[str], known: Iterable[str] = ()) -> Added:
    """Read the commits that lead to `tips` and not to `known`. Raises `GitFailed` where one of `known` is gone."""
    found = Added([], [], set(), [])
    tips, known = list(tips), list(known)
    if not tips:  # git would read HEAD
        return found
    try:
        _take(found, _log(repo, [*tips, *(f"^{oid}" for oid in known)], "--boundary"))
    except GitFailed:
        if known:
            raise
        for oid in tips:
            _one_by_one(repo, found, _commits(repo, found, oid))
    return found


def _log(repo: Repo, revisions: list[str], *options: str) -> bytes:
    return repo.git.run(*_LOG, *options, data="\n".join([*revisions, ""]).encode())


def _take(found: Added, output: bytes) -> None:
    """Sort out git's answer: a mark and id for each commit, then a line and a path for each thing it brings."""
    words = iter(output.split(b"\0"))
    wanted = True
    for word in words:
        if not word.startswith((b":", b"\n:")):
            wanted = not word.startswith(_BOUNDARY)
            if not wanted:
                found.boundary.add(word[1:].decode("ascii"))
            continue
        path = next(words, b"")
        _, mode, _, oid, _ = word.split(b" ")
        if wanted:
            _put(found, mode, oid, path)


def _put(found: Added, mode: bytes, oid: bytes, path: bytes) -> None:
    if mode != _BLOB:
        return
    blob = bytes.fromhex(oid.decode("ascii"))
    if key := attachment_key(path):
        found.attachments.append(key + blob)
    elif key := statement_key(path):
        found.statements.append(key + blob)


def _commits(repo: Repo, found: Added, tip: str) -> list[str]:
    """The commits that lead to a tip, down to the first that is gone."""
    walk = repo.git.start("--no-replace-objects", "rev-list", "--stdin", data=f"{tip}\n".encode())
    commits = walk.output(check=False).decode("ascii").split()
    if walk.returncode:
        found.broken.append(tip)
    return commits


def _one_by_one(repo: Repo, found: Added, commits: list[str]) -> None:
    """Read as many commits at once as are whole."""
    if not commits:
        return
    try:
        _take(found, _log(repo, commits, "--no-walk=unsorted"))
    except GitFailed:
        if len(commits) == 1:
            _by_itself(repo, found, commits[0])
            return
        middle = len(commits) // 2
        _one_by_one(repo, found, commits[:middle])
        _one_by_one(repo, found, commits[middle:])


def _by_itself(repo: Repo, found: Added, commit: str) -> None:
    """Read a commit's tree without its parent's, which may be the one that is damaged."""
    try:
        rows = repo.git.run("--no-replace-objects", "ls-tree", "-r", "-z", "--full-tree", commit)
    except GitFailed:
        found.broken.append(commit)
        return
    for row in filter(None, rows.split(b"\0")):
        what, _, path = row.partition(b"\t")
        mode, _, oid = what.split(b" ")
        _put(found, mode, oid, path)
