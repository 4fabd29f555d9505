"""The standing of runs: what all replications and reviews that are known here say of each."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.api.persons import Persons
from gitprov.api.reading import Reading
from gitprov.api.reviews import NOBODY, Reviewed, reviews
from gitprov.api.session import Session
from gitprov.api.settings import shared
from gitprov.errors import ProvError
from gitprov.model.records import Replication, Retraction, Run
from gitprov.model.standing import STANDING, Said, standing
from gitprov.model.stored import Stored
from gitprov.model.text import unquote

if TYPE_CHECKING:
    from gitprov.api.owners import People

_SOME_FILE = "\x02"
"""Stands for the files of a directory of which only the directory is recorded."""


class Standings(NamedTuple):
    """What is known of runs besides their own records, each by the run's id."""

    replications: Mapping[str, Sequence[Replication]]
    """The oldest first."""
    reviews: Mapping[str, Reviewed]
    owned: Mapping[str, frozenset[str]]
    """Who owns what a run made, as `Persons.key` has people; only of those that were reviewed and are owned."""
    retracted: frozenset[str]
    persons: Persons

    def of(self, run: str) -> dict[str, Any]:
        """Return the standing of a run; empty where nobody has said anything of it."""
        reviewed = self.reviews.get(run, NOBODY)
        owned = self.owned.get(run)
        said = Said(
            accepted=len(reviewed.accepted),
            rejected=len(reviewed.rejected),
            owners=None if owned is None else sum(one.person in owned for one in reviewed.accepted),
            own=reviewed.own[0].review.verdict if reviewed.own else "",
            is_retracted=run in self.retracted,
        )
        return standing(self.replications.get(run, ()), said, person=self.persons.key)

    def beside(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """Return a run's fields with its standing beside them, where there is any.

        What a record itself says under that name is nobody's word on it, and goes.
        """
        own = {name: value for name, value in run.items() if name != STANDING}
        told = self.of(str(run.get("id")))
        return {**own, STANDING: told} if told else own


def standings(session: Session, reading: Reading) -> Standings:
    """Return the standing of all runs. Who owns what is read in HEAD."""
    persons = Persons(session.repo)
    reviewed = reviews(reading, persons)
    tried = replications(reading)
    persons.learn(one.by for made in tried.values() for one in made)
    return Standings(
        tried,
        reviewed,
        _owned(session, [run for run in reading.runs_by_id().values() if run.id in reviewed], persons),
        frozenset(one.record.record for one in reading.records if isinstance(one.record, Retraction)),
        persons,
    )


def replications(reading: Reading) -> dict[str, list[Replication]]:
    """Return the replications by the run that they are of, the oldest first."""
    found: dict[str, list[Replication]] = {}
    for stored in reading.records:
        if isinstance(stored.record, Replication):
            found.setdefault(stored.record.run, []).append(stored.record)
    return found


def _owned(session: Session, runs: Iterable[Stored], persons: Persons) -> dict[str, frozenset[str]]:
    """Who owns the outputs of each of the runs, where somebody does."""
    if not (runs := list(runs)):
        return {}
    from gitprov.api.owners import owners, read  # what matches patterns is dear to import

    file = read(session.repo, "HEAD")
    if file is None:
        return {}
    people = _people(session)
    found = {}
    for run in runs:
        asked = owners(file, _made(run), people=people, persons=persons).values()
        if everybody := frozenset().union(*(one.people for one in asked)):
            found[run.id] = everybody
    return found


def _made(run: Stored) -> list[str]:
    """The files that a run made in the repository, as git spells them."""
    outputs = run.record.output if isinstance(run.record, Run) else ()
    return [
        os.fsdecode(unquote(item.path)) + (f"/{_SOME_FILE}" if (item.files or 1) > 1 else "")
        for item in outputs
        if not item.absolute
    ]


def _people(session: Session) -> "People":
    """Addresses by handle as this repository shares them; what is no such table says nothing, and is told elsewhere."""
    try:
        table = shared(session.repo)[0].get("people")
    except ProvError:
        return {}
    said = table.items() if isinstance(table, dict) else ()
    lists = {handle: [told] if isinstance(told, str) else told for handle, told in said}
    return {
        handle: [address for address in told if isinstance(address, str)]
        for handle, told in lists.items()
        if isinstance(told, list)
    }
