"""Looking programs up as the child's own system would: on its PATH, through shebang lines and pyenv's shims."""

import os
import re
from collections.abc import Mapping
from typing import Final

PYTHON_NAME: Final = r"(?:python|pypy)\d*(?:\.\d+)*t?"

# What installers write where a shebang line would be too long: a shell that hands over to the interpreter.
_SHELL_EXEC: Final = rb"'''exec'\s+(?:\"([^\"\n]+)\"|'([^'\n]+)'|(\S+))"
_BESIDE_SCRIPT: Final = b"$(dirname"


def is_python(command: str) -> bool:
    """Tell whether a command names a Python interpreter: `python`, `/usr/bin/python3.11`, `pypy3`."""
    return re.fullmatch(PYTHON_NAME, os.path.basename(command)) is not None


def locate(command: str, environ: Mapping[str, str], cwd: str) -> str:
    """Return the absolute path of a command as the child would find it, links unresolved; `""` when there is none."""
    if "/" in command:
        path = os.path.join(cwd, command)
        return os.path.normpath(path) if _is_program(path) else ""
    for directory in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(cwd, directory or ".", command)
        if not _is_program(path):
            continue
        if os.path.basename(os.path.dirname(path)) != "shims":
            return os.path.normpath(path)
        if real := _behind_pyenv_shim(path, environ, cwd):
            return real
    return ""


def is_script(path: str) -> bool:
    """Tell whether a file begins as scripts do."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def shebang(path: str) -> list[str]:
    """Return the words of the command that runs a script: `["/usr/bin/env", "python3"]`; `[]` for what is no script."""
    try:
        with open(path, "rb", buffering=0) as file:
            head = file.read(2048) or b""
    except OSError:
        return []
    if not head.startswith(b"#!"):
        return []
    first, _, rest = head.partition(b"\n")
    words = os.fsdecode(first[2:]).split()
    exec_line = re.match(_SHELL_EXEC, rest)
    if exec_line is None or not words:
        return words
    target = next(group for group in exec_line.groups() if group)
    if target.startswith(_BESIDE_SCRIPT):  # a script that can be moved: its interpreter stands beside it
        return [os.path.join(os.path.dirname(os.path.realpath(path)), "python")]
    return [os.fsdecode(target)]


def _is_program(path: str) -> bool:
    return os.access(path, os.X_OK) and os.path.isfile(path)


def _behind_pyenv_shim(shim: str, environ: Mapping[str, str], cwd: str) -> str:
    """Return the program that a pyenv shim would run, the shim itself where that is not plain, `""` for `system`.

    Asking the shim takes pyenv tens of milliseconds, and what it answers depends on the directory.
    """
    root = os.path.dirname(os.path.dirname(shim))
    versions = os.path.join(root, "versions")
    if not os.path.isdir(versions):
        return shim
    for version in _pyenv_versions(root, environ, cwd):
        if version == "system":
            return ""
        path = os.path.join(versions, version, "bin", os.path.basename(shim))
        if _is_program(path):
            return path
    return shim


def _pyenv_versions(root: str, environ: Mapping[str, str], cwd: str) -> list[str]:
    """Return the chosen versions, by pyenv's own order: the variable, `.python-version` upwards, the global one."""
    if chosen := environ.get("PYENV_VERSION"):
        return chosen.split(":")
    for directory in upwards(cwd):
        if versions := _words_of(os.path.join(directory, ".python-version")):
            return versions
    return _words_of(os.path.join(root, "version")) or ["system"]


def upwards(directory: str) -> list[str]:
    """Return a directory and all above it, the nearest first."""
    found = [directory]
    while (parent := os.path.dirname(directory)) != directory:
        found.append(parent)
        directory = parent
    return found


def _words_of(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return [line.split("#")[0].strip() for line in file if line.split("#")[0].strip()]
    except OSError:
        return []
