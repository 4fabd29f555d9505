"""Recorded environments: read one, compare two, build one."""

import os
import sys
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitprov.api.reading import Reading, everything, fields
from gitprov.api.resolve import resolve
from gitprov.api.session import Session
from gitprov.errors import NotFound, ProvError
from gitprov.model.environments import Change, Changes, Environment, Installed, Restored
from gitprov.records import attachments
from gitprov.replay.environment.build import build_in
from gitprov.replay.environment.difference import differences, statement
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.environment.plan import RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import environment_of, plan_environment
from gitprov.replay.environment.world import Choices, Tell, World

_FETCH: Final = "fetch what others recorded: git prov sync"
_AROUND: Final = ("platform", "container")
_DIGITS: Final = 7


class RestoreOptions(NamedTuple):
    """What a person may ask of `git prov env restore`."""

    name: str
    directory: str = ""
    """Where it is built; empty for `.venv-` and the run's digits, here."""
    choices: Choices = Choices()


class _Found(NamedTuple):
    run: str
    record: Mapping[str, Any]
    lock: bytes
    """Empty where it is not at hand."""


def show_environment(session: Session, name: str) -> Environment:
    """Return the environment of the run that `name` means. Raises `NotFound`."""
    reading = everything(session)
    found = _find(session, reading, name)
    told = environment_of(found.record)
    used = told.get("used")
    imported = set(used) if isinstance(used, list) else set()
    notes = [] if found.lock else [_without_lock(told)]
    notes += ["the run used no Python: this is the first one on PATH"] if told.get("python_ran") is False else []
    lock = _read(found, notes)
    packages = tuple(
        Installed(one.name, statement(one), one.name in imported if imported else None) for one in lock.packages
    )
    notes += [f"refused in the lock: {what}" for what in lock.refused]
    return Environment(found.run, told, packages, lock.conda, found.lock, reading.problems, notes)


def diff_environments(session: Session, before: str, after: str) -> Changes:
    """Return how the environments of two runs differ. Raises `NotFound` where a run or its lock is not here."""
    reading = everything(session)
    one, other = (_find(session, reading, name) for name in (before, after))
    changes = differences(_required(one), _required(other))
    around = [
        Change(name, *(str(environment_of(found.record).get(name, "")) for found in (one, other))) for name in _AROUND
    ]
    differing = [change for change in around if change.before != change.after]
    return Changes(one.run, other.run, (*differing, *changes), reading.problems)


def plan_restoring(session: Session, name: str, choices: Choices) -> EnvironmentPlan:
    """Return what `restore_environment` would do."""
    found = _find(session, everything(session), name)
    return plan_environment(found.record, found.lock or None, RESTORE, world(session), choices)


def restore_environment(session: Session, options: RestoreOptions, tell: Tell) -> Restored:
    """Build the environment of a run in a directory of its own, for a person to use and to change.

    The repository's own packages are installed from the working tree as it is now. Raises `ProvError`, `NotFound`.
    """
    reading = everything(session)
    found = _find(session, reading, options.name)
    plan = plan_environment(found.record, found.lock or None, RESTORE, world(session), options.choices)
    directory = os.path.join(session.cwd, options.directory or f".venv-{found.run[:_DIGITS]}")
    if plan.refused or plan.recipe is None:
        raise ProvError(plan.refused, hint=plan.hint)
    built = build_in(plan, os.path.normpath(directory), world(session), tell, session.repo.worktree or "")
    count = len(plan.recipe.requirements.all) + len(plan.recipe.local)
    return Restored(
        run=found.run,
        directory=os.path.normpath(directory),
        python=built.python,
        packages=count,
        deviations=built.deviations,
        missing=plan.missing,
        consents=tuple(one for one in plan.consents if not one.granted),
        problems=reading.problems,
        notes=plan.notes,
    )


def world(session: Session) -> World:
    """Return the machine as environments are built on it."""
    return World(session.environ, session.cwd, sys.executable, session.repo.worktree or "")


def lock_of(session: Session, record: Mapping[str, Any]) -> bytes:
    """Return the lock of a run's environment, verified; empty where the run has none or it is not here."""
    digest = environment_of(record).get("digest")
    return attachments.read(session.repo, [digest]).get(digest, b"") if isinstance(digest, str) else b""


def _find(session: Session, reading: Reading, name: str) -> _Found:
    stored = resolve(session, reading, name)[0].stored
    record = fields(stored)
    return _Found(stored.id, record, lock_of(session, record))


def _required(found: _Found) -> Lock:
    if not found.lock:
        raise NotFound(f"run {found.run[:_DIGITS]}: {_without_lock(environment_of(found.record))}", hint=_FETCH)
    return read(found.lock)


def _read(found: _Found, notes: list[str]) -> Lock:
    try:
        return read(found.lock) if found.lock else Lock()
    except ProvError as error:
        notes.append(error.message)
        return Lock()


def _without_lock(environment: Mapping[str, Any]) -> str:
    return "its lock is not in this clone" if environment.get("digest") else "it has no lock of its environment"
