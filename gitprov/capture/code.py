"""The exact code of a run: HEAD where the tree is clean, else a snapshot commit of what is on disk.

A snapshot's parent is HEAD; its tree is the one `git add --all && git commit` would have made, less the files over a
size cap and those that hold secrets, which are named. It is a function of the content alone, so that the same
uncommitted work gives the same commit however often it runs. The user's index, worktree, stash and reflog stay
untouched.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from gitprov.capture.secrets import redactor as secrets
from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import Objects, Signature
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import Change, Status, changed_by_checkout, snapshot_tree, submodule_paths, tree_entries
from gitprov.model.text import quote

_SUBMODULE = "160000"
SNAPSHOT_MESSAGE = "Snapshot of uncommitted work, kept by 'git prov run'\n"


class Limits(NamedTuple):
    """How much a snapshot may hold, in bytes, and what it must not."""

    file: int = 10 << 20
    total: int = 256 << 20
    secrets: bool = True
    also: Callable[[bytes], str] | None = None
    """Finds a secret in bytes where nothing has the shape of one, and says its kind."""


class Code(NamedTuple):
    """The state of the code."""

    fields: dict[str, Any]
    """`[run.code]` as the format has it, without what only the end of the run can tell."""
    snapshot: bool
    """Whether `fields["commit"]` is a snapshot commit, which nothing but an anchor keeps."""
    altered: list[str]
    """Files that a checkout gives back with other line ends or in another encoding than they had on disk."""


def code_state(repo: Repo, reader: CatFile, status: Status, limits: Limits) -> Code:
    """What ran, as a commit that exists. Raises `GitFailed` where a snapshot cannot be made."""
    fields: dict[str, Any]
    if status.clean and status.head:
        tree, seconds = _head(reader, status.head)
        fields = {"commit": status.head, "tree": tree}
        return Code(_with_submodules(repo, fields, ()), snapshot=False, altered=[])
    chosen, omitted = _choose(repo, status.changes, limits)
    left_out = {change.path for change in status.changes}.difference(chosen)
    tree = snapshot_tree(repo, chosen, left_out=left_out, head=status.head)
    base_tree, seconds = _head(reader, status.head) if status.head else ("", 0)
    if status.head and tree == base_tree:
        fields = {"commit": status.head, "tree": tree}  # all that differs was left out
    else:
        fields = {"commit": _commit(repo, tree, status.head, seconds), "tree": tree}
        if status.head:
            fields["base"] = status.head
    if omitted:
        fields["omitted"] = omitted
    altered: list[str] = []
    with contextlib.suppress(GitFailed, OSError):  # a file may be gone by now; the snapshot stands without this
        altered = changed_by_checkout(repo, tree, chosen)
    return Code(_with_submodules(repo, fields, status.changes), fields["commit"] != status.head, altered)


def first_snapshot(object_format: str, tree: str, who: str) -> str:
    """Return the id of a person's snapshot of a tree, made before there was any commit: it has no base to be known by.

    It is a function of its content, so that nothing has to be fetched to tell.
    """
    return Objects(object_format).commit(tree, [], Signature(who, 0), SNAPSHOT_MESSAGE)


def _with_submodules(repo: Repo, fields: dict[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    submodules = _submodules(repo, fields["tree"], changes)
    return {**fields, "submodules": submodules} if submodules else fields


def _head(reader: CatFile, head: str) -> tuple[str, int]:
    """HEAD's tree and the seconds of its committer's date."""
    found = reader.get(head)
    lines = found.data.partition(b"\n\n")[0].split(b"\n") if found else []
    tree = lines[0][5:].decode("ascii") if lines else ""
    committer = next((line for line in lines if line.startswith(b"committer ")), b"")
    words = committer.rsplit(b" ", 2)
    return tree, int(words[1]) if len(words) == 3 and words[1].isdigit() else 0


def _commit(repo: Repo, tree: str, head: str, seconds: int) -> str:
    objects = Objects(repo.object_format)
    # Dated as its parent: the run has the time, and the same work must give the same commit.
    who = Signature(repo.identity, seconds)
    commit = objects.commit(tree, [head] if head else [], who, SNAPSHOT_MESSAGE)
    objects.store(repo.git)
    return commit


def _choose(repo: Repo, changes: Iterable[Change], limits: Limits) -> tuple[list[str], list[dict[str, Any]]]:
    """Which changed paths go into the snapshot, and which do not and why."""
    chosen: list[str] = []
    omitted: list[dict[str, Any]] = []
    room = limits.total
    for change in changes:
        path = os.path.join(repo.worktree or "", change.path)
        why, size = _why_omitted(path, change, limits, room)
        if why:
            omitted.append({"path": quote(change.path.rstrip("/")), "why": why, **({"size": size} if size else {})})
        else:
            chosen.append(change.path)
            room -= size
    return chosen, omitted


def _why_omitted(path: str, change: Change, limits: Limits, room: int) -> tuple[str, int]:
    if change.path.endswith("/"):
        return "a repository of its own", 0
    try:
        found = os.lstat(path)
    except OSError:
        return "", 0  # removed: the snapshot says so
    if not stat.S_ISREG(found.st_mode):
        ordinary = stat.S_ISLNK(found.st_mode) or stat.S_ISDIR(found.st_mode)
        return ("" if ordinary else "not a file"), 0
    if found.st_size > limits.file:
        return f"larger than {limits.file} bytes", found.st_size
    if found.st_size > room:
        return f"the snapshot would hold more than {limits.total} bytes", found.st_size
    try:
        kind = secrets.find_in_file(path, limits.file, limits.also) if limits.secrets else ""
    except OSError as error:
        return f"cannot be read: {error.strerror}", found.st_size
    return (f"holds a secret: {kind}" if kind else ""), found.st_size


def _submodules(repo: Repo, tree: str, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The submodules with the commit that stands in the tree, and whether what is on disk differs from that commit."""
    paths = submodule_paths(repo)
    if not paths:
        return []
    changed = {change.path: change.submodule for change in changes}
    return [
        {"path": quote(path), "commit": entry.oid, "dirty": bool({"M", "U"} & set(changed.get(path, "")))}
        for path, entry in tree_entries(repo, tree, paths).items()
        if entry.mode == _SUBMODULE
    ]
