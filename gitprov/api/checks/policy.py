"""What the repository's settings say of data checks: `profile`, `profile_values` and `drift` of `[data]`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gitprov.api.settings import only, texts
from gitprov.errors import ConfigError
from gitprov.model.profile import Limits


class Policy(NamedTuple):
    """What is checked without being asked, and from where on a difference is reported."""

    patterns: tuple[str, ...] = ()
    """Tables that are profiled in every run, as patterns from the top of the repository."""
    values: bool = False
    """Whether a profile holds the values of columns that have few of them."""
    limits: Limits = Limits()


def read_policy(data: Mapping[str, Any], where: str) -> Policy:
    """Return what the table `[data]` says. Raises `ConfigError` naming the key."""
    values = data.get("profile_values", False)
    if not isinstance(values, bool):
        raise ConfigError(f"profile_values of {where} is not true or false", hint="for example: profile_values = true")
    patterns = texts(data.get("profile", []), f"profile of {where}", 'for example: ["data/*.csv"]')
    return Policy(patterns, values, _limits(data.get("drift", {}), where))


def _limits(table: object, where: str) -> Limits:
    where = where.replace("[data]", "[data.drift]", 1)
    only(table, Limits._fields, where)
    assert isinstance(table, dict)
    for name, value in table.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise ConfigError(f"{name} of {where} is not a number of 0 or more", hint=f"for example: {name} = 0.1")
    return Limits(**table)
