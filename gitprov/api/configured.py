"""Every setting, its value, and where that came from: what `git prov config` shows."""

import os
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from gitprov.api import personal
from gitprov.api.policy.faults import key_of
from gitprov.api.policy.loading import Loaded, load
from gitprov.api.policy.locating import Path
from gitprov.api.policy.naming import is_open, keys, near
from gitprov.api.session import Session
from gitprov.api.settings import FILE, PROJECT, mentions_us, read_file
from gitprov.errors import NotFound
from gitprov.model.policy import Level
from gitprov.model.policy.described import says
from gitprov.model.results import Setting

_FLAGS: Final = {
    "capture.metrics": "git prov run --metrics",
    "capture.trace": "git prov run --trace",
    "data.keep": "git prov run --keep",
    "tolerance": "git prov reproduce --tolerance",
}
"""Options that beat a setting for one command."""
_MIB: Final = 1 << 20


class Configured(NamedTuple):
    """The settings of a repository."""

    settings: list[Setting]
    notes: list[str]
    """What else there is to know: whether the file is well-formed, keys of git config that mean nothing."""


def configured(session: Session, key: str = "", *, defaults: bool = False) -> Configured:
    """Return the settings that somebody stated, with `defaults` all of them; of a `key`, it or all below it.

    Raises `PolicyError` where the shared file cannot be used, `NotFound` for a key that there is not.
    """
    loaded = load(session.repo)
    stated = personal.stated(session.repo)
    every = [*_shared(loaded), *_personal(stated)]
    if key:
        return Configured(_chosen(every, key), [])
    chosen = [one for one in every if defaults or one.origin != "default"]
    notes = [*personal.problems(session.repo, stated), *_unread(session, loaded), _checked(loaded)]
    return Configured(chosen, notes)


def _checked(loaded: Loaded) -> str:
    """What the person wanted to know who asked for no key: is it all right?"""
    if loaded.file:
        return f"{loaded.file} is well-formed"
    return f"there is no {FILE}: all that is shared has its default, see: git prov config --explain"


def _chosen(every: list[Setting], key: str) -> list[Setting]:
    wanted = key.lower()
    found = [
        one for one in every if one.key.lower() == wanted or one.key.lower().startswith((f"{wanted}.", f"{wanted}["))
    ]
    if not found and not is_open(tuple(key.split("."))):
        names = dict.fromkeys(name for one in every for name in _names(one.key))
        hint = near(key, names, "").removeprefix("; ")
        seen = hint if hint.startswith("did") else "see all: git prov config --explain"
        raise NotFound(f"there is no setting {key!r}", hint=seen)
    return found


def _names(key: str) -> Iterator[str]:
    """A key, and the tables that it stands in."""
    while key:
        yield key
        key = key.rpartition(".")[0]


def _shared(loaded: Loaded) -> Iterator[Setting]:
    for path, value, words in _leaves(loaded.shared, ()):
        key, line = key_of(path), loaded.line(path)
        flag = next((flag for name, flag in _FLAGS.items() if key == name or key.startswith(f"{name}.")), "")
        if line:
            yield Setting(key, _shown(_said(loaded.table, path)), "file", loaded.file, line, words, flag)
        else:
            yield Setting(key, _shown(value), "default", "", 0, words, flag)


def _leaves(model: BaseModel, above: Path) -> Iterator[tuple[Path, Any, str]]:
    """The keys of a table and of those below it: their paths, their values as JSON has them, what they mean."""
    plain = model.model_dump(mode="json", by_alias=True)
    for name, field in keys(type(model)).items():
        value, path, words = getattr(model, field), (*above, name), says(type(model), field)
        if isinstance(value, BaseModel):
            yield from _leaves(value, path)
        elif above == ("rules",):  # a rule that does not stand there
            yield (*path, "level"), Level.OFF.value, _of_rule(model, field)
        elif isinstance(value, dict):
            for entry, inner in value.items():
                below = _leaves(inner, (*path, entry)) if isinstance(inner, BaseModel) else ()
                yield from below or [((*path, entry), plain[name][entry], words)]
        else:
            yield path, plain[name], words
    yield from (((*above, name), value, "") for name, value in (model.model_extra or {}).items())


def _of_rule(model: BaseModel, field: str) -> str:
    kinds = getattr(type(model).model_fields[field].annotation, "__args__", ())
    return next((" ".join((kind.__doc__ or "").split()) for kind in kinds if kind is not type(None)), "")


def _said(table: Any, path: Path) -> Any:  # noqa: ANN401 - whatever stands in the file
    """A value as it stands in the file: `10 MiB` and not the number."""
    for key in path:
        table = table[key]
    return table


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    """A value as JSON can have it and people write it."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and value >= _MIB and value % _MIB == 0:
        return f"{value // _MIB} MiB"
    return value


def _personal(stated: list[personal.Value]) -> Iterator[Setting]:
    found = {value.key: value for value in stated}
    known = {key.name.lower(): key for key in personal.KEYS}
    for lower, key in known.items():
        value = found.get(lower)
        said = ("true" if value.value is None else value.value) if value else key.default
        where = personal.place(value) if value else ""
        yield Setting(key.name, said, "git config" if value else "default", where, 0, key.says, "")


def _unread(session: Session, loaded: Loaded) -> Iterator[str]:
    """A table that somebody wrote and nobody reads."""
    if loaded.file == FILE and session.repo.worktree:
        project = read_file(os.path.join(session.repo.worktree, PROJECT), PROJECT, optional=True)
        if project is not None and mentions_us(project):
            yield f"[tool.gitprov] of {PROJECT} is not read, because there is a {FILE}"
