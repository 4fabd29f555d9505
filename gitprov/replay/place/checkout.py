"""A linked worktree at an exact commit: made without hooks, and removed with all that git knows of it."""

import contextlib
import os
import shutil
from typing import Final

from gitprov.errors import GitFailed, NotFound
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo
from gitprov.replay.place.owned import remove_tree

# `core.hooksPath`: hooks are for the person's own checkouts. `core.sparseCheckout`: what they left out of theirs may be
# what the run read. `protocol.ext`: an address in somebody's tree never becomes a program.
SAFE: Final = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.sparseCheckout=false"),
    *("-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false", "-c", "gc.auto=0"),
)
_WITHOUT_LFS: Final = (
    *("-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.clean=cat"),
    *("-c", "filter.lfs.required=false"),
)
_QUIET_LFS: Final = ("-c", "filter.lfs.required=false", "-c", "lfs.skipdownloaderrors=true")
POINTER: Final = b"version https://git-lfs.github.com/spec/"
_LONGEST_POINTER: Final = 1024
_LATER: Final = 2 * 10**9
"""Nanoseconds by which an index has to be newer than files for git to rely on it: some only see whole seconds."""


def has_commit(repo: Repo, commit: str) -> bool:
    """Tell whether git has a commit here, or can fetch it as it does what a partial clone left behind."""
    return repo.git.succeeds("cat-file", "-e", f"{commit}^{{commit}}")


def add(repo: Repo, commit: str, path: str) -> None:
    """Check a commit out at a path that is not there yet, or is an empty directory.

    Raises `NotFound` where git has not got it all, `GitFailed` where it cannot be written.
    """
    lfs = _QUIET_LFS if shutil.which("git-lfs", path=repo.git.environ.get("PATH")) else _WITHOUT_LFS
    try:
        repo.git.run(*SAFE, *lfs, "worktree", "add", "--quiet", "--detach", "--", path, commit)
    except GitFailed as error:
        if "unable to read" in error.stderr or "missing" in error.stderr or "invalid object" in error.stderr:
            raise NotFound(
                f"git has commit {commit[:10]}, but not all of its files", hint="fetch them, or repair: git fsck"
            ) from error
        raise
    _settle(repo, path)


def _settle(repo: Repo, path: str) -> None:
    """Have git take the new files for unchanged without reading them.

    As they are as new as its index, it would read them all when a program asks for its status, which many do; and so
    would the run, for whoever observes it.
    """
    index = os.path.join(_admin(repo, path), "index")
    with contextlib.suppress(OSError):
        told = os.stat(index)
        os.utime(index, ns=(told.st_atime_ns, told.st_mtime_ns + _LATER))


def remove(repo: Repo, path: str) -> None:
    """Remove a worktree, whole or half made, and what git knows of it; nothing of any other worktree."""
    own = _admin(repo, path)
    remove_tree(path)
    if own:
        remove_tree(own)
        with contextlib.suppress(OSError):  # there may be others
            os.rmdir(os.path.dirname(own))


def is_known(repo: Repo, path: str) -> bool:
    """Tell whether git knows a path as a linked worktree of this repository."""
    return bool(_admin(repo, path))


def pointers(repo: Repo, path: str) -> list[str]:
    """Return the files of a worktree in whose place only Git LFS's pointers stand, relative to its top."""
    if not os.path.exists(os.path.join(path, ".gitattributes")):
        return []
    listed = text(repo.git.run("-C", path, "ls-files", "-z", "--", ":(attr:filter=lfs)")).split("\0")[:-1]
    return [name for name in listed if _is_pointer(os.path.join(path, name))]


def _is_pointer(file: str) -> bool:
    try:
        if os.lstat(file).st_size > _LONGEST_POINTER:
            return False
        with open(file, "rb") as opened:
            return opened.read(len(POINTER)) == POINTER
    except OSError:
        return False


def _admin(repo: Repo, path: str) -> str:
    """Return the directory in which git keeps what it knows of a worktree; `""` where it knows none."""
    root = os.path.join(repo.common_dir, "worktrees")
    wanted = os.path.join(os.path.realpath(path), ".git")
    try:
        names = os.listdir(root)
    except OSError:
        return ""
    for name in names:
        try:
            with open(os.path.join(root, name, "gitdir"), encoding="utf-8", errors="surrogateescape") as file:
                told = file.read().rstrip("\n")
        except OSError:
            continue
        if os.path.join(os.path.realpath(os.path.dirname(told)), ".git") == wanted:
            return os.path.join(root, name)
    return ""
