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

    def can_wait(self, sections: Sections) -> bool:
        """Whether some note is so large that it should be rewritten when more has come.

        Else many runs on one commit would cost the square of their number.
        """
        sizes = (
            (len(self._change.read(self._notes.get(commit))), sum(map(len, new))) for commit, new in sections.items()
        )
        return any(old > _HEAVY and 8 * new < old for old, new in sizes)

    def add(self, sections: Sections) -> None:
        """Put the parts into their notes."""
        for commit, new in sections.items():
            note = self._change.read(self._notes.get(commit)).decode("utf-8", "replace")
            self._notes.set(commit, self._change.objects.blob(toml.merge(note, new).encode()))

    def write(self) -> str:
        """The id of the view's tree."""
        return self._notes.write()


def attached_to(record: Record) -> str:
    """The commit whose note shows a record; "" when it belongs to none."""
    commit = record.get("code", {}).get("commit") if record["kind"] == "run" else record.get("commit")
    return commit if isinstance(commit, str) else ""
