"""One record in full, or all that belong to a commit."""

from collections.abc import Mapping
from typing import Any, Final

from gitprov.api.reading import Reading, everything, fields
from gitprov.api.resolve import look_up
from gitprov.api.session import Session
from gitprov.api.signatures import states
from gitprov.api.standings import Standings, standings
from gitprov.errors import GitFailed
from gitprov.gitrepo.log import about, walk
from gitprov.model.answers import Shown
from gitprov.model.records import Link, Run
from gitprov.model.stamp import order
from gitprov.model.stored import Stored
from gitprov.model.vouching import UNSIGNED, judged, words

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
    known = standings(session, reading)
    committed = _committed(session, stored)
    commits = [oid for one in stored for oid in _commits(one)]
    return Shown(
        records=[known.beside(fields(one)) if one.kind == "run" else fields(one) for one in stored],
        commits=[named.commit] if named.commit else [],
        about=about(session.repo, [*commits, *committed.values()]),
        committed=committed,
        problems=reading.problems,
        notes=notes,
        replications={one.id: [made.plain() for made in known.replications.get(one.id, ())] for one in stored},
        reviews={one.id: _reviews(known, one.id) for one in stored if one.id in known.reviews},
        signatures=_signatures(session, stored),
    )


def _signatures(session: Session, stored: list[Stored]) -> dict[str, str]:
    """What is found of the signatures of those that are signed, in words."""
    found = states(session.repo, [one.commit for one in stored])
    told = ((one, found[one.commit], str(getattr(one.record, "by", ""))) for one in stored)
    return {one.id: words(judged(state, by), state, by) for one, state, by in told if state.word != UNSIGNED}


def _reviews(known: Standings, run: str) -> list[Mapping[str, Any]]:
    """What people think of a run, the oldest first; each says whether it is its own author's, or an owner's, word."""
    reviewed, owned = known.reviews[run], known.owned.get(run, frozenset())
    every = [*reviewed.accepted, *reviewed.rejected, *reviewed.own]
    every.sort(key=lambda one: order(one.review.at, one.review.id))
    return [
        {**one.review.plain(), "self": one in reviewed.own, "owner": one.person in owned and one not in reviewed.own}
        for one in every
    ]


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
