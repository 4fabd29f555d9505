"""Advice on names and paths: what `git prov lint` answers with."""

from collections.abc import Sequence
from typing import NamedTuple


class Advice(NamedTuple):
    """One piece of advice."""

    rule: str
    """What kind it is: `space`, `case`, `version`, `untitled`, `date`, `absolute`, `recorded`."""
    path: str
    """The file or directory, from the top, as records spell it; for a run, `run` and its abbreviated id."""
    line: int
    """Where in the file; 0 where it is about the name."""
    what: str
    """A clause to stand after the place."""
    why: str
    instead: str


class Linted(NamedTuple):
    """What came of looking."""

    advice: Sequence[Advice]
    files: int
    """How many were looked at."""
    runs: int
    """How many recorded runs were looked at."""
