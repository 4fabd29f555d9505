"""Reading an experiment's file, and saying everything that is amiss in it at once, by line and key.

By hand and without the models: a run with `--experiment` waits for it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitprov.api.policy.faults import Fault, PolicyError
from gitprov.api.policy.locating import Path, locate
from gitprov.api.policy.sources import Source
from gitprov.api.policy.syntax import parsed
from gitprov.api.session import Session
from gitprov.api.settings import read_file
from gitprov.capture.intent import parse_expectation
from gitprov.errors import NotFound, ProvError
from gitprov.model.experiment import DIRECTORY, FILE, GOALS, Experiment, directory_of, file_of
from gitprov.model.text import is_clean, quote, single_line, unsafe_path

SEED_LIMIT: Final = 2**32 - 1
"""The largest seed that Python and NumPy take."""
_MANUAL: Final = "docs/templates.md"

Check = Callable[[Path, object], Iterator[Fault]]


def read(session: Session, name: str) -> Experiment:
    """Return what an experiment of the working tree says.

    Raises `NotFound` where there is none of that name, `PolicyError` with every fault of its file.
    """
    file, top = file_of(name), session.repo.worktree or ""
    data = read_file(os.path.join(top, file), file)
    if data is None:
        raise _not_there(name, top)
    return understood(data, file)


def names(top: str) -> list[str]:
    """Return the names of the experiments in a working tree."""
    place = os.path.join(top, DIRECTORY)
    try:
        found = sorted(os.listdir(place))
    except OSError:
        return []
    return [name for name in found if os.path.isfile(os.path.join(place, name, FILE))]


def understood(data: bytes, file: str) -> Experiment:
    """Return what a file says. Raises `PolicyError` with every fault of it."""
    try:
        table = parsed(Source(data, file))
        if found := list(_faults(table)):
            places = locate(data.decode())
            raise PolicyError(file, [fault._replace(line=places.line(fault.path)) for fault in found])
    except PolicyError as error:
        error.hint = f"mend the file; what may stand in it: {_MANUAL}"
        raise
    return Experiment(
        hypothesis=table.get("hypothesis", ""),
        owner=table.get("owner", ""),
        tags=tuple(table.get("tags", ())),
        seed=table.get("seed"),
        metrics_from=tuple(table.get("metrics_from", ())),
        expect=tuple(table.get("expect", ())),
        metrics=table.get("metrics", {}),
        split={name: _several(said) for name, said in table.get("split", {}).items()},
    )


def _several(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _not_there(name: str, top: str) -> NotFound:
    import difflib

    near = difflib.get_close_matches(name, names(top), n=1)
    if os.path.lexists(os.path.join(top, directory_of(name))):
        hint = f"write it, one line is enough: hypothesis = '...'; there is more in {_MANUAL}"
    else:
        hint = f"{f'did you mean {near[0]}? else ' if near else ''}make it: git prov new {name}"
    return NotFound(f"there is no experiment {name!r}: {file_of(name)} is not there", hint=hint)


def _faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    for key, value in table.items():
        check = _KEYS.get(key)
        if check is None:
            yield Fault((key,), f"is not known{_near(key)}")
        else:
            yield from check((key,), value)
    yield from _not_measured(table)


def _near(key: str) -> str:
    from gitprov.api.policy.naming import near  # dear to import

    return near(key, _KEYS, "known are")


def _text(path: Path, value: object) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path, "is not a text")
    elif not is_clean(value):
        yield Fault(path, "has a control character in it")


def _line(path: Path, value: object) -> Iterator[Fault]:
    if isinstance(value, str) and (not value.strip() or "\n" in value):
        yield Fault(path, "is not one line of text")
    else:
        yield from _text(path, value)


def _seed(path: Path, value: object) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= SEED_LIMIT:
        yield Fault(path, f"is not a whole number from 0 to {SEED_LIMIT}")


def _expectation(path: Path, value: object) -> Iterator[Fault]:
    if not isinstance(value, str) or any(_line(path, value)):
        yield from _line(path, value)
        return
    try:
        parse_expectation(value)
    except ProvError:
        yield Fault(path, f"is no comparison of a metric with a number, as in accuracy >= 0.9: {value}")


def _path(path: Path, value: object) -> Iterator[Fault]:
    if not isinstance(value, str) or any(_line(path, value)):
        yield from _line(path, value)
    elif why := unsafe_path(quote(value.rstrip("/") or value)):
        yield Fault(path, f"{why}: write it from the top of the repository")


def _goal(path: Path, value: object) -> Iterator[Fault]:
    if value not in GOALS:
        yield Fault(path, 'is neither "min" nor "max": which way is the metric better?')


def _list(check: Check, example: str) -> Check:
    def entries(path: Path, value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, f"is not a list such as {example}")
            return
        for place, entry in enumerate(value):
            yield from check((*path, place), entry)

    return entries


def _table(check: Check) -> Check:
    def entries(path: Path, value: object) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path, "is not a table")
            return
        for name, entry in value.items():
            if not name or not is_clean(name) or "\n" in name or "=" in name:
                yield Fault((*path, name), "is not a name of one line without =")
            else:
                yield from check((*path, name), entry)

    return entries


def _paths(path: Path, value: object) -> Iterator[Fault]:
    yield from _path(path, value) if isinstance(value, str) else _list(_path, '["data/train.csv"]')(path, value)


def _not_measured(table: Mapping[str, Any]) -> Iterator[Fault]:
    """An expectation of a metric that nobody measures can never be met: a slip of the pen."""
    measured, expected = table.get("metrics"), table.get("expect")
    if not (isinstance(measured, dict) and measured and isinstance(expected, list)):
        return
    for place, text in enumerate(expected):
        try:
            name = parse_expectation(text).name
        except (ProvError, TypeError):
            continue
        if name not in measured:
            from gitprov.api.policy.naming import near

            yield Fault(("expect", place), f"is about {single_line(name, 40)}{near(name, measured, '[metrics] has')}")


_KEYS: Final[Mapping[str, Check]] = {
    "hypothesis": _text,
    "owner": _text,
    "tags": _list(_line, '["baseline"]'),
    "seed": _seed,
    "metrics_from": _list(_path, '["metrics.json"]'),
    "expect": _list(_expectation, '["accuracy >= 0.9"]'),
    "metrics": _table(_goal),
    "split": _table(_paths),
}
