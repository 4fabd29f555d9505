"""What was not the same to begin with, from two records: data, code, seeds, software, machine."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from gitprov.replay.compare import surroundings
from gitprov.replay.compare.difference import Difference, listed, table, weighed

_UNSEEDED: Final = " was used without a seed"
_HASH: Final = "hash"


def differences(
    recorded: Mapping[str, Any],
    new: Mapping[str, Any],
    packages: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> list[Difference]:
    """Return how two runs differ in all but their results, what most likely changes results first.

    `packages` are name and version of each distribution in the two locks, as far as they are at hand.
    """
    found = chain(
        _inputs(recorded, new),
        _code(recorded, new),
        _asked(recorded, new),
        _seeds(recorded, new),
        surroundings.packages(packages, _used(recorded) | _used(new)),
        surroundings.environment(table(recorded, "environment"), table(new, "environment")),
        surroundings.determinism(table(recorded, "determinism"), table(new, "determinism")),
        surroundings.machine(table(recorded, "hardware"), table(new, "hardware")),
    )
    return sorted(found, key=lambda one: -one.weight)


def _inputs(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare what was read; a file that a run wrote itself is a result and no cause."""
    before, after = _entries(recorded, "input"), _entries(new, "input")
    written = _entries(recorded, "output").keys() | _entries(new, "output").keys()
    for path in {**before, **after}:
        mine, its = before.get(path), after.get(path)
        if path in written or mine == its:
            continue
        if mine is None or its is None:
            yield weighed("input", path, mine or "not read", its or "not read", note="presence")
        elif mine.partition(":")[0] == its.partition(":")[0]:  # digests of two kinds say nothing of each other
            yield weighed("input", path, mine, its)


def _code(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare the code: by what the run read of it where both records say so, else by the whole tree."""
    before, after = table(recorded, "code"), table(new, "code")
    if before.get("files") and after.get("files"):
        if before["files"] != after["files"]:
            yield weighed("code", "files that the run read", before["files"], after["files"])
    else:
        name = next((name for name in ("tree", "commit") if before.get(name) and after.get(name)), "")
        if name and before[name] != after[name]:
            yield weighed("code", name, before[name], after[name])
    mine, its = _entries(recorded, "notebooks", "code"), _entries(new, "notebooks", "code")
    for path in mine.keys() & its.keys():
        if mine[path] != its[path]:
            yield weighed("code", path, mine[path], its[path])
    one, other = _entries(before, "submodules", "commit"), _entries(after, "submodules", "commit")
    for path in {**one, **other}:
        if one.get(path) != other.get(path):
            yield weighed("code", f"submodule {path}", one.get(path), other.get(path))


def _asked(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare the command and the parameters."""
    before, after = _command(recorded), _command(new)
    if before != after:
        yield weighed("command", "", " ".join(before), " ".join(after))
    if recorded.get("cwd") != new.get("cwd"):
        yield weighed("command", "directory", recorded.get("cwd"), new.get("cwd"))
    yield from _changed("param", table(recorded, "params"), table(new, "params"))


def _command(run: Mapping[str, Any]) -> list[str]:
    """Return the command; its program by name, for an environment that was rebuilt stands elsewhere."""
    words = listed(run.get("command"))
    return [words[0].rpartition("/")[2], *words[1:]] if words else []


def _seeds(recorded: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare seeds, and name what is random without one."""
    before, after = table(recorded, "seeds"), table(new, "seeds")
    for one in _changed("seed", before, after):
        yield weighed("hash seed", "PYTHONHASHSEED", one.before, one.after) if one.name == _HASH else one
    unseeded = [line for run in (recorded, new) for line in listed(table(run, "capture").get("missing"))]
    for words in dict.fromkeys(line.partition(_UNSEEDED)[0] for line in unseeded if _UNSEEDED in line):
        yield weighed("unseeded", words, "no seed", "no seed")


def _changed(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield weighed(kind, name, before.get(name), after.get(name))


def _entries(run: Mapping[str, Any], name: str, value: str = "digest") -> dict[str, str]:
    """Return what a list of tables says of each path."""
    entries = run.get(name) or ()
    return {str(one.get("path", "")): str(one.get(value) or "unknown") for one in entries if isinstance(one, Mapping)}


def _used(run: Mapping[str, Any]) -> set[str]:
    return set(listed(table(run, "environment").get("used")))
