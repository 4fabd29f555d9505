"""Patch ids: what a commit changes, whatever it stands on; how a cherry-pick or a squash is known again."""

import os
import subprocess

from gitprov.gitrepo.repo import Repo

_PATIENCE = 10.0


class PatchId:
    """`git patch-id --stable` of one commit, worked out beside other things and kept in a cache file."""

    def __init__(self, repo: Repo, commit: str, cache: str) -> None:
        self._commit = commit
        self._cache = cache
        self._known = _look_up(cache, commit)
        self._process: subprocess.Popen[bytes] | None = None
        # A partial clone would fetch the parent's files for this.
        if self._known is None and not repo.is_partial:
            args = ("diff-tree", "-p", "--no-ext-diff", "--no-textconv", "--end-of-options", commit)
            diff = repo.git.popen(args, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self._process = repo.git.popen(("patch-id", "--stable"), stdin=diff.stdout, stderr=subprocess.DEVNULL)
            self._diff = diff
            assert diff.stdout is not None
            diff.stdout.close()  # patch-id has its own end; ours would keep the pipe open

    def result(self) -> str:
        """The patch id; "" for a commit without changes or with no or several parents, or when it takes too long."""
        if self._process is None:
            return self._known or ""
        try:
            answer = self._process.communicate(timeout=_PATIENCE)[0].split()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._diff.kill()
            answer = []
        finally:
            self._process.wait()
            self._diff.wait()
        found = answer[0].decode("ascii") if answer else ""
        _remember(self._cache, self._commit, found)
        return found


def _look_up(cache: str, commit: str) -> str | None:
    try:
        with open(cache, encoding="ascii") as file:
            return dict(line.rstrip("\n").split(" ") for line in file if line.count(" ") == 1).get(commit)
    except (OSError, UnicodeDecodeError):
        return None


def _remember(cache: str, commit: str, patch_id: str) -> None:
    try:
        os.makedirs(os.path.dirname(cache), exist_ok=True)
        with open(cache, "a", encoding="ascii") as file:
            file.write(f"{commit} {patch_id}\n")
    except OSError:
        pass  # a cache
