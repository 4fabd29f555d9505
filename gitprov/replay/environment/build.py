"""Carrying a plan out: the environment from the cache or built into it, the repository's own packages on top."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.errors import ProvError
from gitprov.model.environments import Deviation
from gitprov.replay.environment import blame, entry, interpreters, overlay
from gitprov.replay.environment.entry import Seal
from gitprov.replay.environment.installers import UV, locate, python_of
from gitprov.replay.environment.interpreters import Interpreter
from gitprov.replay.environment.local import Trees
from gitprov.replay.environment.making import Maker
from gitprov.replay.environment.plan import CONTAINER, CURRENT, EnvironmentPlan, Recipe
from gitprov.replay.environment.running import run
from gitprov.replay.environment.world import Tell, World

_FORMAT: Final = 1
"""Changes when the way of building does: what was built before is not used then."""


class Place(NamedTuple):
    """Where a run is reproduced."""

    worktree: str = ""
    """The restored code."""
    overlay: str = ""
    """An empty directory that goes away with the worktree; needed where the repository has packages of its own."""


class Built(NamedTuple):
    """An environment that is ready."""

    python: str
    """Its interpreter; empty for a container."""
    environ: Mapping[str, str] = MappingProxyType({})
    """Variables to be set for a command that is to run in it."""
    unset: tuple[str, ...] = ()
    """Variables that must not be set for it."""
    deviations: tuple[Deviation, ...] = ()
    command: tuple[str, ...] = ()
    """What comes before a command that is to run in a container."""
    was_cached: bool = False


def build(plan: EnvironmentPlan, world: World, now: float, tell: Tell, place: Place = Place()) -> Built:  # noqa: B008
    """Do what the plan says, and return what a run needs. Raises `ProvError` where something fails, in words.

    Nothing is left of what failed or was interrupted. What is in the cache already is only looked at.
    """
    if plan.refused:
        raise ProvError(plan.refused, hint=plan.hint)
    if plan.how == CURRENT:
        return Built(plan.interpreter, deviations=plan.deviations)
    if plan.how == CONTAINER:
        return Built("", deviations=plan.deviations, command=_mounted(plan.command, place))
    assert plan.recipe
    missed = tuple(Deviation(f"{one.what} is not there: {one.why}; {one.means}", "package") for one in plan.missing)
    shared = _shared(plan.recipe, world, now, tell)
    deviations = (*plan.deviations, *missed, *shared.deviations)
    python, more = _overlaid(plan.recipe, shared, world, tell, place) if plan.recipe.local else (shared.directory, ())
    return Built(
        python_of(python),
        _variables(python, world),
        ("PYTHONHOME",),
        (*deviations, *more),
        was_cached=shared.was_cached,
    )


def build_in(plan: EnvironmentPlan, directory: str, world: World, tell: Tell, worktree: str) -> Built:
    """Build a plan's environment in a directory of the person's, for them to keep and to change. Raises `ProvError`."""
    if plan.refused:
        raise ProvError(plan.refused, hint=plan.hint)
    assert plan.recipe
    _require_vacant(directory)
    interpreter = _interpreter(plan.recipe, world, tell)
    maker = Maker(plan.recipe, interpreter, world, tell)
    trees = Trees(maker, worktree)

    def more(made: str) -> None:
        trees.install(made)
        with open(os.path.join(made, ".gitignore"), "w", encoding="utf-8") as file:
            file.write("*\n")  # it may stand in a repository

    seal = maker.make(directory, more)
    deviations = (*plan.deviations, *_left(seal), *trees.deviations)
    return Built(python_of(directory), _variables(directory, world), ("PYTHONHOME",), deviations)


class _Shared(NamedTuple):
    directory: str
    interpreter: Interpreter
    deviations: tuple[Deviation, ...]
    was_cached: bool


def _shared(recipe: Recipe, world: World, now: float, tell: Tell) -> _Shared:
    """Return the environment in the cache, built where it is not there yet."""
    interpreter = _interpreter(recipe, world, tell)
    name = key(recipe, interpreter)
    found = None if recipe.fresh else entry.find(world.cache, name)
    if found:
        return _Shared(found[0], interpreter, _left(found[1]), was_cached=True)
    entry.sweep(world.cache, now)
    with entry.hold(world.cache, name, tell) as holding:
        # somebody else may have built it while we waited
        if not recipe.fresh and (found := entry.find(world.cache, name)):
            return _Shared(found[0], interpreter, _left(found[1]), was_cached=True)
        directory = entry.vacant(world.cache, name)
        seal = Maker(recipe, interpreter, world, tell, [holding]).make(directory)
    return _Shared(directory, interpreter, _left(seal), was_cached=False)


def key(recipe: Recipe, interpreter: Interpreter) -> str:
    """Return the name of an environment in the cache: of all that it is made from."""
    told = [str(_FORMAT), recipe.installer.name, *interpreter, *recipe.requirements.lines()]
    return blake3("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest(length=16)


def _overlaid(
    recipe: Recipe, shared: _Shared, world: World, tell: Tell, place: Place
) -> tuple[str, tuple[Deviation, ...]]:
    """Put the repository's own packages on top of a shared environment; returns the directory of both together."""
    maker = Maker(recipe, shared.interpreter, world, tell)
    trees = Trees(maker, place.worktree)
    os.makedirs(place.overlay, exist_ok=True)
    maker.create(place.overlay, with_pip=trees.needs_building)
    overlay.join(place.overlay, shared.directory)
    trees.install(place.overlay)
    if trees.needs_building:
        maker.strip(place.overlay, [one.name for one in recipe.local])
    return place.overlay, tuple(trees.deviations)


def _interpreter(recipe: Recipe, world: World, tell: Tell) -> Interpreter:
    """Return the interpreter, installed with uv where it was not here and that is allowed."""
    if recipe.interpreter:
        return recipe.interpreter
    tell(f"installing Python {recipe.python} with uv")
    os.makedirs(world.cache, exist_ok=True)
    ended = run([locate(UV, world), "python", "install", "--", recipe.python], world.building(), cwd=world.cache)
    found = interpreters.find(recipe.python, recipe.implementation, world)
    if ended.status or found is None or found.version != recipe.python:
        said = blame.blame(ended.words, ()).words
        raise ProvError(f"uv could not install Python {recipe.python}:\n{said}", hint="install it another way")
    return found


def _variables(directory: str, world: World) -> dict[str, str]:
    path = world.environ.get("PATH", os.defpath)
    return {"VIRTUAL_ENV": directory, "PATH": f"{os.path.join(directory, 'bin')}{os.pathsep}{path}"}


def _mounted(command: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """Return a container's command with the restored code at the same path inside it."""
    *options, image = command
    mount = f"type=bind,source={place.worktree},target={place.worktree}"
    return (*options, "--mount", mount, "--workdir", place.worktree, image)


def _left(seal: Seal) -> tuple[Deviation, ...]:
    return tuple(
        Deviation(f"{one.name} is left out: {one.why}; the run did not import it", "package") for one in seal.left
    )


def _require_vacant(directory: str) -> None:
    if not os.path.lexists(directory) or os.path.exists(os.path.join(directory, entry.UNFINISHED)):
        return
    if not os.path.isdir(directory) or os.listdir(directory):
        raise ProvError(f"{directory} is there already", hint="name another directory: --in DIR")
