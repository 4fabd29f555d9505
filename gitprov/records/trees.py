"""A list of all records, one line each, kept beside the refs: which run was on which tree, and which ids are taken.

It is a cache: where it is missing the views are built anew, and it with them.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gitprov.model.ids import ABBREV
from gitprov.records import shown
from gitprov.records.layout import State
from gitprov.records.scratch import scratch

Record = Mapping[str, Any]
_FIELDS = 5


class Ran(NamedTuple):
    """A run as the list has it: the commit it ran on, and its line for another commit with the same tree."""

    commit: str
    line: str


class Trees:
    """The list in one file: `<tree> <commit> <kind> <abbreviated id> <more>` a line."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._path = state.trees

    @property
    def exists(self) -> bool:
        """Whether there is a list."""
        return os.path.exists(self._path)

    def add(self, records: Iterable[Record]) -> None:
        """Add records to the list. Raises `OSError`."""
        with open(self._path, "a", encoding="utf-8") as file:
            file.writelines(map(_line, records))

    def replace(self, records: Iterable[Record]) -> None:
        """Begin the list anew. Raises `OSError`."""
        new = scratch(self._state)
        with open(new, "w", encoding="utf-8") as file:
            file.writelines(map(_line, records))
        os.replace(new, self._path)

    def on(self, trees: Collection[str]) -> dict[str, list[Ran]]:
        """The runs on each of these trees."""
        found: dict[str, list[Ran]] = {}
        for line in self._lines():
            if line.partition(" ")[0] in trees and (row := _row(line)):
                tree, commit, *said = row
                found.setdefault(tree, []).append(Ran(commit, " ".join(said)))
        return found

    def may_hold(self, records: Collection[Record]) -> bool:
        """Whether one of these ids may be taken already; certain only where the answer is no."""
        wanted = {record["id"][:ABBREV] for record in records}
        rows = map(_row, self._lines()) if wanted else ()
        return any(row[3] in wanted for row in rows if row)

    def _lines(self) -> Iterator[str]:
        with open(self._path, encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file


def _row(line: str) -> list[str]:
    """The fields of a line; none where it was being written when the power went."""
    row = line.rstrip("\n").split(" ", _FIELDS - 1)
    return row if len(row) == _FIELDS else []


def _line(record: Record) -> str:
    code = record.get("code", {})
    if not shown.is_own_run(record) or "commit" not in code:
        return f"- - {record['kind']} {record['id'][:ABBREV]} -\n"
    return f"{code.get('tree', '-')} {code['commit']} {shown.line(record, 'same tree')}\n"
