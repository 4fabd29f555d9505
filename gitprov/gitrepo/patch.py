"""Patch ids: what a commit changes, whatever it stands on; how a cherry-pick or a squash is known again."""

import os
import subprocess
from collections.abc import Iterable, Mapping

from gitprov.gitrepo.repo import Repo

_PATIENCE = 10.0
_BATCH = 400
"""As many names of commits as surely fit into a pipe, and their answers into another."""


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


def patch_ids(repo: Repo, commits: Iterable[str], cache: str) -> dict[str, str]:
    """Return `git patch-id --stable` of many commits, by commit; "" where one has no changes, or not one parent.

    A partial clone would fetch files for this: there, only what is in the cache file is known.
    """
    known = _known(cache)
    wanted = list(dict.fromkeys(commits))
    new = [commit for commit in wanted if commit not in known]
    if new and not repo.is_partial:
        answers = dict.fromkeys(new, "") | _work_out(repo, new)
        _remember_all(cache, answers)
        known |= answers
    return {commit: known[commit] for commit in wanted if commit in known}


def _work_out(repo: Repo, commits: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(commits), _BATCH):
        args = ("diff-tree", "--stdin", "-p", "--no-ext-diff", "--no-textconv")
        diff = repo.git.popen(args, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        reading = repo.git.popen(("patch-id", "--stable"), stdin=diff.stdout, stderr=subprocess.DEVNULL)
        assert diff.stdin is not None
        assert diff.stdout is not None
        diff.stdout.close()
        diff.stdin.write("".join(f"{commit}\n" for commit in commits[start : start + _BATCH]).encode("ascii"))
        diff.stdin.close()
        rows = (line.split(" ") for line in reading.communicate()[0].decode("ascii").splitlines())
        found.update({commit: patch_id for patch_id, commit in rows})
        diff.wait()
    return found


def _look_up(cache: str, commit: str) -> str | None:
    return _known(cache).get(commit)


def _known(cache: str) -> dict[str, str]:
    try:
        with open(cache, encoding="ascii") as file:
            return dict(line.rstrip("\n").split(" ") for line in file if line.count(" ") == 1)
    except (OSError, UnicodeDecodeError):
        return {}


def _remember(cache: str, commit: str, patch_id: str) -> None:
    _remember_all(cache, {commit: patch_id})


def _remember_all(cache: str, patch_ids: Mapping[str, str]) -> None:
    try:
        os.makedirs(os.path.dirname(cache), exist_ok=True)
        with open(cache, "a", encoding="ascii") as file:
            file.write("".join(f"{commit} {patch_id}\n" for commit, patch_id in patch_ids.items()))
    except OSError:
        pass  # a cache
