"""How each package of a lock can be had here, or why it cannot."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.errors import ProvError
from gitprov.gitrepo.process import Git
from gitprov.model.environments import Consent, Deviation, Missing
from gitprov.model.text import quote
from gitprov.replay.environment import patterns
from gitprov.replay.environment.package import ARCHIVE, DIRECTORY, VCS, Package
from gitprov.replay.environment.requirements import Requirements, address
from gitprov.replay.environment.world import Choices, World

_PATIENCE: Final = 10.0  # seconds
_SHOWN: Final = 5
Trees = Mapping[str, Mapping[str, Any]]
"""What a record says of source trees outside the repository, by distribution: `commit`, `remote`, `dirty`."""


class Sources:
    """How packages are had. Nothing is fetched to find out.

    `used` is what the run imported, `None` where that is not known.
    """

    def __init__(self, trees: Trees, used: frozenset[str] | None, choices: Choices, world: World) -> None:
        self._trees = trees
        self._used = used
        self._choices = choices
        self._world = world
        self._listed: list[Package] = []
        self._fetched: list[Package] = []
        self.local: list[Package] = []
        self.missing: list[Missing] = []
        self.consents: list[Consent] = []
        self.deviations: list[Deviation] = []

    @property
    def requirements(self) -> Requirements:
        """What can be installed, apart from the repository's own packages."""
        return Requirements(tuple(self._listed), tuple(self._fetched))

    def sort(self, packages: Iterable[Package]) -> None:
        """Find out of each package how it is had."""
        ways = {DIRECTORY: self._directory, VCS: self._repository, ARCHIVE: self._archive}
        for package in packages:
            if package.name in self._choices.without:
                self._deviates(f"{package.name} is left out, as asked")
            elif package.problem:
                self._miss(package, package.problem)
            else:
                ways.get(package.source, self._listed.append)(package)
        self._say_condas()

    def _directory(self, package: Package) -> None:
        if package.is_inside:
            self.local.append(package)
            if not package.editable:
                self._deviates(f"{package.name} is installed from {_shown(package)} as it was at the run's commit")
            return
        tree = self._trees.get(package.name, {})
        commit, remote = str(tree.get("commit", "")), str(tree.get("remote", ""))
        if not patterns.COMMIT.fullmatch(commit):
            self._miss(package, f"it was a source tree, {_shown(package)}, whose commit was not recorded")
            return
        if tree.get("dirty"):
            self._deviates(
                f"{package.name} had changes in {_shown(package)} that were not committed: they cannot be had"
            )
        url = "" if patterns.unsafe_repository(remote) else remote
        self._repository(package._replace(source=VCS, url=url, commit=commit))

    def _repository(self, package: Package) -> None:
        if package.path and _has_commit(package, self._world):
            package = package._replace(url="")
        elif not package.url:
            where = f" of {_shown(package)}" if package.path else ""
            self._miss(package, f"commit {package.commit[:10]}{where} is not on this machine")
            return
        what = f"build {package.name} from {address(package)} at commit {package.commit[:10]}"
        self._fetch(package, what, "building it runs its code")

    def _archive(self, package: Package) -> None:
        if package.url:
            why = "its address stands in the record" + ("" if package.hashes else ", without a hash of what it holds")
            if not package.url.partition("?")[0].endswith(".whl"):
                why += "; building it runs its code"
            self._fetch(package, f"install {package.name} from {package.url}", why)
        elif not package.version:
            self._miss(package, f"it was installed from a file, {package.path}")
        else:
            certain = "where it has the same hash" if package.hashes else "which need not be the same"
            text = f"{package.name} was installed from a file, {package.path}; release {package.version} is taken"
            self._deviates(f"{text}, {certain}")
            self._listed.append(package)

    def _fetch(self, package: Package, what: str, why: str) -> None:
        self.consents.append(Consent(what, why, self._choices.build))
        if self._choices.build:
            self._fetched.append(package)
        else:
            self._miss(package, "it is fetched and built with --build only")

    def _miss(self, package: Package, why: str) -> None:
        what = f"{package.name} {package.version}".rstrip()
        self.missing.append(Missing(what, why, means(package.name, self._used)))

    def _deviates(self, what: str) -> None:
        self.deviations.append(Deviation(what, "package"))

    def _say_condas(self) -> None:
        names = [package.name for package in self._listed if package.is_condas]
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            shown = ", ".join(names[:_SHOWN]) + more
            self._deviates(f"conda had installed {shown}; the same versions are taken as pip or uv have them")


def means(name: str, used: frozenset[str] | None) -> str:
    """Return what it means for a run that a package is not there."""
    if used is None:
        return "where the run needs it, it will fail"
    return "the run imported it and will most likely fail" if name in used else "the run did not import it"


def _has_commit(package: Package, world: World) -> bool:
    """Tell whether the package's repository is on this machine and has its commit."""
    if not os.path.isdir(package.path):
        return False
    try:
        asked = Git(package.path, {**world.building(), "GIT_NO_LAZY_FETCH": "1"}).start(
            "cat-file", "-e", f"{package.commit}^{{commit}}"
        )
        asked.output(check=False, timeout=_PATIENCE)
    except (ProvError, OSError):
        return False
    return asked.returncode == 0


def _shown(package: Package) -> str:
    return quote(package.path, one_line=True)
