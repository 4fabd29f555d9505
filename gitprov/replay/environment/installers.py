"""The programs that make environments: uv where it is installed, else the interpreter's own venv and pip."""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from gitprov.errors import ProvError
from gitprov.replay.environment.world import World

UV: Final = "uv"
PIP: Final = "pip"
_PIP: Final = (
    "--no-deps", "--no-input", "--no-user", "--disable-pip-version-check", "--no-warn-script-location",
    "--progress-bar=off",
)  # fmt: skip
_UV_VENV: Final = ("--quiet", "--no-project", "--allow-existing", "--color=never")
# `--no-sources`: what a project's own settings say of where its needs come from is for its developers
_UV: Final = ("--no-deps", "--no-progress", "--color=never", "--no-sources", "--compile-bytecode")


class Installer(NamedTuple):
    """What makes an environment and installs into it."""

    name: str
    """`uv` or `pip`."""
    program: str = ""
    """Where uv is."""

    def make(self, interpreter: str, directory: str, *, with_pip: bool = True) -> list[str]:
        """Return the command that makes an empty environment in a directory that is there; uv needs no pip in it."""
        if self.name == UV:
            return [self.program, "venv", *_UV_VENV, "--python", interpreter, "--", directory]
        without = () if with_pip else ("--without-pip",)
        return [interpreter, "-I", "-m", "venv", *without, "--", directory]

    def install(self, directory: str, requirements: str, *, build: bool) -> list[str]:
        """Return the command that installs what a file lists; without `build` nothing is built from source."""
        if self.name == UV:
            allowed = () if build else ("--no-build",)
            return [*self._uv(directory), *allowed, "--requirements", requirements]
        allowed = () if build else ("--only-binary=:all:",)
        return [*self._pip(directory, "install"), *_PIP, *allowed, "--requirement", requirements]

    def install_tree(self, directory: str, tree: str, *, editable: bool) -> list[str]:
        """Return the command that builds a source tree, given by its absolute path, and installs it."""
        what = ["--editable", tree] if editable else [tree]
        return [*(self._uv(directory) if self.name == UV else [*self._pip(directory, "install"), *_PIP]), *what]

    def remove(self, directory: str, names: Sequence[str]) -> list[str]:
        """Return the command that takes distributions away again."""
        if self.name == UV:
            return [self.program, "pip", "uninstall", "--quiet", "--python", python_of(directory), "--", *names]
        return [*self._pip(directory, "uninstall"), "--yes", "--disable-pip-version-check", "--", *names]

    def _uv(self, directory: str) -> list[str]:
        return [self.program, "pip", "install", "--python", python_of(directory), *_UV]

    def _pip(self, directory: str, verb: str) -> list[str]:
        return [python_of(directory), "-I", "-m", "pip", verb]


def python_of(directory: str) -> str:
    """Return the interpreter of an environment."""
    return os.path.join(directory, "bin", "python")


def pick(wanted: str, world: World) -> Installer:
    """Return the installer to use. Raises `ProvError` where the one that is wanted is not here."""
    if wanted == PIP:
        return Installer(PIP)
    program = locate(UV, world)
    if program:
        return Installer(UV, program)
    if wanted == UV:
        raise ProvError("uv is not on PATH", hint="install it, or let pip do it: --installer pip")
    return Installer(PIP)


def locate(program: str, world: World) -> str:
    """Return where a program of the person's is; `""` where there is none. Relative entries of PATH do not count."""
    for directory in world.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(directory, program)
        if os.path.isabs(path) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return ""
