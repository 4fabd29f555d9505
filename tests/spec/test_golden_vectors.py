"""The vectors under `v1/`: what schema 1 is, byte for byte. They are added to and never changed."""

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model.records import KINDS, Unread, dump, parse
from gitprov.model.stamp import moment
from gitprov.model.text import quote, unquote
from gitprov.records import codec, toml

V1 = Path(__file__).parent / "v1"
READ = sorted(path.stem for path in V1.glob("*.toml"))
UNREAD = sorted(path.stem for path in V1.glob("unread-*.json"))
REFUSED: list[dict[str, str]] = json.loads((V1 / "refused.json").read_text(encoding="utf-8"))
NAMES: list[dict[str, str]] = json.loads((V1 / "names.json").read_text(encoding="utf-8"))


def line_of(name: str) -> bytes:
    """Return a vector's record: its line of JSON, without the final newline of the file."""
    return (V1 / f"{name}.json").read_bytes().removesuffix(b"\n")


def fields_of(name: str) -> dict[str, Any]:
    """Return a vector's record as plain data."""
    fields: dict[str, Any] = json.loads(line_of(name))
    return fields


def test_there_is_a_vector_of_every_kind() -> None:
    assert {fields_of(name)["kind"] for name in READ} == set(KINDS)


@pytest.mark.parametrize("name", READ)
def test_a_record_is_read_and_gives_the_same_fields_back(name: str) -> None:
    record = parse(line_of(name))
    assert not isinstance(record, Unread)
    assert dump(record) == fields_of(name)


@pytest.mark.parametrize("name", READ)
def test_a_record_is_written_as_this_commit_message(name: str) -> None:
    assert codec.message(fields_of(name)) == (V1 / f"{name}.message").read_bytes()


@pytest.mark.parametrize("name", [*READ, *UNREAD])
def test_a_message_is_a_summary_an_empty_line_and_the_record_itself(name: str) -> None:
    summary, empty, line, end = (V1 / f"{name}.message").read_bytes().split(b"\n")
    fields = fields_of(name)
    assert summary.decode().startswith(f"{fields['kind']} {fields['id'][:7]}")
    assert (empty, line, end) == (b"", line_of(name), b"")
    assert codec.json_line(b"tree 0\n\n" + b"\n".join([summary, empty, line, end])) == line


@pytest.mark.parametrize("name", READ)
def test_a_record_is_shown_as_this_section(name: str) -> None:
    assert toml.section(fields_of(name)).encode() == (V1 / f"{name}.toml").read_bytes()


def test_all_sections_in_one_note_are_valid_toml_and_stand_by_time_and_id() -> None:
    sections = [(V1 / f"{name}.toml").read_text(encoding="utf-8") for name in READ]
    note = toml.merge("", sections)
    tables = tomllib.loads(note)
    several = {"run": 3, "review": 2}
    assert {kind: len(entries) for kind, entries in tables.items()} == {**dict.fromkeys(KINDS, 1), **several}
    shown = [(moment(one.at), one.id) for one in toml.split(note)]
    assert shown == sorted((moment(fields_of(name)["at"]), fields_of(name)["id"]) for name in READ)


@pytest.mark.parametrize("name", UNREAD)
def test_a_newer_schema_or_an_unknown_kind_is_passed_on_unread(name: str) -> None:
    record = parse(line_of(name))
    assert isinstance(record, Unread)
    fields = fields_of(name)
    assert record == (fields["id"], fields["kind"], fields["schema"], fields["at"])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_a_line_that_breaks_a_rule_is_refused_for_that_rule(case: dict[str, str]) -> None:
    line = case["line"].encode() if "line" in case else base64.b64decode(case["line_base64"])
    with pytest.raises(InvalidRecord) as caught:
        parse(line)
    assert case["refusal"] in caught.value.message


@pytest.mark.parametrize("case", NAMES, ids=lambda case: ascii(case["form"]))
def test_a_name_of_the_system_has_this_text_form(case: dict[str, str]) -> None:
    name = bytes.fromhex(case["bytes_hex"])
    assert quote(name) == case["form"]
    assert unquote(case["form"]) == name
