"""What runs read and made, remembered for as long as the logs are as they were.

To read records is to judge them, and what judges takes longer to import than most data to compare. What was judged
once need not be again: a log's tip names all that is in it. Only what was read without any problem is remembered.
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blake3 import blake3

from gitprov import __version__
from gitprov.api.data.catalog import INPUT, OUTPUT, Use
from gitprov.api.session import Session
from gitprov.api.upkeep import bring_up_logs, bring_up_views
from gitprov.gitrepo.refs import list_refs
from gitprov.model.results import Problem
from gitprov.records.layout import READ_PREFIXES, State
from gitprov.records.scratch import scratch

if TYPE_CHECKING:
    from gitprov.model.stored import Stored

_FORM: Final = f"1 {__version__}"
"""What another version has written is not read: it may judge otherwise."""
_CHECK: Final = 32

Logs = Mapping[str, str]
"""What each log's ref names."""


class OfRuns(NamedTuple):
    """All uses of data by runs, in the order in which they ran, and what is amiss."""

    uses: list[Use]
    problems: list[Problem]


def read_uses(session: Session) -> OfRuns:
    """Record what was abandoned, and return the uses of all runs that can be read.

    The views are brought up to the logs where these have moved since the last time.
    """
    problems = bring_up_logs(session)
    uses = _recalled(session.state, _logs(session))
    if uses is not None:
        return OfRuns(uses, problems)
    problems += bring_up_views(session)
    logs = _logs(session)
    uses, more = _read(session) if logs else OfRuns([], [])
    if not more:
        _remember(session.state, logs, uses)
    return OfRuns(uses, [*problems, *(one for one in more if one not in problems)])


def _logs(session: Session) -> Logs:
    refs = list_refs(session.repo.git, *READ_PREFIXES)
    return {ref.name: f"{ref.kind} {ref.oid}" for ref in refs if "/log/" in ref.name}


def _read(session: Session) -> OfRuns:
    from gitprov.api.reading import everything

    reading = everything(session)
    return OfRuns([use for stored in reading.runs for use in uses_of(stored)], reading.problems)


def uses_of(stored: "Stored") -> Iterator[Use]:
    """Yield what a run read, then what it made; what was not there has no digest, and is no use."""
    from gitprov.model.records import Run

    run = stored.record
    if not isinstance(run, Run):
        return
    for role, items in ((INPUT, run.input), (OUTPUT, run.output)):
        for item in items:
            if item.digest:
                yield Use(item.path, item.digest, item.size or 0, item.files or 1, run.at, role, run.id)


def _recalled(state: State, logs: Logs) -> list[Use] | None:
    """What is remembered of these logs; None where that is nothing, or is damaged."""
    try:
        with open(_place(state), "rb") as file:
            check, data = file.read(_CHECK), file.read()
        if blake3(data).digest() != check:
            return None
        found: dict[str, Any] = json.loads(data)
        return [Use(*row) for row in found["uses"]] if (found["form"], found["logs"]) == (_FORM, logs) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(state: State, logs: Logs, uses: list[Use]) -> None:
    data = json.dumps({"form": _FORM, "logs": logs, "uses": uses}, separators=(",", ":")).encode()
    try:
        os.makedirs(state.cache, exist_ok=True)
        new = scratch(state)
        with open(new, "wb") as file:
            file.write(blake3(data).digest() + data)
        os.replace(new, _place(state))
    except OSError:
        return  # a cache


def _place(state: State) -> str:
    return os.path.join(state.cache, "uses")
