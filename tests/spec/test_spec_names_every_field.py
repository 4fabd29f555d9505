"""The pages of the specification and the models that read records say the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from gitprov.model import limits
from gitprov.model.base import Part, Record
from gitprov.model.records import KINDS

SPEC = Path(__file__).parents[2] / "docs" / "spec"


def page(name: str) -> str:
    """Return the text of a page."""
    return (SPEC / f"{name}.md").read_text(encoding="utf-8")


def section_of(kind: str) -> str:
    """Return the part of the page on records that states a kind."""
    (section,) = (part for part in page("records").split("\n## ") if f"`{kind}`" in part.partition("\n")[0])
    return section


def parts_in(annotation: object) -> Iterator[type[Part]]:
    """Return the tables that a field's type mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from parts_in(inner)


def names_in(model: type[BaseModel]) -> Iterator[str]:
    """Return the names of a table's fields and of those of the tables in it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for part in parts_in(field.annotation):
            yield from names_in(part)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_on_records_names_every_field_of_a_kind(kind: str) -> None:
    stated = section_of(kind)
    common = set(names_in(Record))
    assert [name for name in names_in(KINDS[kind]) if name not in common and f"`{name}`" not in stated] == []


def test_the_page_on_records_names_what_every_record_has() -> None:
    (stated,) = (part for part in page("records").split("\n## ") if part.startswith("Every record"))
    assert [name for name in names_in(Record) if f"| `{name}` |" not in stated] == []


def test_the_page_on_limits_states_the_limits_that_are_held() -> None:
    stated = page("limits")
    assert f"| {limits.LINE_LIMIT:,} bytes |" in stated
    assert f"| {limits.DEPTH_LIMIT} levels |" in stated
    assert f"| {limits.DIGITS_LIMIT:,} characters |" in stated
