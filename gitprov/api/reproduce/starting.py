"""From a plan and a place to what is started there: the words, the directory, the variables."""

import os
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.api.inside import SEED
from gitprov.api.reproduce.enclosing import Enclosure
from gitprov.api.reproduce.environ import environ_of
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.software import Had
from gitprov.api.session import Session, open_session
from gitprov.capture.environment.finding import locate
from gitprov.replay import sandbox
from gitprov.replay.command import argv_here
from gitprov.replay.place.making import Place
from gitprov.replay.place.shown import Shown
from gitprov.replay.plan import Plan

_PASSED: Final = ("PYTHONPATH", "PYTHONHASHSEED", SEED)
"""What a command in a container is told besides recorded variables, where it is set: an engine hands on no others."""


class Start(NamedTuple):
    """What is started, and where."""

    session: Session
    """Of the place: its repository is the new worktree, its state the place's own."""
    command: tuple[str, ...]
    shown: Shown | None = None
    """Where the command sees its place, if that is elsewhere."""


def start_of(session: Session, place: Place, plan: Plan, had: Had, options: ReproduceOptions) -> Start:
    """Return what is started. Raises `ProvError` for a sandbox that cannot be had."""
    cwd = place.cwd(plan)
    environ = environ_of(plan, had.environ, place.worktree, cwd)
    if options.sandbox and not had.command:  # a container is a sandbox already
        environ |= _made(sandbox.variables(place.scratch))
    there = open_session(cwd, environ)._replace(state=place.state, clock=session.clock, random=session.random)
    words = argv_here(
        plan.command,
        had.python,
        lambda name: locate(name, environ, cwd),
        is_there=lambda path: os.path.exists(os.path.join(cwd, path)),
    )
    if had.command:
        *engine, image = had.command
        passed = [word for name in (*plan.variables.values, *_PASSED) for word in ("--env", name)]
        return Start(there, (*engine, *passed, "--workdir", cwd, image, *words))
    enclosure = Enclosure(session, place, had.python, is_confined=options.sandbox)
    shown = enclosure.shown(there, options.same_path) if options.same_path else None
    if shown and "PYTHONPATH" in environ:
        entries = environ["PYTHONPATH"].split(os.pathsep)
        there = there._replace(environ={**environ, "PYTHONPATH": os.pathsep.join(map(shown.there, entries))})
    return Start(there, tuple(enclosure.command(words, cwd, shown)), shown)


def _made(variables: Mapping[str, str]) -> dict[str, str]:
    for path in variables.values():
        os.makedirs(path, exist_ok=True)
    return dict(variables)
