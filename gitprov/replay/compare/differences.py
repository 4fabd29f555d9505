"""What was not the same to begin with, from two records: data, code, seeds, software, machine."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias

from gitprov.replay.compare import surroundings
from gitprov.replay.compare.difference import Difference, listed, table, weighed
from gitprov.replay.environment.used import used

_UNSEEDED: Final = " was used without a seed"
_HASH: Final = "hash"
_GIVEN: Final = ("declared", _HASH)
"""Seeds that are known of every run; of others only a run's own Python tells."""
_UNKNOWN: Final = "unknown"

Both: TypeAlias = tuple[Mapping[str, str], Mapping[str, str]]
"""What is told of each name, then and now."""


def differences(
    recorded: Mapping[str, Any], new: Mapping[str, Any], packages: Both = ({}, {}), files: Both = ({}, {})
) -> list[Difference]:
    """Return how two runs differ in all but their results, what most likely changes results first.

    `packages` are name and version of each distribution in the two locks, `files` path and blob of each file of the
    code that was read, as far as they are at hand.
    """
    found = chain(
        _inputs(recorded, new),
        _code(recorded, new, files),
        _unsaved(recorded),
        _asked(recorded, new),
        _seeds(recorded, new),
        _software(recorded, new, packages),
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
            lacks, has = (recorded, new) if mine is None else (new, recorded)
            if _is_folded(path, before if mine is None else after):
                continue
            if _sight(lacks) >= _sight(has) and not _stands_elsewhere(path, before, after):
                yield weighed("input", path, mine or "not read", its or "not read", note="presence")
        elif _UNKNOWN in (mine, its) or mine.partition(":")[0] == its.partition(":")[0]:
            # digests of two kinds say nothing of each other
            yield weighed("input", path, mine, its)


def _is_folded(path: str, others: Mapping[str, str]) -> bool:
    """Tell whether the other run names a directory in the place of this path's files, or files of this directory."""
    return any(_is_below(path, other) or _is_below(other, path) for other in others)


def _is_below(path: str, directory: str) -> bool:
    return path != directory and (directory == "." or path.startswith(f"{directory}/"))


def _stands_elsewhere(path: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Tell whether the other run read the same bytes from a path that this one did not read."""
    own, others = (before, after) if path in before else (after, before)
    return own[path] != _UNKNOWN and any(digest == own[path] and at not in own for at, digest in others.items())


def _sight(run: Mapping[str, Any]) -> int:
    """Return how much was seen of the files that a run read: 0 nothing, 1 what Python read, 2 all."""
    tracer = str(table(run, "capture").get("tracer", "strace"))
    return 2 if "strace" in tracer else int(tracer == "python")


def _code(recorded: Mapping[str, Any], new: Mapping[str, Any], files: Both) -> Iterator[Difference]:
    """Compare the code: by what the run read of it where both records say so, else by the whole tree."""
    before, after = table(recorded, "code"), table(new, "code")
    if before.get("files") and after.get("files"):
        if before["files"] != after["files"]:
            yield from _read((recorded, new), files)
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


def _read(runs: tuple[Mapping[str, Any], Mapping[str, Any]], files: Both) -> Iterator[Difference]:
    """Compare the files that were read; of the same tree others are read because something else was not the same."""
    before, after = (table(run, "code") for run in runs)
    kind = "code read" if before.get("tree") and before.get("tree") == after.get("tree") else "code"
    (mine, its), (sight, its_sight) = files, map(_sight, runs)
    if not mine or not its:
        if sight == its_sight:
            yield weighed(kind, "files that the run read", before["files"], after["files"])
        return
    for path in sorted({**mine, **its}):
        one, other = mine.get(path), its.get(path)
        if one and other and one != other:
            yield weighed("code", path, one, other)
        elif (one and not other and its_sight >= sight) or (other and not one and sight >= its_sight):
            yield weighed(kind, path, one or "not read", other or "not read")


def _unsaved(recorded: Mapping[str, Any]) -> Iterator[Difference]:
    """Name code that ran and was not kept: it is not what ran now."""
    code = table(recorded, "code")
    read = _entries(recorded, "input")
    for path in _entries(code, "omitted", "why"):
        if read.get(path, _UNKNOWN) == _UNKNOWN:
            yield weighed("code", path, "as it was then, which was not kept", "as it is in the snapshot, or not at all")
    for entry in code.get("submodules") or ():
        if isinstance(entry, Mapping) and entry.get("dirty"):
            where = f"submodule {entry.get('path', '')}"
            yield weighed("code", where, "with changes that were not committed", "without them")


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
    if not _sees_seeds(recorded, new):
        known = before.keys() & after.keys() | set(_GIVEN)
        before, after = ({name: one[name] for name in one.keys() & known} for one in (before, after))
    for one in _changed("seed", before, after):
        yield weighed("hash seed", "PYTHONHASHSEED", one.before, one.after) if one.name == _HASH else one
    unseeded = [line for run in (recorded, new) for line in listed(table(run, "capture").get("missing"))]
    for words in dict.fromkeys(line.partition(_UNSEEDED)[0] for line in unseeded if _UNSEEDED in line):
        yield weighed("unseeded", words, "no seed", "no seed")


def _sees_seeds(*runs: Mapping[str, Any]) -> bool:
    return not any(table(run, "capture").get("tracer") in ("off", "strace") for run in runs)


def _software(recorded: Mapping[str, Any], new: Mapping[str, Any], packages: Both) -> Iterator[Difference]:
    """Compare the software. What ran in the recorded image had what is in there, of which nothing was seen."""
    before, after = table(recorded, "environment"), table(new, "environment")
    if after == {"container": before.get("container", "")}:
        return
    yield from surroundings.packages(packages, _used(recorded, new))
    yield from surroundings.environment(before, after)


def _changed(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield weighed(kind, name, before.get(name), after.get(name))


def _entries(run: Mapping[str, Any], name: str, value: str = "digest") -> dict[str, str]:
    """Return what a list of tables says of each path."""
    entries = run.get(name) or ()
    return {str(one.get("path", "")): str(one.get(value) or "unknown") for one in entries if isinstance(one, Mapping)}


def _used(*runs: Mapping[str, Any]) -> frozenset[str] | None:
    """Return what either run imported; `None` where that is known of neither."""
    known = [found for run in runs if (found := used(run)) is not None]
    return frozenset().union(*known) if known else None
