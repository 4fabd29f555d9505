"""What a tree holds, asked for before it is needed: while the user's command runs, nobody waits for git."""

import subprocess
from collections.abc import Iterable
from typing import Final

from gitprov.gitrepo.objects import TreeEntry
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import parse_listing

_MOST: Final = 64 << 10
"""Bytes that are read. They fit into the pipe; of a larger tree it is quicker to ask for the few paths in question."""


class Listing:
    """`git ls-tree` of a whole tree, under way."""

    def __init__(self, repo: Repo, tree: str) -> None:
        """Start it. Not for a partial clone, which would fetch trees."""
        self.tree = tree
        listed = ("ls-tree", "-r", "-z", "--full-tree", tree)
        self._process = repo.git.popen(listed, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._answer: bytes | None = None
        self._is_settled = False

    def settle(self) -> None:
        """Read the answer, and leave no process behind."""
        if self._is_settled:
            return
        self._is_settled = True
        with self._process as process:  # it waits for the end
            assert process.stdout is not None
            answer = process.stdout.read(_MOST + 1)
            if len(answer) > _MOST:
                process.kill()
        if process.returncode == 0 and len(answer) <= _MOST:
            self._answer = answer

    def entries(self, paths: Iterable[str]) -> dict[str, TreeEntry] | None:
        """Return what `worktree.tree_entries` does; `None` where git must be asked after all."""
        self.settle()
        return None if self._answer is None else parse_listing(text(self._answer), set(paths))
