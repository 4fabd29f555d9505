"""What the reading verbs answer with: plain values that `views` turns into text, tables and JSON."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from gitprov.model.results import Graded, Problem

UNCOMMITTED = "uncommitted"
"""How a run belongs to the commit it ran on with uncommitted changes: it speaks for that commit in no grade."""


class CommitRuns(NamedTuple):
    """The runs of one commit."""

    commit: str
    runs: tuple[Graded, ...]
    """What speaks for it: by grade, the newest first."""
    uncommitted: tuple[str, ...]
    """Runs on top of it, with uncommitted changes, by id, the newest first."""


class History(NamedTuple):
    """What `log` answers: the commits asked for, in git's order, and the runs that they name."""

    commits: list[CommitRuns]
    runs: dict[str, dict[str, Any]]
    """Each named run's record, by id."""
    problems: list[Problem]
    notes: list[str]
    """What the person should know besides."""


class Listing(NamedTuple):
    """What `ls` answers: runs, and the same as a table."""

    runs: list[dict[str, Any]]
    columns: tuple[str, ...]
    """The fields shown."""
    rows: list[tuple[Any, ...]]
    """A row a run, a value a column; `None` where the run has no such field."""
    chosen: bool
    """Whether the person named the columns: then all of them are shown, however narrow the terminal."""
    problems: list[Problem]
    notes: list[str]


class About(NamedTuple):
    """What git knows of a commit that a record names."""

    subject: str
    refs: tuple[str, ...]
    """Branches and tags that stand on it."""


class Shown(NamedTuple):
    """What `show` answers: records in full."""

    records: list[dict[str, Any]]
    commits: list[CommitRuns]
    """The commit that was asked for, if one was, with how its runs belong to it."""
    about: dict[str, About]
    """By commit; what is not known here is left out."""
    committed: dict[str, str]
    """By run that had uncommitted changes, the commit that took them in, where there is one here."""
    problems: list[Problem]
    notes: list[str]
    replications: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})
    """By run, the records of its replications, the oldest first."""
    reviews: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})
    """By run, what people think of it, the oldest first: their reviews that count, each with `self` and `owner`."""
    signatures: Mapping[str, str] = MappingProxyType({})
    """By record that is signed, what is found of its signature, in words."""
