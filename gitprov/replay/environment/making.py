"""Building an environment in a directory: made, filled, compared with what was wanted, sealed; or removed again."""

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from gitprov.capture.environment.sites import list_distributions
from gitprov.errors import ProvError
from gitprov.replay.environment import blame, entry
from gitprov.replay.environment.entry import Left, Seal
from gitprov.replay.environment.installers import PIP, UV, Installer
from gitprov.replay.environment.interpreters import Interpreter
from gitprov.replay.environment.package import Package
from gitprov.replay.environment.plan import TAKE_CURRENT, Recipe
from gitprov.replay.environment.requirements import Requirements
from gitprov.replay.environment.running import Ended, run
from gitprov.replay.environment.world import Tell, World

_MOST_LEFT: Final = 40
"""The most packages that are left out, one after the other, before it is given up."""
_REASONS: Final = {
    blame.ABSENT: "no release or wheel of it for this Python was found",
    blame.BUILD: "it could not be built",
}
More = Callable[[str], None]


class Maker:
    """Builds environments from one recipe. `holding` are locks that its programs inherit."""

    def __init__(
        self, recipe: Recipe, interpreter: Interpreter, world: World, tell: Tell, holding: Sequence[int] = ()
    ) -> None:
        self.recipe = recipe
        self.tell = tell
        self._interpreter = interpreter
        self._world = world
        self._holding = list(holding)

    def make(self, directory: str, more: More | None = None) -> Seal:
        """Build an environment where it is to stand; `more` is called before what made it is taken away.

        Raises `ProvError` that says which package failed; then nothing is left.
        """
        lock = entry.begin(directory)
        self._holding.append(lock)
        try:
            self.create(directory)
            left = self._fill(directory)
            for package in self.recipe.requirements.fetched:
                state_origin(directory, package)
            if more:
                more(directory)
            self.strip(directory, {one.name for one in (*self.recipe.requirements.all, *self.recipe.local)})
            seal = Seal(self._interpreter.version, tuple(self.recipe.requirements.lines()), tuple(left))
            entry.finish(directory, seal)
        except BaseException:
            entry.remove(directory)
            raise
        finally:
            self._holding.remove(lock)
            os.close(lock)
        return seal

    def create(self, directory: str, *, with_pip: bool = True) -> None:
        """Make an empty environment in a directory that is there. Raises `ProvError`."""
        self.tell(f"making a virtual environment of Python {self._interpreter.version}")
        ended = self.run(self._installer.make(self._interpreter.path, directory, with_pip=with_pip))
        if ended.status:
            said = blame.blame(ended.words, ()).words
            hint = "install uv, which needs nothing besides" if self._installer.name == PIP else ""
            raise ProvError(f"no virtual environment of {self._interpreter.path}: {said}", hint=hint)

    def build_tree(self, directory: str, package: Package, tree: str) -> None:
        """Build a source tree and install it. Raises `ProvError`."""
        self.tell(f"building {package.name}")
        ended = self.run(self._installer.install_tree(directory, tree, editable=package.editable))
        if ended.status:
            failure = blame.blame(ended.words, [package.name])
            raise failed(failure._replace(package=package.name), self.recipe)

    def strip(self, directory: str, wanted: Collection[str]) -> None:
        """Take away what an environment is made with and the recorded one had not: pip, setuptools."""
        if self._installer.name == UV:
            return
        if extra := sorted(installed(directory).keys() - set(wanted)):
            self.run(self._installer.remove(directory, extra))

    def run(self, command: list[str]) -> Ended:
        """Run an installer's command."""
        # Where it is run matters: installers read settings of the directory that they are called in.
        os.makedirs(self._world.cache, exist_ok=True)
        return run(command, self._world.building(), cwd=self._world.cache, holding=self._holding)

    def _fill(self, directory: str) -> list[Left]:
        """Install everything; what the run did not import and cannot be had is left out. Returns what was."""
        left: list[Left] = []
        wanted = self.recipe.requirements
        while failure := self._install(directory, wanted):
            if not self._is_dispensable(failure) or len(left) == _MOST_LEFT:
                raise failed(failure, self.recipe)
            left.append(Left(failure.package, _REASONS[failure.kind]))
            wanted = wanted.without(failure.package)
            self.tell(f"leaving out {failure.package}, which the run did not import")
        return left

    def _install(self, directory: str, wanted: Requirements) -> blame.Failure | None:
        count = len(wanted.all)
        self.tell(f"installing {count} package{'' if count == 1 else 's'} with {self._installer.name}")
        path = os.path.join(directory, entry.UNFINISHED)
        for text in wanted.files():
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            ended = self.run(self._installer.install(directory, path, build=self.recipe.build))
            if ended.status:
                return blame.blame(ended.words, [one.name for one in wanted.all])
        return None

    def _is_dispensable(self, failure: blame.Failure) -> bool:
        used = self.recipe.used
        return used is not None and failure.package != "" and failure.package not in used and failure.kind in _REASONS

    @property
    def _installer(self) -> Installer:
        return self.recipe.installer


def installed(directory: str) -> Mapping[str, str]:
    """Return name and version of what is installed in an environment."""
    return {one.name: one.version for site in sites(directory) for one in list_distributions(site)}


def state_origin(directory: str, package: Package) -> None:
    """Let what is installed from a repository say which revision was asked for when it was recorded (PEP 610).

    Asked for was the commit now; whoever records this environment should find it the same.
    """
    infos = [
        os.path.join(site, one.folder, "direct_url.json")
        for site in sites(directory)
        for one in list_distributions(site)
        if one.name == package.name and "vcs" in one.source
    ]
    for path in infos:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        told["vcs_info"].pop("requested_revision", None)
        if package.requested:
            told["vcs_info"]["requested_revision"] = package.requested
        with open(path, "w", encoding="utf-8") as file:
            json.dump(told, file)


def sites(directory: str) -> list[str]:
    """Return the directories of an environment in which distributions are."""
    library = os.path.join(directory, "lib")
    try:
        pythons = sorted(name for name in os.listdir(library) if name.startswith(("python", "pypy")))
    except OSError:
        return []
    return [os.path.join(library, name, "site-packages") for name in pythons]


def failed(failure: blame.Failure, recipe: Recipe) -> ProvError:
    """Return in words which package failed, why, and what to do."""
    packages = {one.name: one for one in (*recipe.requirements.all, *recipe.local)}
    package = packages.get(failure.package)
    what = f"{package.name} {package.version}".rstrip() if package else "the environment"
    if failure.kind == blame.NETWORK:
        what = "where packages come from cannot be reached"
    else:
        what = f"{what} could not be installed"
    message = f"{what}; {recipe.installer.name} says:\n{failure.words}"
    return ProvError(message, hint=_hint(failure, recipe, package.version if package else ""))


def _hint(failure: blame.Failure, recipe: Recipe, version: str) -> str:
    way_out = f"leave it out: --without {failure.package}; or " if failure.package else ""
    way_out += TAKE_CURRENT
    if failure.kind == blame.NETWORK:
        return f"connect, or point {recipe.installer.name} to copies of the packages; or {TAKE_CURRENT}"
    if failure.kind == blame.HASH:
        return f"it is not the file that was recorded; do not trust it; {way_out}"
    if "+" in version:
        return f"a version with '+' has an index of its own, which your pip or uv has to know; {way_out}"
    if failure.kind == blame.ABSENT and recipe.installer.name == UV:
        way_out = f"uv does not read pip's settings; let pip do it: --installer pip; {way_out}"
    if failure.kind == blame.ABSENT and not recipe.build:
        return f"where it has no wheel, it has to be built, which runs its code: --build; {way_out}"
    return way_out
