"""The plan: what a record and its lock say of an environment, and how that is had on this machine."""

import os
from collections.abc import Mapping
from typing import Any, Final

from gitprov.errors import InvalidRecord, ProvError
from gitprov.model.environments import Consent, Deviation, Missing
from gitprov.model.text import single_line
from gitprov.replay.environment import container, current, interpreters
from gitprov.replay.environment.installers import UV, locate, pick
from gitprov.replay.environment.interpreters import Interpreter, minor
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.environment.patterns import PYTHON
from gitprov.replay.environment.plan import CONTAINER, CURRENT, RESTORE, TAKE_CURRENT, EnvironmentPlan, Recipe
from gitprov.replay.environment.sources import Sources, Trees
from gitprov.replay.environment.used import used
from gitprov.replay.environment.world import Choices, World

Record = Mapping[str, Any]
_NOTHING: Final = Choices()


def plan_environment(
    record: Record, lock: bytes | None, how: str, world: World, choices: Choices = _NOTHING
) -> EnvironmentPlan:
    """Return what will be done to get the environment of a run, given as plain data with its lock.

    Nothing is installed, fetched or written for it. `how` is `restore`, `current` or `container`; a lock that is not at
    hand is `None`. What cannot be done at all is `refused`, in words.
    """
    if how == CURRENT:
        return current.plan(record, lock, world)
    if how == CONTAINER:
        return container.plan(record, world)
    if not lock:
        return _refused(_without_lock(record), TAKE_CURRENT)
    try:
        return plan_lock(record, read(lock), world, choices)
    except InvalidRecord as error:
        return _refused(error.message, TAKE_CURRENT)
    except ProvError as error:
        return _refused(error.message, error.hint)


def environment_of(record: Record) -> Mapping[str, Any]:
    """Return what a record says of its environment."""
    found = record.get("environment")
    return found if isinstance(found, Mapping) else {}


def plan_lock(record: Record, lock: Lock, world: World, choices: Choices = _NOTHING) -> EnvironmentPlan:
    """Return how the environment of a lock is built, which need not be the one that was recorded with a run.

    Raises `ProvError` where the installer that is wanted is not here.
    """
    environment = environment_of(record)
    version = lock.python or str(environment.get("python", ""))
    if not PYTHON.fullmatch(version):
        return _refused("the lock does not say which Python it was", TAKE_CURRENT)._replace(missing=_condas(lock))
    installer = pick(choices.installer, world)
    found = interpreters.find(version, lock.implementation, world)
    can_install = bool(locate(UV, world))
    if found is None and not (can_install and choices.install_python):
        return _no_python(version, lock, can_install=can_install)
    sources = Sources(_trees(environment), used(record), choices, world)
    sources.sort(lock.packages)
    recipe = Recipe(
        found,
        version,
        installer,
        sources.requirements,
        tuple(sources.local),
        used(record),
        choices.build,
        choices.fresh,
        lock.implementation or "cpython",
    )
    deviations = [*_python_deviations(version, found), *_platform(environment, lock, found), *sources.deviations]
    return EnvironmentPlan(
        RESTORE,
        steps=tuple(_steps(recipe)),
        missing=(*sources.missing, *_condas(lock), *_others(environment)),
        consents=(*_python_consent(version, found), *sources.consents),
        deviations=tuple(deviations),
        notes=tuple(_notes(lock)),
        recipe=recipe,
    )


def _steps(recipe: Recipe) -> list[str]:
    how = "uv" if recipe.installer.name == UV else "pip"
    steps = [f"install Python {recipe.python} with uv"] if recipe.interpreter is None else []
    where = f" ({recipe.interpreter.path})" if recipe.interpreter else ""
    version = recipe.interpreter.version if recipe.interpreter else recipe.python
    steps.append(f"make a virtual environment of Python {version}{where}")
    listed, fetched = len(recipe.requirements.listed), recipe.requirements.fetched
    sources = "; those without a wheel are built, which runs their code" if recipe.build else ", as wheels only"
    packages = f"{listed} package{'' if listed == 1 else 's'}"
    steps.append(f"install {packages} with {how}, from where its settings say{sources}")
    if fetched:
        steps.append(f"fetch and build {', '.join(one.name for one in fetched)}")
    if recipe.local:
        steps.append(f"install {', '.join(one.name for one in recipe.local)} from the restored code")
    return steps


def _no_python(version: str, lock: Lock, *, can_install: bool) -> EnvironmentPlan:
    name = "Python" if lock.implementation in ("", "cpython") else f"{lock.implementation} of Python"
    hint = f"install Python {minor(version)}, or {TAKE_CURRENT}"
    consents: tuple[Consent, ...] = ()
    if can_install and lock.implementation in ("", "cpython"):
        hint = "let uv install it: --install-python"
        consents = _python_consent(version, None, granted=False)
    plan = _refused(f"{name} {minor(version)} is not on this machine; recorded was {version}", hint)
    return plan._replace(consents=consents)


def _python_consent(version: str, found: Interpreter | None, *, granted: bool = True) -> tuple[Consent, ...]:
    if found:
        return ()
    return (Consent(f"let uv install Python {version}", "it is downloaded and kept by uv", granted),)


def _python_deviations(version: str, found: Interpreter | None) -> list[Deviation]:
    if found is None or found.version == version:
        return []
    return [Deviation(f"Python {found.version} instead of {version}", "python")]


def _platform(environment: Mapping[str, Any], lock: Lock, found: Interpreter | None) -> list[Deviation]:
    recorded = single_line(str(environment.get("platform", "")), 80)
    if found is None or not recorded or recorded == found.platform:
        return []
    differs = (lock.system, lock.machine) != (found.system, found.machine) and lock.system
    means = ": other builds of the same versions are installed" if differs else ""
    return [Deviation(f"platform {found.platform} instead of {recorded}{means}", "platform")]


def _condas(lock: Lock) -> tuple[Missing, ...]:
    named = {package.name for package in lock.packages}
    only = [spec for spec in lock.conda if _conda_name(spec) not in named]
    if not only:
        return ()
    why = "only conda installs them; their list: git prov env show RUN --conda"
    what = f"{len(only)} package{'' if len(only) == 1 else 's'} of conda"
    return (Missing(what, why, "where the run needs them, it will fail"),)


def _conda_name(spec: str) -> str:
    """Return the name in a line of an explicit list: a URL's last part is `name-version-build.conda`."""
    if "://" not in spec:
        return spec.partition("=")[0]
    return os.path.basename(spec.partition("#")[0]).rsplit("-", 2)[0]


def _others(environment: Mapping[str, Any]) -> tuple[Missing, ...]:
    others = environment.get("others")
    shown = [single_line(str(one.get("interpreter", "?")), 80) for one in _tables(others)]
    if not shown:
        return ()
    return (Missing(f"the environment of {', '.join(shown)}", "only the run's main one is built", "it may fail there"),)


def _trees(environment: Mapping[str, Any]) -> Trees:
    return {str(one.get("name", "")): one for one in _tables(environment.get("editable"))}


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _notes(lock: Lock) -> list[str]:
    notes = [f"the lock names the index {index}: it is not used" for index in lock.indexes]
    return [*notes, *(f"refused in the lock: {what}" for what in lock.refused)]


def _without_lock(record: Record) -> str:
    if environment_of(record).get("digest"):
        return "the lock of the run's environment is not in this clone"
    return "the run has no lock of its environment"


def _refused(why: str, hint: str) -> EnvironmentPlan:
    return EnvironmentPlan(RESTORE, refused=why, hint=hint)
