"""Finding the recorded Python on this machine: the exact version where it is here, else another patch of it."""

import glob
import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from gitprov.capture.environment.survey import Subject, ask
from gitprov.replay.environment.patterns import PYTHON
from gitprov.replay.environment.world import World

_MOST: Final = 32
"""The most interpreters that are asked."""
_PROGRAMS: Final = {"cpython": "python", "pypy": "pypy", "graalpy": "graalpy"}
# Where version managers keep interpreters, below the home directory; each holds one directory a version.
_MANAGED: Final = (
    (".pyenv", "PYENV_ROOT", "versions"),
    (".local/share/uv/python", "UV_PYTHON_INSTALL_DIR", ""),
    (".local/share/mise/installs/python", "MISE_DATA_DIR", "installs/python"),
    (".asdf", "ASDF_DATA_DIR", "installs/python"),
    (".local/share/hatch/pythons", "", ""),
)
_PLACES: Final = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", "/opt/python/*/bin")
_FRAMEWORKS: Final = "/Library/Frameworks/Python.framework/Versions/*/bin"


class Interpreter(NamedTuple):
    """A Python that is here."""

    path: str
    version: str
    implementation: str
    build: str
    """What else tells two builds of one version apart."""
    platform: str
    machine: str
    system: str


def find(version: str, implementation: str, world: World) -> Interpreter | None:
    """Return the interpreter of that version; else the nearest patch of its minor version; else `None`.

    Without an implementation that of CPython is meant.
    """
    wanted = implementation or "cpython"
    near: list[Interpreter] = []
    for number, path in enumerate(_candidates(version, wanted, world)):
        one = _asked(path, world) if number < _MOST else None
        if one is None or one.implementation != wanted or minor(one.version) != minor(version):
            continue
        if one.version == version:
            return one
        near.append(one)
    return min(near, key=lambda one: (abs(_patch(one.version) - _patch(version)), one.path), default=None)


def minor(version: str) -> str:
    """Return `3.11` of `3.11.7`."""
    return ".".join(version.split(".")[:2])


def _asked(path: str, world: World) -> Interpreter | None:
    facts = ask(Subject(path, "", world.building(), "/", "", ""))
    return Interpreter(path, *(str(facts[name]) for name in Interpreter._fields[1:])) if facts else None


def _candidates(version: str, implementation: str, world: World) -> Iterator[str]:
    """Yield the interpreters that may be it, each once, those first whose place says so."""
    found = list(_managed(version, implementation, world))
    exact = [path for path in found if f"/{version}/" in path or f"-{version}-" in path]
    seen = set()
    for path in (*exact, world.python, *_on_path(version, implementation, world), *found):
        real = os.path.realpath(path)
        if real not in seen and os.access(real, os.X_OK) and os.path.isfile(real):
            seen.add(real)
            yield real


def _managed(version: str, implementation: str, world: World) -> Iterator[str]:
    home = world.environ.get("HOME", "")
    program = _PROGRAMS.get(implementation, "python") + minor(version)
    for usual, variable, below in _MANAGED:
        told = world.environ.get(variable, "") if variable else ""
        root = os.path.join(told or os.path.join(home, usual), below)
        if told or home:
            yield from sorted(glob.glob(os.path.join(glob.escape(root), "*", "bin", program)))
    for place in (*_PLACES, _FRAMEWORKS):
        yield from sorted(glob.glob(os.path.join(place, program)))


def _on_path(version: str, implementation: str, world: World) -> Iterator[str]:
    name = _PROGRAMS.get(implementation, "python")
    for directory in world.environ.get("PATH", os.defpath).split(os.pathsep):
        # A version manager's stand-ins answer for whatever is chosen where they are called.
        if os.path.isabs(directory) and os.path.basename(directory) != "shims":
            yield from (os.path.join(directory, name + suffix) for suffix in (minor(version), "3", ""))


def _patch(version: str) -> int:
    match = PYTHON.fullmatch(version)
    return int(match[3]) if match else 0
