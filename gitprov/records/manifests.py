"""The notes view's content: on each commit, all its records as TOML."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gitprov.records import toml
from gitprov.records.change import Change
from gitprov.records.notetree import NoteTree

_HEAVY = 256 << 10

Record = Mapping[str, Any]
Sections = Mapping[str, list[str]]
"""The records of each commit, each as its part of the note."""


class Manifests:
    """The view as a tree of notes that grows."""

    def __init__(self, change: Change, root: str, fits: Callable[[str], bool]) -> None:
        self._change = change
        self._fits = fits
        self._notes = NoteTree(change.objects, change.read, root)

    def sections(self, records: Iterable[Record]) -> Sections:
        """Records as parts of the notes they belong to; those that belong to no commit of this repository are not."""
        by_commit: dict[str, list[str]] = {}
        for record in records:
            commit = attached_to(record)
            if self._fits(commit):
                by_commit.setdefault(commit, []).append(toml.section(record))
        return by_commit

    def can_wait(self, commits: Iterable[str], waiting: int) -> bool:
        """Whether the note on one of the commits is so large that it should be rewritten when more has come.

        `waiting` bytes are to be added. Were they added at once, many runs on one commit would cost the square of
        their number.
        """
        sizes = (len(self._change.read(self._notes.get(commit))) for commit in commits)
        return any(size > _HEAVY and 8 * waiting < size for size in sizes)

    def add(self, sections: Sections) -> None:
        """Put the parts into their notes."""
        for commit, new in sections.items():
            note = self._change.read(self._notes.get(commit)).decode("utf-8", "replace")
            self._notes.set(commit, self._change.objects.blob(toml.merge(note, new).encode()))

    def write(self) -> str:
        """The id of the view's tree."""
        return self._notes.write()


def weight(sections: Sections) -> int:
    """How many bytes the parts have."""
    return sum(len(part) for parts in sections.values() for part in parts)


def attached_to(record: Record) -> str:
    """The commit whose note shows a record; "" when it belongs to none."""
    commit = record.get("code", {}).get("commit") if record["kind"] == "run" else record.get("commit")
    return commit if isinstance(commit, str) else ""
