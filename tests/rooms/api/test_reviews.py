"""What people think of runs, as far as it counts."""

from typing import Any

from gitprov.api.persons import Persons
from gitprov.api.reading import everything
from gitprov.api.reviews import NOBODY, Reviewed, reviews
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder
from support.reviewed import BO, review_record


def said(repo: RepoBuilder, *records: dict[str, Any]) -> Reviewed:
    """What is thought of run 1 once these are recorded."""
    append(repo.path, run_record(1), *records)
    with opened(repo.path) as session:
        return reviews(everything(session), Persons(session.repo)).get(record_id(1), NOBODY)


def people(opinions: tuple[Any, ...]) -> list[str]:
    return [one.person for one in opinions]


def test_nobody_has_said_anything(repo: RepoBuilder) -> None:
    assert said(repo) == NOBODY


def test_each_person_speaks_once_the_oldest_word_that_counts_first(repo: RepoBuilder) -> None:
    found = said(
        repo,
        review_record(11, 1),
        review_record(12, 1, by="Cy <cy@example.org>", verdict="rejected"),
        review_record(13, 1, by="Di <di@example.org>"),
        review_record(14, 1, by="Bo <BO@Example.org>"),
    )
    assert people(found.accepted) == ["di@example.org", "bo@example.org"]
    assert people(found.rejected) == ["cy@example.org"]
    assert found.own == ()
    assert found.accepted[1].review.id == record_id(14)


def test_a_later_word_takes_the_place_of_an_earlier_one(repo: RepoBuilder) -> None:
    found = said(repo, review_record(11, 1, verdict="rejected"), review_record(12, 1))
    assert (people(found.accepted), found.rejected) == (["bo@example.org"], ())


def test_a_word_counts_that_replaces_one_dated_later_by_a_clock_that_was_ahead(repo: RepoBuilder) -> None:
    found = said(
        repo,
        review_record(11, 1, verdict="rejected", at="2030-01-01T00:00:00Z"),
        review_record(12, 1, replaces=record_id(11)),
    )
    assert (people(found.accepted), found.rejected) == (["bo@example.org"], ())


def test_nobody_can_replace_or_retract_what_another_person_said(repo: RepoBuilder) -> None:
    found = said(
        repo,
        review_record(11, 1, verdict="rejected"),
        review_record(12, 1, by="Cy <cy@example.org>", replaces=record_id(11)),
        retraction(13, 11, by="Cy <cy@example.org>"),
    )
    assert people(found.rejected) == ["bo@example.org"]
    assert people(found.accepted) == ["cy@example.org"]


def test_what_its_own_author_retracted_does_not_count(repo: RepoBuilder) -> None:
    assert said(repo, review_record(11, 1), retraction(13, 11, by=BO)) == NOBODY


def test_what_a_retracted_review_took_the_place_of_does_not_come_back(repo: RepoBuilder) -> None:
    assert (
        said(repo, review_record(11, 1), review_record(12, 1, verdict="rejected"), retraction(13, 12, by=BO)) == NOBODY
    )


def test_a_self_review_is_apart_whatever_the_case_of_the_address(repo: RepoBuilder) -> None:
    found = said(repo, review_record(11, 1, by="A. Lima <ANA@example.ORG>"), review_record(12, 1))
    assert people(found.own) == ["ana@example.org"]
    assert people(found.accepted) == ["bo@example.org"]


def test_a_self_review_is_one_under_another_address_of_the_mailmap(repo: RepoBuilder) -> None:
    repo.write(".mailmap", "Ana Lima <ana@example.org> <ana@home.example.net>\n")
    found = said(repo, review_record(11, 1, by="Ana <ana@home.example.net>"))
    assert people(found.own) == ["ana@example.org"]
    assert found.accepted == ()


def test_of_a_run_that_is_not_here_reviews_are_known_all_the_same(repo: RepoBuilder) -> None:
    append(repo.path, review_record(11, 99))
    with opened(repo.path) as session:
        found = reviews(everything(session), Persons(session.repo))
    assert people(found[record_id(99)].accepted) == ["bo@example.org"]


def retraction(number: int, of: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    told = {"id": record_id(number), "at": "2026-03-01T00:00:00Z", "record": record_id(of), "because": "an error"}
    return {"kind": "retraction", "schema": 1, **told, **fields}
