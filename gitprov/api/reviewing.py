"""Reviewing runs: what a person thinks of each, with what it was judged by, into the log."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

from gitprov.api.asked import criteria
from gitprov.api.persons import Persons
from gitprov.api.reading import Reading, everything
from gitprov.api.resolve import resolve
from gitprov.api.reviews import NOBODY, Opinion, reviews
from gitprov.api.session import Session
from gitprov.errors import GitFailed, NotFound, ProvError, UsageError
from gitprov.model.ids import ABBREV, new_id
from gitprov.model.records import Retraction, Run
from gitprov.model.results import Problem
from gitprov.model.stamp import stamp
from gitprov.model.stored import Stored
from gitprov.model.text import single_line, visible
from gitprov.records import recording
from gitprov.records.writer import Addition

Verdict = Literal["accepted", "rejected"]
_BY: Final = 200
_LISTED: Final = 8
_WHO: Final = 'tell it: git config --global user.name "..." and user.email "..."'
_ID: Final = re.compile(r"[0-9a-f]{7,32}")


class Target(NamedTuple):
    """A run that is to be reviewed, and what bears on it."""

    run: Run
    criteria: tuple[str, ...]
    """What it is judged by."""
    earlier: Opinion | None
    """What the person said of it before."""
    is_own: bool
    """Whether the person made it."""


class Prepared(NamedTuple):
    """A review that waits for its words."""

    verdict: Verdict
    by: str
    targets: Sequence[Target]
    problems: Sequence[Problem]


class Recorded(NamedTuple):
    """The reviews that were recorded, and what the person should know besides."""

    records: list[dict[str, Any]]
    notes: list[str]


def prepare(session: Session, names: Sequence[str], verdict: Verdict) -> Prepared:
    """Find the runs that a person means to review, and what there is to know of them.

    Raises `NotFound` for a name that leads to no run, `UsageError` for one that leads to several, `ProvError` for a
    run that cannot be reviewed, and where git does not know who the person is.
    """
    _need_a_name(session)
    reading = everything(session)
    named = {found.id: found for name in names for found in [_one(session, reading, name)]}
    persons, by = Persons(session.repo), single_line(session.repo.identity, _BY)
    said = reviews(reading, persons)
    taken_back = {one.record.record: one.record for one in reading.records if isinstance(one.record, Retraction)}
    targets = []
    for stored in named.values():
        assert isinstance(stored.record, Run)
        _refuse(stored.record, taken_back.get(stored.id))
        of_it = said.get(stored.id, NOBODY)
        mine = [one for one in (*of_it.accepted, *of_it.rejected, *of_it.own) if one.person == persons.key(by)]
        is_own = persons.are_same(by, stored.record.by)
        targets.append(Target(stored.record, criteria(session, stored.record), mine[0] if mine else None, is_own))
    return Prepared(verdict, by, targets, reading.problems)


def record(session: Session, prepared: Prepared, text: str) -> Recorded:
    """Record the reviews, all or none, with these words. Raises `UsageError` for a rejection without any."""
    words = visible(text).strip()
    if prepared.verdict == "rejected" and not words:
        raise UsageError("a rejection needs a reason", hint="give it: git prov review RUN --reject -m TEXT")
    at = stamp(datetime.fromtimestamp(session.clock(), UTC))
    made = [_review(session, prepared, target, words, at) for target in prepared.targets]
    problems = recording.record(session.repo, session.state, Addition(records=made)).warnings
    told = [note for target in prepared.targets for note in _notes(target, prepared.verdict)]
    own = {target.run.id for target in prepared.targets if target.is_own}
    return Recorded([{**one, "self": one["run"] in own} for one in made], [*told, *problems])


def _need_a_name(session: Session) -> None:
    """A review by nobody is worth nothing, and a made-up address is nobody's. Raises `ProvError`."""
    try:
        session.repo.git.line("var", "GIT_AUTHOR_IDENT")
    except GitFailed as error:
        reason = error.message.removeprefix("git var: ").rstrip(":")
        raise ProvError(f"git does not know who you are: {reason}", hint=_WHO) from None


def _one(session: Session, reading: Reading, name: str) -> Stored:
    """The one run that a name leads to: a review is of a run, and not of whatever is on a commit."""
    try:
        found = resolve(session, reading, name)
    except NotFound as error:
        if _ID.fullmatch(name) and not any(one.id.startswith(name) for one in reading.records):
            raise NotFound(
                error.message, hint="if somebody else made it, their records come with: git prov sync"
            ) from None
        raise
    if len(found) == 1:
        return found[0].stored
    listed = "".join(f"\n  {match.stored.id[:16]} {match.stored.at}" for match in found[:_LISTED])
    more = f"\n  and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    raise UsageError(
        f"{single_line(name, 60)} has {len(found)} runs:{listed}{more}", hint="name the run that you have looked at"
    )


def _refuse(run: Run, retraction: Retraction | None) -> None:
    """Refuse a run that is nobody's result. Raises `ProvError`."""
    name = run.id[:ABBREV]
    if retraction is not None:
        raise ProvError(
            f"run {name} was retracted by {single_line(retraction.by, 100)}: {single_line(retraction.because, 200)}",
            hint="a run that no longer stands cannot be reviewed; see what took its place: git prov ls",
        )
    if run.reproduces is not None:
        original = run.reproduces[:ABBREV]
        raise ProvError(
            f"run {name} was made to reproduce {original}, and is no result of its own",
            hint=f"review the run that it reproduces: git prov review {original}",
        )


def _review(session: Session, prepared: Prepared, target: Target, text: str, at: str) -> dict[str, Any]:
    code = target.run.code
    fields = {
        "kind": "review",
        "schema": 1,
        "id": new_id(session.random(16)),
        "at": at,
        "by": prepared.by,
        "run": target.run.id,
        "commit": code.commit if code else None,
        "verdict": prepared.verdict,
        "text": text,
        "criteria": list(target.criteria),
        "replaces": target.earlier.review.id if target.earlier else None,
    }
    return {name: value for name, value in fields.items() if value}


def _notes(target: Target, verdict: Verdict) -> Iterable[str]:
    """What a person may not have had in mind."""
    run, name = target.run, target.run.id[:ABBREV]
    if target.is_own:
        yield f"run {name} is your own: what you say of it is shown as a self-review, and counts for no rule"
    if target.earlier is not None:
        earlier = target.earlier.review
        yield f"run {name}: this takes the place of what you said before ({earlier.verdict}, {earlier.id[:ABBREV]})"
    if verdict == "accepted" and run.status != "ok":
        yield f"run {name} did not end well ({run.status}), and is accepted all the same"
    if verdict == "accepted" and run.intent is not None and run.intent.verdict == "missed":
        yield f"run {name} missed what was expected of it, and is accepted all the same"
