"""The vectors under `v1/pointers/`: statements of schema 1, byte for byte. They are added to and never changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model import pointer
from gitprov.model.known import Said, union
from gitprov.model.pointer import Location, Statement, parse
from gitprov.records import statements

POINTERS = Path(__file__).parent / "v1" / "pointers"
PAGE = (Path(__file__).parents[2] / "docs/spec/pointers.md").read_text(encoding="utf-8")
WRITTEN = ("minimal", "full", "moved")
UNREAD = ("unread-newer-schema",)
PLACES: dict[str, str] = json.loads((POINTERS / "places.json").read_text(encoding="utf-8"))
REFUSED: list[dict[str, str]] = json.loads((POINTERS / "refused.json").read_text(encoding="utf-8"))


def bytes_of(name: str) -> bytes:
    return (POINTERS / f"{name}.json").read_bytes()


def statement_of(name: str) -> Statement:
    statement = parse(bytes_of(name))
    assert statement is not None
    return statement


@pytest.mark.parametrize("name", WRITTEN)
def test_a_statement_is_read_and_written_the_same_again(name: str) -> None:
    made = statements.document(statement_of(name).plain())

    assert (made.data, made.place) == (bytes_of(name), PLACES[name])


@pytest.mark.parametrize("name", [*WRITTEN, *UNREAD])
def test_a_statement_stands_at_the_place_that_its_digest_and_its_bytes_name(name: str) -> None:
    digest = json.loads(bytes_of(name))["digest"]

    assert PLACES[name] == f"pointer/{digest.removeprefix('b3:')}-{statements.statement_id(bytes_of(name))}"


@pytest.mark.parametrize("name", UNREAD)
def test_a_newer_schema_is_not_read_and_not_refused(name: str) -> None:
    assert parse(bytes_of(name)) is None


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_a_statement_that_breaks_a_rule_is_refused_for_that_rule(case: dict[str, str]) -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse(case["line"].encode())

    assert case["refusal"] in caught.value.message


def test_all_statements_together_make_this_known() -> None:
    told = [Said(PLACES[name].rpartition("-")[2], statement_of(name)) for name in WRITTEN]

    [found] = union(told).values()

    shown: dict[str, Any] = {name: value for name, value in found._asdict().items() if value is not None}
    shown["copies"] = [{**copy._asdict(), "location": copy.location.plain()} for copy in found.copies]
    shown["statements"] = list(found.statements)
    assert shown == json.loads((POINTERS / "known.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", [Statement, Location])
def test_the_page_names_every_field(model: type[Statement | Location]) -> None:
    names = ["schema", *model._fields[:-1]]  # the last is what has no name yet

    assert [name for name in names if f"| `{name}` |" not in PAGE] == []


def test_the_page_states_the_limits_that_are_held() -> None:
    assert f"{pointer.STATEMENT_LIMIT:,} bytes" in PAGE
    assert f"at most {pointer.LOCATIONS_LIMIT} tables" in PAGE
    assert f"at most {pointer.GONE_LIMIT:,} ids" in PAGE
