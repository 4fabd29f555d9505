"""Whose a file is: somebody's work, which may be input or output, or a library's, the system's, a tool's own."""

import os
import re
from typing import Any, Final, NamedTuple

from gitprov.capture.files.kinds import Kinds
from gitprov.capture.files.touched import Touched
from gitprov.capture.realpaths import is_inside
from gitprov.capture.secrets.redactor import name_kind

_COMPILED: Final = "__pycache__"
_PYC: Final = re.compile(r"([^/]+?)\.[^/.]+-\d+(?:\.opt-\d)?\.pyc")
_SITE: Final = re.compile(r"(.*?/(?:site|dist)-packages)/(.*)", re.DOTALL)
# What is read at every start, or to list what is installed: reading it uses nothing.
_METADATA: Final = re.compile(r"[^/]*\.(?:dist-info|egg-info|pth|egg-link)(?:/|$)|_distutils_hack/|_virtualenv\.py")
_SHARED_LIBRARY: Final = re.compile(r".*/lib(?:32|64)?/(?:.*/)?[^/]+\.so(?:\.[\d.]+)?", re.DOTALL)
_OF_TOOLS: Final = (".pyc", ".pyo", ".nbi", ".nbc", ".swp", "/.git", "/.DS_Store", "/.Rhistory", "/CACHEDIR.TAG")
_PERHAPS_WORK: Final = frozenset({"plain", "cache"})
_TOKENS: Final = frozenset({"token", "stored_tokens", "credentials", "credentials.json", "kaggle.json"})


class Shelf(NamedTuple):
    """A directory of the system, of a tool or of installed packages."""

    site: str
    """The directory that packages are installed in of which it is a part; `""` where it is none."""
    start: str
    """What the paths of its files below the site begin with; of compiled modules, those of their sources."""
    is_compiled: bool

    def below(self, name: str) -> str:
        """Return the path below the site of one of its files; `""` for one that belongs to no package."""
        if self.is_compiled and (match := _PYC.fullmatch(name)):
            return f"{self.start}{match[1]}.py"
        if self.is_compiled:
            return f"{self.start}{_COMPILED}/{name}"
        return "" if not self.start and _METADATA.match(name) else self.start + name


class Whose:
    """Answers for one run; `top` is its working tree, `nothing` git's directories and our own."""

    def __init__(
        self, touched: Touched, top: str, home: str, *, nothing: tuple[str, ...], temporary: tuple[str, ...]
    ) -> None:
        self._home = home
        self._inside = os.path.join(top, "")
        self._executed = frozenset(touched.programs)
        prefixes = {prefix for one in touched.processes for prefix in _prefixes(one.header)}
        self._kinds = Kinds(
            top, home, nothing=nothing, temporary=temporary, prefixes=prefixes, programs=touched.programs
        )

    def is_work(self, path: str) -> bool:
        """Tell whether a path is in the working tree."""
        return bool(self._inside) and path.startswith(self._inside)

    def is_executed(self, path: str) -> bool:
        """Tell whether the run started this file as a program."""
        return path in self._executed

    def is_plain(self, path: str) -> bool:
        """Tell whether a file is somebody's work, inside the repository or out of it."""
        directory, _, name = path.rpartition("/")
        kind = self._kinds.of(directory or "/")
        if kind != "plain":
            return kind == "cache" and path in self._executed and self.is_work(path)
        if path.endswith(_OF_TOOLS):
            return False
        return self.is_work(path) or not self._is_installed(path, directory, name)

    def shelf(self, directory: str) -> Shelf | None:
        """Return where a directory stands of which no file is anybody's work; `None` for any other.

        The hundreds of files that a run reads of libraries are so dealt with by their few directories.
        """
        kind = self._kinds.of(directory)
        above, _, name = directory.rpartition("/")
        of_sources = self._kinds.of(above or "/") if name == _COMPILED else "nothing"
        if kind == "plain" or of_sources in _PERHAPS_WORK or (kind == "cache" and name != _COMPILED):
            return None
        match = _SITE.fullmatch(f"{directory}/") if kind == "library" else None
        if match is None or (match[2] and _METADATA.match(match[2])):
            return Shelf("", "", is_compiled=False)
        is_compiled = name == _COMPILED
        return Shelf(match[1], match[2][: -len(_COMPILED) - 1] if is_compiled else match[2], is_compiled=is_compiled)

    def _is_installed(self, path: str, directory: str, name: str) -> bool:
        """Tell whether a file outside the repository, among people's own, belongs to a tool or holds credentials."""
        if name == "pyvenv.cfg" or _SHARED_LIBRARY.fullmatch(path):
            return True
        if directory == self._home and name.startswith("."):
            return True
        is_hidden = "/." in directory[len(self._home) :] and is_inside(directory, self._home)
        return bool(name_kind(path)) or (is_hidden and name in _TOKENS)


def source_of(path: str) -> str:
    """Return the module whose compiled form a path is; `""` for any other."""
    directory, _, name = path.rpartition("/")
    above, _, last = directory.rpartition("/")
    match = _PYC.fullmatch(name) if last == _COMPILED else None
    return f"{above}/{match[1]}.py" if match else ""


def _prefixes(header: dict[str, Any]) -> list[str]:
    """Return where a Python process says that it is installed, as named and as it really is."""
    said = header.get("prefixes")
    named = [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
    usable = [one for one in named if one.startswith("/") and "\0" not in one]
    return [path for one in usable for path in (os.path.normpath(one), os.path.realpath(one))]
