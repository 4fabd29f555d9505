"""How paths of this machine are written down: relative inside the repository, and without somebody's home in them."""

import os

from gitprov.model.text import quote


def place(path: str, worktree: str, home: str) -> str:
    """Return the recorded form of an absolute path: `libs/b` inside the repository, `~/b` at home, else as it is."""
    for root, prefix in ((worktree, ""), (home, "~/")):
        if root and path == root:
            return "." if root is worktree else "~"
        if root and path.startswith(root.rstrip("/") + "/"):
            return quote(prefix + os.path.relpath(path, root))
    return quote(path)
