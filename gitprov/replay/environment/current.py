"""The environment that is here, taken as it is: what differs from the recorded one is said."""

import os
from collections.abc import Mapping
from typing import Any

from gitprov.capture.environment.interpreter import find_interpreter
from gitprov.capture.environment.probe import describe
from gitprov.errors import InvalidRecord
from gitprov.model.environments import Change, Deviation
from gitprov.replay.environment.difference import differences
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.environment.plan import CURRENT, EnvironmentPlan
from gitprov.replay.environment.world import World


def plan(record: Mapping[str, Any], lock: bytes | None, world: World) -> EnvironmentPlan:
    """Return the plan to run in what is installed here."""
    words = [word for word in _listed(record.get("command")) if isinstance(word, str)]
    found = find_interpreter(words, world.environ, world.cwd)
    interpreter = found.path if found else ""
    where = interpreter or "no Python"
    return EnvironmentPlan(
        CURRENT,
        steps=(f"take the environment that is here ({where})",),
        deviations=_deviations(lock, interpreter, world),
        interpreter=interpreter,
    )


def here(interpreter: str, world: World) -> Lock:
    """Return the lock of an interpreter's environment as it is now; an empty one where it gives no answer."""
    memory = os.path.dirname(world.cache)
    captured = describe(interpreter, memory, world.environ, cwd=world.cwd, worktree=world.worktree)
    return read(captured.lock) if captured.lock else Lock()


def _deviations(lock: bytes | None, interpreter: str, world: World) -> tuple[Deviation, ...]:
    if not lock or not interpreter:
        return (Deviation("what was recorded and what is here cannot be compared", "package"),)
    try:
        found = differences(read(lock), here(interpreter, world))
    except InvalidRecord as error:
        return (Deviation(f"what is here cannot be compared: {error.message}", "package"),)
    return tuple(Deviation(words(one), "python" if one.name == "python" else "package") for one in found)


def words(change: Change) -> str:
    """Return a difference between what was recorded and what is here in words."""
    if not change.after:
        return f"{change.name} {change.before} is not installed here"
    if not change.before:
        return f"{change.name} {change.after} is installed here and was not then"
    return f"{change.name} {change.after} instead of {change.before}"


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
