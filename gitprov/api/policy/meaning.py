"""What in a settings file only other rooms can judge: expressions, addresses, and names that refer to each other.

Those rooms are imported where the file has something for them: hooks load settings before every commit.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitprov.api.policy.faults import Fault
from gitprov.api.policy.locating import Path
from gitprov.api.policy.naming import near
from gitprov.capture.intent import parse_expectation
from gitprov.errors import ProvError


def faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is amiss beyond the form of the table. What has not the form is passed over: the models say it."""
    yield from _redact(table)
    yield from _tolerance(table)
    yield from _remotes(table)
    yield from _criteria(table)
    yield from _classes(table)
    yield from _signers(table)


def _redact(table: Mapping[str, Any]) -> Iterator[Fault]:
    for path, pattern in _texts(table, "capture", "redact"):
        try:
            if re.compile(pattern).fullmatch(""):
                yield Fault(path, "matches the empty text, so it would hide everything")
        except (re.error, RecursionError, OverflowError) as error:
            yield Fault(path, f"is not a regular expression, {error}: {pattern}")


def _tolerance(table: Mapping[str, Any]) -> Iterator[Fault]:
    stated = _tables(table, "tolerance")
    if not stated:
        return
    from gitprov.replay.tolerance import from_table

    for name, value in stated.items():
        try:
            from_table({name: value}, "")
        except ProvError as error:
            yield Fault(("tolerance", name), f"is no tolerance: {value}; {error.hint}")


def _remotes(table: Mapping[str, Any]) -> Iterator[Fault]:
    remotes = _tables(table, "data", "remotes")
    for name, said in remotes.items():
        yield from _remote(("data", "remotes", name), name, said)
    default = _value(table, "data", "remote")
    if isinstance(default, str) and default and default not in remotes:
        yield Fault(("data", "remote"), f"names no remote: {default}{near(default, remotes, 'there are')}")


def _remote(path: Path, name: str, said: object) -> Iterator[Fault]:
    from gitprov.api.data.settings import NAME, check_remote

    if not NAME.fullmatch(name):
        yield Fault(path, "cannot be a remote's name: it takes letters, digits, - and _")
    if not (isinstance(said, dict) and isinstance(said.get("url"), str) and said["url"]):
        return
    options = {key: value for key, value in said.items() if key != "url"}
    try:
        check_remote(said["url"], options, "")
    except ProvError as error:
        yield Fault(path, f"{error.message.removeprefix(': ')} ({error.hint})")
    for key, value in options.items():
        if not isinstance(value, str | int):  # a bool is an int
            yield Fault((*path, key), "is neither a text, a number nor true or false")


def _criteria(table: Mapping[str, Any]) -> Iterator[Fault]:
    for path, text in _texts(table, "rules", "acceptance", "criteria"):
        try:
            parse_expectation(text)
        except ProvError:
            yield Fault(path, f"is no comparison of a metric with a number, as in accuracy >= 0.9: {text}")


def _classes(table: Mapping[str, Any]) -> Iterator[Fault]:
    """A rule that holds back what nothing is declared to be would hold back nothing."""
    declared = _tables(table, "data", "classes")
    licences = {text for name in declared for _, text in _texts(table, "data", "classes", name, "licences")}
    for path, name in _texts(table, "rules", "data-classes", "classes"):
        if name and name not in declared:
            yield Fault(path, f"is not declared in [data.classes]: {name}{near(name, declared, 'there are')}")
    for path, name in _texts(table, "rules", "data-classes", "licences"):
        if name and name not in licences:
            yield Fault(path, f"is a licence of no table of [data.classes]: {name}{near(name, licences, 'there are')}")


def _signers(table: Mapping[str, Any]) -> Iterator[Fault]:
    people = _tables(table, "people")
    for path, name in _texts(table, "rules", "signed-records", "signers"):
        if name.startswith("@") and name not in people:
            yield Fault(path, f"does not stand in [people]: {name}{near(name, people, 'there are')}")


def _value(table: Mapping[str, Any], *keys: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    value: Any = table
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _tables(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found = _value(table, *keys)
    return found if isinstance(found, dict) else {}


def _texts(table: Mapping[str, Any], *keys: str) -> Iterator[tuple[Path, str]]:
    found = _value(table, *keys)
    for place, text in enumerate(found if isinstance(found, list) else ()):
        if isinstance(text, str):
            yield (*keys, place), text
