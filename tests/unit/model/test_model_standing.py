"""What replications and reviews say together."""

from typing import Any

import pytest

from gitprov.model.records import Replication
from gitprov.model.standing import FIELDS, Said, short, standing, words
from support.records import record_id


def made(number: int, verdict: str, **fields: Any) -> Replication:  # noqa: ANN401 - any field
    told = {"id": record_id(number), "at": f"2026-01-02T00:00:{number:02}Z", "by": "Bo <bo@example.org>"}
    return Replication.model_validate({**told, "run": record_id(99), "verdict": verdict, **fields})


def test_nobody_tried_is_nothing() -> None:
    assert standing([]) == {}


def test_people_and_machines_are_counted_where_it_was_reproduced_and_failures_are_never_hidden() -> None:
    told = standing(
        [
            made(3, "deviates", by="Cy <cy@example.org>", machine="m3"),
            made(1, "identical", machine="m1"),
            made(2, "within-tolerance", machine="m2"),
            made(4, "not-comparable"),
            made(5, "failed"),
        ]
    )
    assert told == {
        "tried": 4,
        "reproduced": 2,
        "failed": 2,
        "not_comparable": 1,
        "people": 1,
        "machines": 2,
        "last": "failed",
    }
    assert words(told) == (
        "reproduced twice, by 1 person, on 2 machines; failed to reproduce twice; could not be compared once"
    )
    assert short(told) == "reproduced 2 of 4"


def test_a_person_with_two_addresses_is_counted_once() -> None:
    told = standing(
        [made(1, "identical"), made(2, "identical", by="Bo Ek <bo@home.example>"), made(3, "identical", by="Cy <c@x>")],
        person=lambda by: "bo" if by.startswith("Bo") else by,
    )
    assert told["people"] == 2


def test_a_machine_without_a_name_is_not_counted() -> None:
    assert words(standing([made(1, "identical")])) == "reproduced once, by 1 person"


def test_short_forms() -> None:
    assert short(standing([made(1, "identical")])) == "reproduced"
    assert short(standing([made(1, "identical"), made(2, "reproduced")])) == "reproduced 2x"
    assert short(standing([made(1, "different")])) == "not reproduced"
    assert short(standing([made(1, "failed"), made(2, "deviates")])) == "not reproduced in 2"
    assert short(standing([made(1, "not-comparable")])) == "not comparable"


def test_reviews_are_counted_beside_replications_and_what_speaks_against_a_run_is_never_left_out() -> None:
    told = standing([made(1, "identical")], Said(accepted=3, rejected=1, owners=1, own="accepted"))
    assert {"accepted": 3, "rejected": 1, "owners": 1, "self_review": "accepted"}.items() <= told.items()
    assert words(told) == (
        "reproduced once, by 1 person; rejected by 1 person; accepted by 3 people, 1 of them an owner; "
        "accepted by its own author"
    )
    assert short(told) == "reproduced, rejected, accepted by 3"


def test_a_run_that_was_only_reviewed_has_nothing_of_replications() -> None:
    told = standing([], Said(rejected=2))
    assert told == {"accepted": 0, "rejected": 2}
    assert (words(told), short(told)) == ("rejected by 2 people", "rejected by 2")


def test_a_self_review_alone_is_marked_as_one() -> None:
    told = standing([], Said(own="accepted"))
    assert told == {"accepted": 0, "rejected": 0, "self_review": "accepted"}
    assert (words(told), short(told)) == ("accepted by its own author", "self-accepted")


def test_a_retraction_comes_first() -> None:
    told = standing([made(1, "identical")], Said(accepted=1, is_retracted=True))
    assert told["retracted"] is True
    assert words(told).startswith("retracted; ")
    assert short(told) == "retracted, reproduced, accepted"


@pytest.mark.parametrize(
    ("accepted", "owners", "said"),
    [
        (1, None, "accepted by 1 person"),
        (1, 0, "accepted by 1 person, no owner"),
        (1, 1, "accepted by 1 person, an owner"),
        (2, 0, "accepted by 2 people, no owners"),
        (2, 2, "accepted by 2 people, all owners"),
        (3, 2, "accepted by 3 people, 2 of them owners"),
    ],
)
def test_owners_among_those_who_accepted(accepted: int, owners: int | None, said: str) -> None:
    assert words(standing([], Said(accepted=accepted, owners=owners))) == said


def test_all_that_it_can_say_is_named() -> None:
    told = standing([made(1, "identical")], Said(accepted=1, owners=1, own="rejected", is_retracted=True))
    assert set(told) == set(FIELDS)
