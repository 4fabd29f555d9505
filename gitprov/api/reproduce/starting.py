"""From a plan and a place to what is started there: the words, the directory, the variables."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from gitprov.api.environments import world
from gitprov.api.reproduce.environ import environ_of
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.software import Had
from gitprov.api.session import Session, open_session
from gitprov.capture.environment.finding import locate
from gitprov.replay import sandbox
from gitprov.replay.command import argv_here
from gitprov.replay.place.making import Place
from gitprov.replay.plan import Plan


class Start(NamedTuple):
    """What is started, and where."""

    session: Session
    """Of the place: its repository is the new worktree, its state the place's own."""
    command: tuple[str, ...]


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
        return Start(there, (*engine, "--workdir", cwd, image, *words))
    return Start(there, tuple(_sandboxed(session, place, words, (cwd, had.python)) if options.sandbox else words))


def _sandboxed(session: Session, place: Place, words: list[str], start: tuple[str, str]) -> list[str]:
    """Return the words that run a command, given by directory and interpreter, in a sandbox."""
    cwd, python = start
    repo, home = session.repo, session.environ.get("HOME", "")
    prefixes = {os.path.dirname(os.path.dirname(path)) for path in (python, os.path.realpath(python)) if path}
    readable = (*sorted(prefixes - {"/", "/usr"}), repo.worktree or repo.common_dir, repo.common_dir)
    holds = sandbox.Holds((place.owned.directory, place.worktree), readable, home if os.path.isabs(home) else "")
    return sandbox.command(sandbox.find(world(session)), words, holds, cwd)


def _made(variables: Mapping[str, str]) -> dict[str, str]:
    for path in variables.values():
        os.makedirs(path, exist_ok=True)
    return dict(variables)
