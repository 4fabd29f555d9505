"""The summary view: below each commit one line for each run that is at home there, for plain `git log`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gitprov.records import shown
from gitprov.records.change import Change
from gitprov.records.notetree import NoteTree
from gitprov.records.trees import Trees

_SCANNED = 1000
"""The most commits looked through for one that has the tree of a run."""

Record = Mapping[str, Any]


class Summary:
    """The view as a tree of notes that grows."""

    def __init__(self, change: Change, trees: Trees, root: str, fits: Callable[[str], bool]) -> None:
        self._change = change
        self._trees = trees
        self._fits = fits
        self._notes = NoteTree(change.objects, change.read, root)

    def add(self, records: Iterable[Record]) -> None:
        """Show runs below the commits they ran on, and below HEAD as it was where they ran on uncommitted changes."""
        lines: dict[str, list[str]] = {}
        for run in records:
            code = run.get("code", {}) if shown.is_own_run(run) else {}
            for where, standing in (("commit", ""), ("base", "uncommitted changes")):
                if self._fits(code.get(where, "")):
                    lines.setdefault(code[where], []).append(shown.line(run, standing))
        self._merge(lines)

    def add_same_trees(self, head: str, since: str = "") -> None:
        """Show runs below commits whose tree is the one they ran on: a dirty tree that was committed, an amend.

        Looks at the history of `head`, back to `since`, no further than is worth it.
        """
        commits = self._recent(head, since)
        found = self._trees.on(set(commits.values()))
        lines = {
            commit: [ran.line for ran in found[tree] if ran.commit != commit]
            for commit, tree in commits.items()
            if tree in found
        }
        self._merge({commit: rows for commit, rows in lines.items() if rows})

    def write(self, name: str, extra: bytes) -> str:
        """The id of the view's tree, with `extra` beside the notes under a name that is none of theirs."""
        self._notes.set_extra(name, self._change.objects.blob(extra))
        return self._notes.write()

    def _merge(self, lines: Mapping[str, list[str]]) -> None:
        for commit, rows in lines.items():
            text = self._change.read(self._notes.get(commit)).decode("utf-8", "replace")
            self._notes.set(commit, self._change.objects.blob(shown.merge(text, rows, commit).encode()))

    def _recent(self, head: str, since: str) -> dict[str, str]:
        if not head:
            return {}
        bounds = [head, f"^{since}"] if since and self._change.oid(since) else [head]
        args = ("log", f"--max-count={_SCANNED}", "--format=%H %T", "--no-show-signature", *bounds)
        rows = self._change.repo.git.run(*args).decode("ascii").splitlines()
        return dict(row.split(" ") for row in rows)
