"""One record in full, or all that belong to a commit."""

from typing import Final

from gitprov.api.reading import Reading, everything, fields
from gitprov.api.resolve import look_up
from gitprov.api.session import Session
from gitprov.api.standings import replications, with_standing
from gitprov.errors import GitFailed
from gitprov.gitrepo.log import about, walk
from gitprov.model.answers import Shown
from gitprov.model.records import Link, Run
from gitprov.model.stored import Stored

_LOOKED_AT: Final = 1000
"""How many commits are looked at for one that took uncommitted changes in."""


def show(session: Session, name: str) -> Shown:
    """Return the record that `name` (a RUN, or any record's id) means; all records of it where it is a commit.

    Raises `NotFound` where it names nothing.
    """
    reading = everything(session)
    named = look_up(session, reading, name)
    stored = [match.stored for match in named.matches]
    notes: list[str] = []
    if named.commit is not None:
        stored += _attached(reading, named.commit.commit)
        notes = [] if stored else [f"no record belongs to commit {named.commit.commit[:10]}"]
    known = replications(reading)
    committed = _committed(session, stored)
    commits = [oid for one in stored for oid in _commits(one)]
    return Shown(
        records=[with_standing(fields(one), known) if one.kind == "run" else fields(one) for one in stored],
        commits=[named.commit] if named.commit else [],
        about=about(session.repo, [*commits, *committed.values()]),
        committed=committed,
        problems=reading.problems,
        notes=notes,
        replications={one.id: [made.plain() for made in known.get(one.id, ())] for one in stored},
    )


def _committed(session: Session, stored: list[Stored]) -> dict[str, str]:
    """The oldest of the newest commits that has the tree of a run with uncommitted changes, by run."""
    trees = {
        one.id: one.record.code.tree
        for one in stored
        if isinstance(one.record, Run) and one.record.code and one.record.code.base
    }
    if not trees:
        return {}
    try:
        commits = walk(session.repo, ["--branches", "--tags", "--remotes", "HEAD"], _LOOKED_AT)
    except GitFailed:  # there is no commit yet
        return {}
    by_tree = {commit.tree: commit.oid for commit in commits}
    return {run: by_tree[tree] for run, tree in trees.items() if tree in by_tree}


def _attached(reading: Reading, commit: str) -> list[Stored]:
    """The records of other kinds that name a commit."""
    return [one for one in reading.records if one.kind != "run" and commit in _commits(one)]


def _commits(stored: Stored) -> list[str]:
    """The commits that a record names."""
    record = stored.record
    if isinstance(record, Run):
        return [oid for oid in (record.code.commit, record.code.base) if oid] if record.code else []
    if isinstance(record, Link):
        return [oid for pair in record.pair for oid in (pair.old, pair.new)]
    commit = getattr(record, "commit", None)
    return [commit] if commit else []
