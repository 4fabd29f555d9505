"""A thin environment of one reproduction on top of a shared one: it has the packages of the repository itself.

These are imported from where the code was restored, which is another place each time, and the shared environment must
know nothing of it. So there is a second one, of a few files, that sees all that is in the shared one: its packages by
a `.pth` file, its commands as copies that start this environment's interpreter, its data by links.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from gitprov.replay.environment.entry import SEAL
from gitprov.replay.environment.installers import python_of
from gitprov.replay.environment.making import sites
from gitprov.replay.environment.package import Package
from gitprov.replay.environment.trees import Plain

_LARGEST_SCRIPT: Final = 1 << 20
_OWN: Final = frozenset({"bin", "lib", "lib64", "pyvenv.cfg", SEAL, ".lock", ".gitignore", "CACHEDIR.TAG"})
_PROGRAM: Final = 0o755
_COMMAND: Final = """\
#!{python}
import sys
from {module} import {first}
if __name__ == "__main__":
    sys.exit({called}())
"""


def join(directory: str, shared: str) -> None:
    """Make the environment in `directory`, which is empty, see all that is in the shared one. Raises `OSError`."""
    lines = [f"import site; site.addsitedir({site!r})\n" for site in sites(shared)]
    (here,) = sites(directory)
    _write(os.path.join(here, "_git_prov_shared.pth"), "".join(lines))
    with os.scandir(shared) as found:
        for item in found:
            if item.name not in _OWN:
                _link(item.path, os.path.join(directory, item.name))
    for path in _commands(shared):
        _copy_command(path, shared, directory)


def add(directory: str, package: Package, tree: str, plain: Plain) -> None:
    """Put a source tree on the path of the environment in `directory`, as an editable install does."""
    (here,) = sites(directory)
    name, version = package.name.replace("-", "_"), package.version or "0"
    info = os.path.join(here, f"{name}-{version}.dist-info")
    os.makedirs(info)
    _write(os.path.join(here, f"_git_prov_{name}.pth"), f"{plain.path}\n")
    _write(os.path.join(info, "METADATA"), f"Metadata-Version: 2.1\nName: {package.name}\nVersion: {version}\n")
    _write(os.path.join(info, "INSTALLER"), "git-prov\n")
    url = {"url": f"file://{quote(tree)}", "dir_info": {"editable": True} if package.editable else {}}
    _write(os.path.join(info, "direct_url.json"), json.dumps(url))
    told = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in points.items()) + "\n"
        for group, points in plain.points.items()
    )
    _write(os.path.join(info, "entry_points.txt"), told)
    for command, target in plain.points.get("console_scripts", {}).items():
        _add_command(directory, command, target)


def _link(path: str, target: str) -> None:
    """Link to a directory of data, in the place of an empty one that a new environment may have."""
    with contextlib.suppress(OSError):
        os.rmdir(target)
    with contextlib.suppress(FileExistsError):
        os.symlink(path, target)


def _add_command(directory: str, command: str, target: str) -> None:
    module, _, called = target.partition(":")
    first = called.partition(".")[0]
    text = _COMMAND.format(python=python_of(directory), module=module, first=first, called=called)
    path = os.path.join(directory, "bin", command)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)  # it may be a link into the shared environment
    _write(path, text)
    os.chmod(path, _PROGRAM)


def _commands(shared: str) -> Iterator[str]:
    with os.scandir(os.path.join(shared, "bin")) as found:
        for item in found:
            if not item.name.startswith(("python", "pypy", "activate", "Activate")):
                yield item.path


def _copy_command(path: str, shared: str, directory: str) -> None:
    """Copy a script with this environment's interpreter in its first lines; link what is none."""
    target = os.path.join(directory, "bin", os.path.basename(path))
    if os.path.lexists(target):
        return
    if os.path.islink(path) or os.path.getsize(path) > _LARGEST_SCRIPT:
        os.symlink(path, target)
        return
    with open(path, "rb") as file:
        content = file.read()
    old, new = (os.fsencode(os.path.join(place, "bin", "")) for place in (shared, directory))
    head, body = _split(content, 3)
    if not content.startswith(b"#!") or old not in head:
        os.symlink(path, target)
        return
    with open(target, "wb") as file:
        file.write(head.replace(old, new) + body)
    os.chmod(target, _PROGRAM)


def _split(content: bytes, lines: int) -> Sequence[bytes]:
    """Return the first lines and the rest: where a shebang would be too long, the interpreter stands in the second."""
    parts = content.split(b"\n", lines)
    head = b"".join(part + b"\n" for part in parts[:lines]) if len(parts) > lines else content
    return head, content[len(head) :]


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
