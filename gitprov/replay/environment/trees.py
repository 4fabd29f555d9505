"""Source trees that can be put on Python's path as they stand: nothing in them needs to be built first.

Most projects are installed editable into their own environment. Where a tree says what it is without running any of
its code, this is what such an install comes to: its directory on the path, its name and version, its commands.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_BACKENDS: Final = frozenset({
    "setuptools.build_meta", "setuptools.build_meta:__legacy__", "hatchling.build", "flit_core.buildapi",
    "poetry.core.masonry.api", "pdm.backend", "uv_build", "",
})  # fmt: skip
# What a build script says where there is more to do than to copy files, or more to know than can be read.
_BUILDS: Final = re.compile(
    r"ext_modules|Extension|cythonize|cffi_modules|rust_extensions|cmdclass|entry_points|scripts"
)
_TABLES_THAT_BUILD: Final = (
    ("setuptools", "ext-modules"), ("setuptools", "cmdclass"), ("setuptools", "script-files"),
    ("hatch", "build", "hooks"), ("poetry", "build"), ("pdm", "build", "run-setuptools"),
)  # fmt: skip
_SCRIPT: Final = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)
_OBJECT: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", re.ASCII)
_GROUP: Final = re.compile(r"[\w.:-]+", re.ASCII)
_LARGEST: Final = 1 << 20


class Plain(NamedTuple):
    """A source tree that needs no building."""

    path: str
    """The directory to import from."""
    points: Mapping[str, Mapping[str, str]]
    """Its entry points by group; commands are `console_scripts`."""


def plain(tree: str, name: str) -> Plain | None:
    """Return how a distribution's source tree is imported from in place; `None` where it has to be built."""
    project = _toml(os.path.join(tree, "pyproject.toml"))
    if project is None:
        return None
    tool, build = _table(project, "tool"), _table(project, "build-system")
    if build.get("build-backend", "") not in _BACKENDS or any(_deep(tool, *names) for names in _TABLES_THAT_BUILD):
        return None
    if any(_BUILDS.search(_read(os.path.join(tree, script))) for script in ("setup.py", "setup.cfg", "build.py")):
        return None
    if not any(os.path.isfile(os.path.join(tree, sign)) for sign in ("pyproject.toml", "setup.py", "setup.cfg")):
        return None
    directory = _directory(tree, name, _deep(tool, "setuptools", "package-dir"))
    points = _points(project, tool)
    return Plain(directory, points) if directory and points is not None else None


def _directory(tree: str, name: str, told: object) -> str:
    """Return where the package stands that has the distribution's name; `""` where it is called otherwise."""
    module = name.replace("-", "_")
    elsewhere = told.get("") if isinstance(told, Mapping) else None
    for below in (elsewhere, "src", "."):
        if not isinstance(below, str) or os.path.isabs(below) or ".." in below.split("/"):
            continue
        place = os.path.normpath(os.path.join(tree, below))
        if any(os.path.exists(os.path.join(place, found)) for found in (f"{module}/__init__.py", f"{module}.py")):
            return place
    return ""


def _points(project: Mapping[str, Any], tool: Mapping[str, Any]) -> dict[str, dict[str, str]] | None:
    """Return the entry points; `None` where one is not understood."""
    declared = _table(project, "project")
    groups = {
        "console_scripts": {**_table(_table(tool, "poetry"), "scripts"), **_table(declared, "scripts")},
        "gui_scripts": _table(declared, "gui-scripts"),
        **_table(_table(tool, "poetry"), "plugins"),
        **_table(declared, "entry-points"),
    }
    found = {group: dict(points) for group, points in groups.items() if isinstance(points, Mapping) and points}
    for group, points in found.items():
        pattern = _OBJECT if group.endswith("_scripts") else _GROUP
        names_are_fine = all(_SCRIPT.fullmatch(str(name)) for name in points)
        if not _GROUP.fullmatch(group) or not names_are_fine or not all(_is(pattern, to) for to in points.values()):
            return None
    return found


def _is(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None


def _deep(table: object, *names: str) -> object:
    for name in names:
        table = table.get(name) if isinstance(table, Mapping) else None
    return table


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name)
    return found if isinstance(found, Mapping) else {}


def _toml(path: str) -> dict[str, Any] | None:
    """Return a file's tables; none for a file that is not there, `None` for one that cannot be read."""
    try:
        return tomllib.loads(_read(path))
    except (ValueError, RecursionError):
        return None


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
