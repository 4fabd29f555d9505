"""What replications say together."""

from typing import Any

from gitprov.model.records import Replication
from gitprov.model.standing import short, standing, words
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


def test_a_machine_without_a_name_is_not_counted() -> None:
    assert words(standing([made(1, "identical")])) == "reproduced once, by 1 person"


def test_short_forms() -> None:
    assert short(standing([made(1, "identical")])) == "reproduced"
    assert short(standing([made(1, "identical"), made(2, "reproduced")])) == "reproduced 2x"
    assert short(standing([made(1, "different")])) == "not reproduced"
    assert short(standing([made(1, "failed"), made(2, "deviates")])) == "not reproduced in 2"
    assert short(standing([made(1, "not-comparable")])) == "not comparable"
