"""The software that a run is made again with: planned before anybody is asked, had after."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitprov.api.environments import lock_of, world
from gitprov.api.reproduce.options import ReproduceOptions, Tell
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.model.environments import Deviation, Missing
from gitprov.replay.environment.build import Place as Beside
from gitprov.replay.environment.build import build
from gitprov.replay.environment.plan import CURRENT, RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import environment_of, plan_environment
from gitprov.replay.environment.world import Choices
from gitprov.replay.place.making import Place

_ENVIRONMENT = "environment"
_NO_PYTHON = "the run used no Python, so none is installed: its programs are taken as they are here"


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


class NotHad(ProvError):
    """An environment could not be built."""


def planned(session: Session, record: Mapping[str, Any], options: ReproduceOptions) -> EnvironmentPlan:
    """Return what will be done to have the software. Raises `ProvError`, with what else to ask for, where it cannot be.

    A run that used no Python has nothing that could be rebuilt: what is here is taken.
    """
    how = options.environment
    found = environment_of(record)
    is_idle = found.get("python_ran") is False or not (found.get("digest") or found.get("python"))
    without = how == RESTORE and is_idle
    lock = lock_of(session, record) or None
    plan = plan_environment(record, lock, CURRENT if without else how, world(session), choices(options))
    if plan.refused:
        raise ProvError(f"its software cannot be had: {plan.refused}", hint=plan.hint)
    return plan._replace(steps=(_NO_PYTHON,), deviations=(), missing=tuple(_of_conda(found))) if without else plan


def choices(options: ReproduceOptions) -> Choices:
    """Return what a person allows and wants of an environment that is built."""
    return Choices(
        build=options.build,
        install_python=options.install_python,
        installer=options.installer,
        without=tuple(options.without),
    )


def _of_conda(environment: Mapping[str, Any]) -> Iterator[Missing]:
    """Name the environment that programs other than Python were installed in, where conda made it."""
    if count := environment.get("conda"):
        what = f"the conda environment of {count} packages"
        yield Missing(what, "only conda makes it; its list: git prov env show RUN --conda", "what is here is taken")


def had(session: Session, plan: EnvironmentPlan, place: Place, tell: Tell) -> Had:
    """Do what was planned, and return what there is to run with. Raises `NotHad`."""
    beside = Beside(place.worktree, os.path.join(place.owned.directory, _ENVIRONMENT))
    try:
        built = build(plan, world(session), session.clock(), tell, beside)
    except ProvError as error:
        raise NotHad(error.message, hint=error.hint) from error
    environ = {**session.environ, **built.environ}
    for name in built.unset:
        environ.pop(name, None)
    return Had(plan.how, built.python, environ, built.command, built.deviations)
