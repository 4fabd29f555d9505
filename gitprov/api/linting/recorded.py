"""The newest runs, as their records have them: paths in commands and parameters that are on one machine only."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from gitprov.api.linting.absolute import find
from gitprov.api.session import Session
from gitprov.model.advice import Advice
from gitprov.model.ids import ABBREV
from gitprov.model.text import quote, single_line
from gitprov.records import mentions

RUNS: Final = 20
"""How many are looked at."""
_WORDS: Final = '{"kind":"run",'


def newest(session: Session) -> list[dict[str, Any]]:
    """Return the newest runs, but for those that only reproduce another."""
    found = (json.loads(one.raw) for one in mentions.newest(session.repo, _WORDS) if one.kind == "run" and one.is_read)
    return list(islice((run for run in found if "reproduces" not in run), RUNS))


def advice(runs: list[dict[str, Any]], top: str) -> Iterator[Advice]:
    """Yield advice on each path once, at the newest run that has it. The program itself may stand anywhere."""
    seen: set[str] = set()
    for run in runs:
        for where, text in _texts(run):
            for found in find(text.replace("\n", " "), top):
                if found.path not in seen:
                    seen.add(found.path)
                    what = f"has {single_line(quote(found.path), 100)} in its {where}"
                    yield Advice("recorded", f"run {run['id'][:ABBREV]}", 0, what, found.why, found.instead)


def _texts(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for word in run.get("command", ())[1:]:
        for part in str(word).split("="):
            yield "command", part
    yield from _values("params", run.get("params", {}))


def _values(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _values(f"{name}.{key}", item)
    elif isinstance(value, list):
        for item in value:
            yield from _values(name, item)
