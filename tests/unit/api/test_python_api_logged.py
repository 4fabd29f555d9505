"""What a program told its run, on the way into the record."""

import os
from typing import Any

import pytest

from gitprov.api import logged

DIGEST = "b3:" + "a" * 64
BLOB = "git:" + "b" * 40
ROOT = os.path.realpath("/nowhere/repo")


def entry(path: str, how: str = "api", digest: str = DIGEST, **more: object) -> dict[str, Any]:
    return {"path": path, "digest": digest, "size": 3, "files": 1, "how": how, **more}


def merged(fields: dict[str, Any] | None = None, **told: list[Any]) -> dict[str, Any]:
    found = {"status": "ok", **(fields or {})}
    logged.merge(found, told, ROOT)
    return found


def test_inputs_are_relative_where_they_lie_in_the_repository_and_marked_where_not() -> None:
    inside, outside = entry(f"{ROOT}/data/a.csv", absolute=True), entry(f"{ROOT}-other/b.csv", absolute=True)

    assert merged(inputs=[inside, outside])["input"] == [
        entry(f"{ROOT}-other/b.csv", absolute=True),
        entry("data/a.csv"),
    ]


def test_a_name_that_is_no_text_keeps_its_bytes() -> None:
    assert merged(inputs=[entry(f'"{ROOT}/caf\\351.csv"')])["input"][0]["path"] == '"caf\\351.csv"'


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        "text",
        {},
        {"path": f"{ROOT}/a", "how": "api"},
        entry("relative.csv"),
        entry('"broken'),
        entry(f"{ROOT}/a\0"),
        entry(f"{ROOT}/../a"),
        entry(f"{ROOT}/a", size="3"),
        entry(f"{ROOT}/a", files=-1),
        entry(f"{ROOT}/a", how="traced"),
        entry(f"{ROOT}/a", digest="md5:1"),
    ],
)
def test_an_input_that_makes_no_sense_is_passed_over(nonsense: object) -> None:
    assert merged(inputs=[nonsense])["input"] == []


def test_a_file_stands_once_declared_before_told_before_traced() -> None:
    known = [entry("a", "declared"), entry("b", "traced"), entry("c", "traced")]

    found = logged.joined(known, [entry("a"), entry("b"), entry("d")])

    assert [(one["path"], one["how"]) for one in found] == [
        ("a", "declared"),
        ("b", "api"),
        ("c", "traced"),
        ("d", "api"),
    ]


def test_a_directory_stands_for_what_lies_in_it() -> None:
    known = [entry("declared", "declared"), entry("told/x", "traced"), entry("told-not/x", "traced")]

    found = logged.joined(known, [entry("told"), entry("declared/x")])

    assert [one["path"] for one in found] == ["declared", "told", "told-not/x"]


def test_the_whole_repository_stands_for_what_lies_in_it_and_for_nothing_else() -> None:
    known = [entry("a/b", "traced"), entry("/else/where", "traced", absolute=True)]

    assert [one["path"] for one in logged.joined(known, [entry(".")])] == [".", "/else/where"]


def test_a_tracked_file_keeps_its_blob_unless_it_was_another_when_it_was_told() -> None:
    known = [entry("a", "traced", BLOB), entry("b", "traced", BLOB, size=4)]

    found = logged.joined(known, [entry("a"), entry("b")])

    assert [(one["digest"], one["how"]) for one in found] == [(BLOB, "api"), (DIGEST, "api")]


def test_what_the_person_said_is_not_replaced_and_what_was_not_said_is_filled_in() -> None:
    asked = {"message": "program", "hypothesis": "no", "seed": 4, "expect": ["f1 > 0.5", "nonsense", 3]}
    said = {"message": "person", "intent": {"hypothesis": "yes", "expect": ["auc > 1"]}, "seeds": {"declared": 7}}

    person, nobody = merged(said, asked=[asked]), merged(asked=[asked])

    assert (person["message"], person["seeds"]) == ("person", {"declared": 7})
    assert person["intent"] == {"hypothesis": "yes", "expect": ["auc > 1", "f1 > 0.5"]}
    assert (nobody["message"], nobody["seeds"]) == ("program", {"declared": 4})
    assert nobody["intent"] == {"hypothesis": "no", "expect": ["f1 > 0.5"]}


def test_tags_stand_once_and_cannot_break_a_line() -> None:
    assert merged({"tags": ["a"]}, tags=["a", "b\nc", 3])["tags"] == ["a", r"b\nc"]


def test_an_exception_that_was_caught_is_no_error_of_the_run() -> None:
    assert "error" not in merged(error=["ValueError: caught"])
    assert merged({"status": "failed"}, error=["OSError: first", "ValueError: last"])["error"] == "ValueError: last"


def test_what_is_missing_is_said_once() -> None:
    assert logged.merge({}, {"missing": ["a", "a", 1, "b\x1b"]}, ROOT) == ["a", r"b\x1b"]
