"""The repository's own packages, installed from where its code was restored."""

import os

from gitprov.capture.realpaths import is_really_inside
from gitprov.model.environments import Deviation
from gitprov.model.text import quote
from gitprov.replay.environment import overlay
from gitprov.replay.environment.making import Maker
from gitprov.replay.environment.package import Package
from gitprov.replay.environment.sources import means
from gitprov.replay.environment.trees import Plain, plain


class Trees:
    """The source trees of a recipe's own packages, below one working tree."""

    def __init__(self, maker: Maker, worktree: str) -> None:
        self._maker = maker
        self._plain: list[tuple[Package, str, Plain]] = []
        self._to_build: list[tuple[Package, str]] = []
        self.deviations: list[Deviation] = []
        for package in maker.recipe.local:
            self._look(package, worktree)

    @property
    def needs_building(self) -> bool:
        """Whether an installer has to be at hand."""
        return bool(self._to_build)

    def install(self, directory: str) -> None:
        """Install them into an environment. Raises `ProvError` where one cannot be built."""
        for package, tree, how in self._plain:
            overlay.add(directory, package, tree, how)
        for package, tree in self._to_build:
            self._maker.build_tree(directory, package, tree)

    def _look(self, package: Package, worktree: str) -> None:
        tree = os.path.normpath(os.path.join(worktree, package.path, package.subdirectory))
        shown = quote(package.path, one_line=True)
        if not os.path.isdir(tree) or not is_really_inside(tree, worktree):
            self._miss(package, f"its directory {shown} is not in the restored code")
        elif found := plain(tree, package.name):
            self._plain.append((package, tree, found))
        elif self._maker.recipe.build:
            self._to_build.append((package, tree))
        else:
            self._miss(package, f"{shown} has to be built, which is done with --build only")

    def _miss(self, package: Package, why: str) -> None:
        # Not by what the run imported: the repository's own files are its code, and not counted as a package's.
        what = f"{package.name} is not installed: {why}; {means(package.name, None)}"
        self.deviations.append(Deviation(what, "package"))
