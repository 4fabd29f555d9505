"""How far a metric may be off where the same run was recorded several times."""

import json
from typing import Any

from gitprov.api.reading import Reading
from gitprov.api.reproduce.spreads import spreads
from gitprov.model.records import Run
from gitprov.model.stored import Stored
from support.records import run_record


def stored(number: int, **fields: Any) -> Stored:  # noqa: ANN401 - any field
    record = Run.model_validate({**run_record(number), "code": {"tree": "d" * 40}, **fields})
    raw = json.dumps(record.plain()).encode()
    return Stored(record.id, "run", record, raw, "c" * 40, record.at)


def found(*runs: Stored) -> dict[str, tuple[float, float]]:
    first = runs[0].record
    assert isinstance(first, Run)
    every = spreads(Reading([*runs], [*runs], []), first.plain())
    return {name: (one.low, one.high) for name, one in every.items()}


def test_runs_that_differ_in_nothing_but_what_came_of_them_give_a_range() -> None:
    runs = [stored(number, metrics={"loss": 0.1 * number, "same": 1}) for number in (1, 2, 3)]
    assert found(*runs) == {"loss": (0.1, 0.30000000000000004)}


def test_a_run_alone_gives_none() -> None:
    assert found(stored(1, metrics={"loss": 1.0})) == {}


def test_other_code_data_seeds_parameters_or_software_are_other_runs() -> None:
    one = stored(1, metrics={"loss": 1.0})
    others: list[dict[str, Any]] = [
        {"code": {"tree": "e" * 40}},
        {"input": [{"path": "a", "digest": "b3:" + "0" * 64}]},
        {"seeds": {"declared": 2}},
        {"params": {"lr": 1}},
        {"environment": {"digest": "b3:" + "0" * 64}},
        {"command": ["python", "other.py"]},
        {"status": "failed"},
    ]
    for number, fields in enumerate(others, start=2):
        assert found(one, stored(number, metrics={"loss": 2.0}, **fields)) == {}, fields
