"""A list of all records, one line each, kept beside the refs: which run was on which tree, and which ids are taken.

It is a cache: where it is missing the views are built anew, and it with them.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from gitprov.model.ids import ABBREV
from gitprov.records import shown

Record = Mapping[str, Any]
_FIELDS = 5


class Ran(NamedTuple):
    """A run as the list has it: the commit it ran on, and its line for another commit with the same tree."""

    commit: str
    line: str


class Trees:
    """The list in one file: `<tree> <commit> <kind> <abbreviated id> <more>` a line."""

    def __init__(self, path: str) -> None:
        self._path = path

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
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        scratch = f"{self._path}.{os.urandom(8).hex()}"
        with open(scratch, "w", encoding="utf-8") as file:
            file.writelines(map(_line, records))
        os.replace(scratch, self._path)

    def on(self, trees: Collection[str]) -> dict[str, list[Ran]]:
        """The runs on each of these trees."""
        found: dict[str, list[Ran]] = {}
        for tree, commit, *said in self._rows():
            if tree in trees:
                found.setdefault(tree, []).append(Ran(commit, " ".join(said)))
        return found

    def may_hold(self, records: Collection[Record]) -> bool:
        """Whether one of these ids may be taken already; certain only where the answer is no."""
        wanted = {record["id"][:ABBREV] for record in records}
        return bool(wanted) and any(row[3] in wanted for row in self._rows())

    def _rows(self) -> Iterator[list[str]]:
        with open(self._path, encoding="utf-8", errors="replace", newline="\n") as file:
            for line in file:
                row = line.rstrip("\n").split(" ", _FIELDS - 1)
                if len(row) == _FIELDS:  # else it was being written when the power went
                    yield row


def _line(record: Record) -> str:
    code = record.get("code", {})
    if record["kind"] != "run" or "commit" not in code:
        return f"- - {record['kind']} {record['id'][:ABBREV]} -\n"
    return f"{code.get('tree', '-')} {code['commit']} {shown.line(record, 'same tree')}\n"
