"""The software that a run is made again with: planned before anybody is asked, had after."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from gitprov.api.environments import lock_of, world
from gitprov.api.reproduce.options import ReproduceOptions, Tell
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.model.environments import Deviation
from gitprov.replay.environment.build import Place as Beside
from gitprov.replay.environment.build import build
from gitprov.replay.environment.plan import CURRENT, RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import environment_of, plan_environment
from gitprov.replay.environment.world import Choices
from gitprov.replay.place.making import Place

_ENVIRONMENT = "environment"
_NO_PYTHON = "the record names no Python environment: what is installed here is taken"


class Had(NamedTuple):
    """Software that is there."""

    how: str
    """`restore`, `current` or `container`."""
    python: str
    """The interpreter that stands for whichever Python the command names; `""` where the command's own is taken."""
    environ: Mapping[str, str]
    command: tuple[str, ...]
    """What comes before the command, to run it in a container."""
    deviations: tuple[Deviation, ...]


def planned(session: Session, record: Mapping[str, Any], options: ReproduceOptions) -> EnvironmentPlan:
    """Return what will be done to have the software. Raises `ProvError`, with what else to ask for, where it cannot be.

    A run that used no Python has nothing that could be rebuilt: what is here is taken.
    """
    how = options.environment
    found = environment_of(record)
    without = how == RESTORE and not found.get("digest") and not found.get("python")
    choices = Choices(
        build=options.build,
        install_python=options.install_python,
        installer=options.installer,
        without=tuple(options.without),
    )
    here = world(session)
    plan = plan_environment(record, lock_of(session, record) or None, CURRENT if without else how, here, choices)
    if plan.refused:
        raise ProvError(f"its software cannot be had: {plan.refused}", hint=plan.hint)
    return plan._replace(steps=(_NO_PYTHON,), deviations=()) if without else plan


def had(session: Session, plan: EnvironmentPlan, place: Place, tell: Tell) -> Had:
    """Do what was planned, and return what there is to run with. Raises `ProvError`."""
    beside = Beside(place.worktree, os.path.join(place.owned.directory, _ENVIRONMENT))
    built = build(plan, world(session), session.clock(), tell, beside)
    environ = {**session.environ, **built.environ}
    for name in built.unset:
        environ.pop(name, None)
    return Had(plan.how, built.python, environ, built.command, built.deviations)
