"""What the table `[data]` says of checks, and what `--split` asks for."""

from typing import Any

import pytest

from gitprov.api.checks.policy import Policy, read_policy
from gitprov.api.checks.splits import asked
from gitprov.errors import ConfigError, UsageError
from gitprov.model.profile import Limits


def test_nothing_said_is_nothing_checked_with_the_defaults() -> None:
    assert read_policy({}, "[data]") == Policy((), values=False, limits=Limits())


def test_patterns_and_limits_are_taken() -> None:
    said = read_policy({"profile": ["data/*.csv"], "profile_values": True, "drift": {"mean": 2, "rows": 0}}, "[data]")
    assert said == Policy(("data/*.csv",), values=True, limits=Limits(mean=2, rows=0))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"profile": "data/*.csv"}, "profile of"),
        ({"profile_values": 1}, "profile_values of"),
        ({"drift": {"mena": 1}}, "mena"),
        ({"drift": {"mean": -1}}, "mean of"),
        ({"drift": {"mean": True}}, "mean of"),
        ({"drift": 3}, "data.drift"),
    ],
)
def test_what_cannot_be_is_named(data: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        read_policy(data, "[data] in .gitprov.toml")


def test_splits_are_asked_for_by_name_and_path() -> None:
    found = asked(["train=a.csv", "test=b/*=c.csv", "train=d.csv"])
    assert [tuple(split) for split in found] == [("train", ["a.csv", "d.csv"]), ("test", ["b/*=c.csv"])]


@pytest.mark.parametrize("word", ["train", "=a.csv", "train=", "a\nb=c", "x" * 101 + "=a"])
def test_a_split_that_is_no_name_and_path_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="NAME=PATH"):
        asked([word])
