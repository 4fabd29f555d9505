"""Splits that a program told of: what agrees with itself goes into the record, the rest is passed over."""

from typing import Any

import pytest

from gitprov.api.checks.told import put
from gitprov.artifacts.profile.membership import Members


def told(name: str, *members: bytes, **other: object) -> dict[str, Any]:
    """Return a split as a program tells of it."""
    found = Members()
    found.add(members)
    return {"name": name, "rows": found.sum.size, "digest": found.sum.digest(), "sum": f"{found.sum.total:x}", **other}


def both(*members: bytes) -> str:
    """Return the digest of all of these together."""
    found = Members()
    found.add(members)
    return found.sum.digest()


def test_splits_are_recorded_with_the_digest_of_all_together() -> None:
    fields: dict[str, Any] = {}
    put(fields, [told("train", b"1", b"2"), told("test", b"2", shared={"train": 1})])
    assert [(one["name"], one["rows"], one.get("shared"), one["how"]) for one in fields["split"]] == [
        ("train", 2, None, "api"),
        ("test", 1, {"train": 1}, "api"),
    ]
    assert fields["splits"] == {"digest": both(b"1", b"2", b"2")}


def test_the_last_word_on_a_split_counts_and_a_declared_one_stands() -> None:
    declared = {"name": "test", "rows": 5, "digest": both(b"x"), "how": "declared"}
    fields: dict[str, Any] = {"split": [declared], "splits": {"digest": both(b"x")}}
    put(fields, [told("train", b"1"), told("train", b"2"), told("test", b"3")])
    assert fields["split"][0] == declared
    assert fields["split"][1]["digest"] == both(b"2")
    assert fields["splits"] == {}


@pytest.mark.parametrize(
    "other",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "a\u202eb"},
        {"name": 7},
        {"rows": -1},
        {"rows": True},
        {"digest": "b3:" + "0" * 64},
        {"digest": None},
        {"sum": "zz"},
        {"sum": "f" * 5000},
        {"sum": "-1"},
        {"sum": 1},
    ],
)
def test_what_makes_no_sense_is_passed_over(other: dict[str, object]) -> None:
    fields: dict[str, Any] = {}
    put(fields, [{**told("train", b"1"), **other}, None, [], "train"])
    assert fields == {}


def test_counts_that_make_no_sense_are_left_out() -> None:
    fields: dict[str, Any] = {}
    put(fields, [told("a", b"1", shared={"b": -1, "c": "x", "d\n": 3, "e": True, "f": 2})])
    assert fields["split"][0]["shared"] == {"f": 2}
