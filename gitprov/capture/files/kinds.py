"""What kind of place a directory is: somebody's work, or part of the system, a library, a cache, a configuration.

Decided once for each directory, from its name, from what stands in it (`pyvenv.cfg`, `conda-meta`) and from what the
directory above is.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from gitprov.capture.files import homes

Kind = Literal["plain", "nothing", "system", "environment", "library", "configuration", "secret", "cache"]
"""`plain` is where inputs and outputs are; `library` a directory of installed Python packages; `nothing` not files of
anybody: the kernel's, git's, our own."""

_NOTHING: Final = ("/proc", "/dev", "/sys", "/run")
_SYSTEM: Final = (
    *("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/etc", "/boot", "/snap", "/nix", "/gnu/store"),
    *("/var/lib", "/var/cache", "/var/log", "/var/spool", "/var/db", "/System", "/Library", "/Applications"),
    *("/private/etc", "/private/var/db", "/opt/homebrew", "/opt/local", "/opt/rocm", "/opt/nvidia", "/opt/intel"),
)
_PREFIX_PARTS: Final = ("bin", "lib", "lib64", "libexec", "share", "include", "etc", "conda-meta")
_BY_NAME: Final[Mapping[str, Kind]] = {
    ".git": "nothing",
    "site-packages": "library",
    "dist-packages": "library",
    "node_modules": "environment",
    ".tox": "environment",
    ".nox": "environment",
    ".Rproj.user": "cache",
    "__pycache__": "cache",
    ".ipynb_checkpoints": "cache",
    ".pytest_cache": "cache",
    ".mypy_cache": "cache",
    ".ruff_cache": "cache",
    ".hypothesis": "cache",
    ".snakemake": "cache",
    ".nextflow": "cache",
}
_RENV: Final = frozenset({"renv/library", "renv/staging", "packrat/lib", "packrat/src"})
_LONGEST_LINE: Final = 256  # bytes of a script that the kernel looks at
_METADATA: Final = (".egg-info", ".dist-info")
_TEMPORARY_CACHE: Final = re.compile(
    r"torchinductor_|torch_extensions|matplotlib-|pymp-|numba|triton|\.X11-unix|ipykernel"
)
_SETTLED: Final = frozenset({"nothing", "library", "configuration", "secret", "cache"})


def interpreter_of(program: str) -> str:
    """Return the program that the system itself starts for a script, by its first line; `""` for what is none."""
    try:
        with open(program, "rb", buffering=0, opener=_without_waiting) as file:
            first = (file.read(_LONGEST_LINE) or b"").partition(b"\n")[0]
    except OSError:
        return ""
    words = first[2:].split(maxsplit=1) if first.startswith(b"#!") else []
    return os.fsdecode(words[0]) if words else ""


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # what was tried to be started may be a pipe that nobody writes to


def installations(program: str) -> Iterator[str]:
    """Yield the prefixes of a program in a `bin`: its own, that behind links, and what a venv is made of."""
    for path in dict.fromkeys((program, os.path.realpath(program))) if program else ():
        prefix, name = os.path.split(os.path.dirname(path))
        if name == "bin":
            yield prefix
            if home := _home_of_venv(prefix):
                yield os.path.dirname(home)


def _home_of_venv(prefix: str) -> str:
    """Return the directory of the Python that a virtual environment was made with."""
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8", errors="surrogateescape") as file:
            found = re.search(r"^home\s*=\s*(.+?)\s*$", file.read(4096), re.MULTILINE)
    except OSError:
        return ""
    return os.path.realpath(found[1]) if found else ""


class Kinds:
    """The kinds of directories, seen from one working tree and one home."""

    def __init__(
        self,
        top: str,
        home: str,
        *,
        nothing: Iterable[str] = (),
        temporary: Iterable[str] = (),
        prefixes: Iterable[str] = (),
        programs: Iterable[str] = (),
    ) -> None:
        """`nothing`: git's directories and our own. `prefixes`: of the Pythons that ran. `programs`: what was started.

        All paths are resolved ones; `top` and `home` may be empty.
        """
        self._top, self._home = top, home
        self._temporary = frozenset(temporary)
        self._roots: dict[str, Kind] = {"/": "plain"}
        self._put("nothing", nothing)
        if top:
            self._put("plain", [top])
        self._put("nothing", _NOTHING)
        self._put("environment", self._parts_of(prefixes, programs))
        if home not in ("", "/"):
            self._put_home(home)
        self._put("system", _SYSTEM)
        self._put("plain", self._temporary)
        self._known: dict[str, Kind] = {}

    def of(self, directory: str) -> Kind:
        """Return the kind of a resolved directory."""
        kind = self._known.get(directory)
        if kind is None:
            kind = self._roots.get(directory) or self._below(directory, self.of(os.path.dirname(directory)))
            self._known[directory] = kind
        return kind

    def _put(self, kind: Kind, directories: Iterable[str]) -> None:
        """What was put first about a directory holds."""
        for directory in directories:
            self._roots.setdefault(directory, kind)

    def _put_home(self, home: str) -> None:
        tables: tuple[tuple[Kind, tuple[str, ...]], ...] = (
            ("plain", ("", *homes.DATA)),
            ("secret", homes.SECRET),
            ("configuration", homes.CONFIGURATION),
            ("environment", homes.ENVIRONMENT),
            ("cache", homes.CACHE),
        )
        for kind, names in tables:
            self._put(kind, (os.path.join(home, name).rstrip("/") for name in names))

    def _parts_of(self, prefixes: Iterable[str], programs: Iterable[str]) -> list[str]:
        """Return the directories of which installations consist, but for places that hold more than that."""
        found = {*prefixes}
        for program in programs:
            for path in (program, interpreter_of(program)):
                found.update(prefix for prefix in installations(path) if not self._is_work(prefix))
        local = os.path.join(self._home, ".local")
        return [
            os.path.join(prefix, part)
            for prefix in sorted(found)
            if prefix not in ("/", self._home, local) and not self._holds_work(prefix)
            for part in _PREFIX_PARTS
        ]

    def _is_work(self, directory: str) -> bool:
        return bool(self._top) and (directory + "/").startswith(self._top + "/")

    def _holds_work(self, directory: str) -> bool:
        return (self._top + "/").startswith(directory + "/")

    def _below(self, directory: str, above: Kind) -> Kind:
        """Return the kind of a directory about which nothing was said, from that of the one above it."""
        if above in _SETTLED:
            return above
        name = os.path.basename(directory)
        if name in _BY_NAME:
            return _BY_NAME[name]
        if name.endswith(_METADATA):
            return "environment"
        if above != "plain":
            return above
        return self._marked(directory, name)

    def _marked(self, directory: str, name: str) -> Kind:
        """Return the kind of a directory among people's own files."""
        parent = os.path.dirname(directory)
        if f"{os.path.basename(parent)}/{name}" in _RENV:
            return "environment"
        if parent in self._temporary and _TEMPORARY_CACHE.match(name):
            return "cache"
        if self._holds_work(directory):
            return "plain"
        if os.path.lexists(directory + "/pyvenv.cfg") or os.path.isdir(directory + "/conda-meta"):
            return "environment"
        if self._is_work(directory) and os.path.lexists(directory + "/CACHEDIR.TAG"):
            return "cache"
        return "plain"
