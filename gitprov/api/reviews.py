"""What people said of runs: of each person the word that counts, and apart from them whoever made the run."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitprov.api.persons import Persons
from gitprov.api.reading import Reading
from gitprov.model.records import Retraction, Review, Run
from gitprov.model.stamp import order


class Opinion(NamedTuple):
    """What a person thinks of a run: their latest review of it."""

    review: Review
    person: str
    """The person, as `Persons.key` has them."""
    commit: str
    """The commit of the log that holds the review: what is signed."""


class Reviewed(NamedTuple):
    """What people think of a run, each once, the oldest first. Nobody stands in two of the three."""

    accepted: tuple[Opinion, ...] = ()
    rejected: tuple[Opinion, ...] = ()
    own: tuple[Opinion, ...] = ()
    """Of whoever made the run: shown, and counted for nothing."""


NOBODY = Reviewed()
"""What people think of a run that nobody has reviewed."""


def reviews(reading: Reading, persons: Persons) -> dict[str, Reviewed]:
    """Return what people think of each run that was reviewed, by the run's id.

    A person's later review of a run takes the place of their earlier one. A review that its author retracted counts
    for nothing, and what it took the place of does not come back; nobody else can take it away.
    """
    made = [Opinion(one.record, one.record.by, one.commit) for one in reading.records if isinstance(one.record, Review)]
    if not made:
        return {}
    authors = {one.id: one.record.by for one in reading.records if isinstance(one.record, Run)}
    taken_back = [one.record for one in reading.records if isinstance(one.record, Retraction)]
    reviewed = {authors[one.review.run] for one in made if one.review.run in authors}
    persons.learn([*(one.person for one in made), *(one.by for one in taken_back), *reviewed])
    gone = {(one.record, persons.key(one.by)) for one in taken_back}
    known = [one._replace(person=persons.key(one.person)) for one in made]
    found = {}
    for run, latest in _latest(known).items():
        by_person = {person: one for person, one in latest.items() if (one.review.id, person) not in gone}
        found[run] = _sorted_out(by_person, persons.key(authors[run]) if run in authors else "")
    return found


def _latest(opinions: Iterable[Opinion]) -> Mapping[str, Mapping[str, Opinion]]:
    """Each person's word on each run: by run, by person."""
    every = sorted(opinions, key=lambda one: order(one.review.at, one.review.id))
    replaced = {(one.review.replaces, one.person) for one in every}
    latest: dict[str, dict[str, Opinion]] = {}
    for one in every:
        if (one.review.id, one.person) in replaced:
            continue
        of_run = latest.setdefault(one.review.run, {})
        of_run.pop(one.person, None)  # so that the oldest word that counts stands first
        of_run[one.person] = one
    return latest


def _sorted_out(by_person: Mapping[str, Opinion], author: str) -> Reviewed:
    def those(verdict: str) -> Iterator[Opinion]:
        return (one for one in by_person.values() if one.review.verdict == verdict and one.person != author)

    own = (by_person[author],) if author in by_person else ()
    return Reviewed(tuple(those("accepted")), tuple(those("rejected")), own)
