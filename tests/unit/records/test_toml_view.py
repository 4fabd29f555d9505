"""One record as a section of a note, and sections put in order."""

import tomllib
from typing import Any

import pytest

from gitprov.records.toml import merge, section, split

RUN: dict[str, Any] = {
    "kind": "run",
    "schema": 1,
    "id": "9f2c1ab0" * 4,
    "at": "2026-11-20T17:30:00Z",
    "by": "Ana",
    "status": "ok",
    "exit": 0,
    "command": ["true"],
}


def run(number: int, at: str = "2026-11-20T17:30:00Z", **fields: object) -> str:
    """Return the section of a run with this number in its id."""
    return section({**RUN, "id": f"{number:032x}", "at": at, **fields})


def test_a_section_begins_with_what_people_look_for_whatever_the_order_of_the_record() -> None:
    assert section({**RUN, "metrics": {"a": 1}, "code": {"commit": "c"}, "input": []}) == (
        "[[run]]\n"
        "schema = 1\n"
        'id = "9f2c1ab09f2c1ab09f2c1ab09f2c1ab0"\n'
        'status = "ok"\n'
        "exit = 0\n"
        'command = ["true"]\n'
        "at = 2026-11-20T17:30:00Z\n"
        'by = "Ana"\n'
        "input = []\n"
        "\n"
        "[run.code]\n"
        'commit = "c"\n'
        "\n"
        "[run.metrics]\n"
        "a = 1\n"
    )


def test_milliseconds_stand_in_the_bare_time() -> None:
    assert "\nat = 2026-11-20T17:30:00.250Z\n" in run(1, at="2026-11-20T17:30:00.250Z")


def test_short_lists_of_tables_are_tables_too_never_inline() -> None:
    assert "[[run.input]]\na = 1\n\n[[run.input]]\nb = 2\n" in run(1, input=[{"a": 1}, {"b": 2}])


def test_nested_tables_have_quoted_headings_and_a_table_of_tables_alone_has_none() -> None:
    text = run(1, params={"model": {"a.b": {'x "y"': 1}, "": {"z": 2}}})
    assert text.endswith('[run.params.model."a.b"]\n"x \\"y\\"" = 1\n\n[run.params.model.""]\nz = 2\n')
    assert "[run.params]" not in text


def test_an_empty_table_keeps_its_heading() -> None:
    assert run(1, params={"a": {}}).endswith("\n[run.params.a]\n")


def test_null_is_left_out_of_tables_and_holds_its_place_in_arrays() -> None:
    tables = tomllib.loads(run(1, params={"a": None, "b": [1, None, {"c": None, "d": 2}]}))
    assert tables["run"][0]["params"] == {"b": [1, "null", {"d": 2}]}


def test_only_a_heading_begins_with_two_brackets() -> None:
    text = run(1, message="x\n[[run]]\n", params={"[[run]]": "[[run]]", "a\n[[run]]": {"b": 1}, "l": [["[[run]]"]]})
    assert [line for line in text.split("\n") if line.startswith("[[")] == ["[[run]]"]
    assert tomllib.loads(text)["run"][0]["params"]["a\n[[run]]"] == {"b": 1}


@pytest.mark.parametrize("value", [0, -1, 2**200, 0.1, 1.0, 1e-300, 1e300, -0.0, True, False, "", "a\tb\\\"'#"])
def test_values_keep_their_type(value: object) -> None:
    read = tomllib.loads(run(1, params={"v": value, "list": [value]}))["run"][0]["params"]
    assert repr(read) == repr({"v": value, "list": [value]})


def test_a_note_is_split_into_its_sections_and_nothing_else() -> None:
    first, second = run(1, params={"a": {"id": 7}}), run(2, input=[{"path": "a"}])
    note = merge("", [second, first])
    assert note == first + "\n" + second
    assert [(one.kind, one.id[-1], one.at, one.text) for one in split(note)] == [
        ("run", "1", "2026-11-20T17:30:00Z", first),
        ("run", "2", "2026-11-20T17:30:00Z", second),
    ]
    assert split("") == []


@pytest.mark.parametrize(
    "foreign",
    [
        "what somebody wrote\n",
        "[[run]]\n",
        '[[run]]\nid = "9f2c"\nat = 2026-11-20T17:30:00Z\n',
        '[[run]]\nid = "' + "1" * 32 + '"\nat = "soon"\n',
        '[[run]]\nat = 2026-11-20T17:30:00Z\n\n[run.code]\nid = "' + "1" * 32 + '"\n',
    ],
)
def test_what_is_not_a_section_of_ours_is_left_out(foreign: str) -> None:
    assert merge(foreign, [run(2)]) == run(2)


def test_merging_puts_sections_by_time_then_id_each_once() -> None:
    late, early = run(1, at="2026-11-20T17:30:00.001Z"), run(3, at="2026-11-20T17:30:00Z")
    other = section({"kind": "comment", "schema": 1, "id": "2" * 32, "at": "2026-11-20T17:30:00Z", "by": "Bo"})
    note = merge(merge("", [late]), [other, early, late])
    assert note == f"{early}\n{other}\n{late}"
    assert merge(note, []) == note


def test_the_newly_given_text_of_an_id_stands() -> None:
    assert merge(run(1, message="touched by hand"), [run(1, message="as recorded")]) == run(1, message="as recorded")


def test_notes_that_were_concatenated_by_anyone_are_valid_toml_and_merge_to_the_same() -> None:
    concatenated = run(2, params={"a": {"b": 1}}) + run(1, input=[{"path": "a"}]) + "\n\n" + run(2)
    assert len(tomllib.loads(concatenated)["run"]) == 3
    assert merge(concatenated, []) == merge("", [run(1, input=[{"path": "a"}]), run(2)])
