"""Submodules at their recorded commits, from what is on this machine: no address in somebody's tree is fetched."""

import os
from collections.abc import Mapping

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import Git
from gitprov.gitrepo.repo import Repo
from gitprov.replay.place.checkout import SAFE


def put(repo: Repo, top: str, submodules: Mapping[str, str]) -> list[str]:
    """Put each submodule (path below the top: commit) into a worktree; return the paths of those that are not here."""
    absent = []
    for path, commit in submodules.items():
        sources = (source for source in _candidates(repo, path) if _has(repo, source, commit))
        source = next(sources, "")
        if not source or not _put(repo, source, os.path.join(top, path), commit):
            absent.append(path)
    return absent


def _candidates(repo: Repo, path: str) -> list[str]:
    """Return the git directories on this machine that may be the submodule's."""
    modules = os.path.join(repo.common_dir, "modules")
    named = [os.path.join(repo.worktree, path, ".git")] if repo.worktree else []
    found = [os.path.join(modules, path)]
    if os.path.isdir(modules):
        found += [os.path.join(modules, name) for name in sorted(os.listdir(modules))]
    return list(dict.fromkeys(_git_dir(one) for one in (*named, *found) if os.path.exists(one)))


def _git_dir(path: str) -> str:
    """Return what a `.git` file leads to; a directory itself."""
    if os.path.isdir(path):
        return path
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            told = file.read(4096).removeprefix("gitdir:").strip()
    except OSError:
        return path
    return os.path.normpath(os.path.join(os.path.dirname(path), told))


def _has(repo: Repo, source: str, commit: str) -> bool:
    return repo.git.succeeds(f"--git-dir={source}", "cat-file", "-e", f"{commit}^{{commit}}")


def _put(repo: Repo, source: str, target: str, commit: str) -> bool:
    """Clone from a directory of this machine, sharing its objects, and check the commit out."""
    if os.path.islink(target) or os.path.realpath(target) != target:
        return False  # the worktree has a link there: nothing goes through it
    here = Git(os.path.dirname(target), repo.git.environ)
    local = ("-c", "protocol.file.allow=always")
    try:
        here.run(*SAFE, *local, "clone", "--quiet", "--shared", "--no-checkout", "--", source, target)
        here.run("-C", target, *SAFE, "checkout", "--quiet", "--detach", commit)
    except GitFailed:
        return False
    return True
