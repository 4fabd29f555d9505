"""How small tables differ: lines that were added and lines that were removed, in whatever order they stand."""

from collections import Counter
from typing import Final

from gitprov.model.data import Rows

TABULAR: Final = (".csv", ".tsv", ".jsonl", ".ndjson")
"""What tables in lines of text are called."""
SMALL: Final = 4 << 20
"""Bytes; larger ones are not compared line by line."""


def is_small_table(path: str, *sizes: int) -> bool:
    """Whether files of these sizes, at a path, are compared line by line."""
    return path.lower().rstrip('"').endswith(TABULAR) and max(sizes) <= SMALL


def row_changes(old: bytes, new: bytes) -> Rows:
    """Return how many lines one has and the other has not."""
    before, after = Counter(old.splitlines()), Counter(new.splitlines())
    return Rows(added=(after - before).total(), removed=(before - after).total())
