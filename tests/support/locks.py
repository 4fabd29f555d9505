"""Locks of environments as tests want them, and wheels that hold next to nothing."""

import platform
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

VERSION = "{}.{}.{}".format(*sys.version_info[:3])
"""The version of the interpreter that runs the tests."""


def lock_of(
    *packages: Mapping[str, Any], python: str = VERSION, implementation: str = "cpython", conda: Sequence[str] = ()
) -> bytes:
    """Return a lock of the given packages, each as its table in the file."""
    marker = (
        f"implementation_name == '{implementation}' and platform_machine == '{platform.machine()}'"
        f" and sys_platform == '{sys.platform}'"
    )
    own = {"python": python, **({"conda": list(conda)} if conda else {})}
    lock = {"lock-version": "1.0", "environments": [marker], "created-by": "git-prov", "packages": list(packages)}
    return tomli_w.dumps({**lock, "tool": {"git-prov": own}}).encode()


def pinned(name: str, version: str = "1.0", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a package that came from an index."""
    return {"name": name, "version": version, **more}


def wheel(directory: Path, name: str, version: str = "1.0", *, source: str = "", script: bool = False) -> Path:
    """Make a wheel with one module of the distribution's name; with `script` a command of that name."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": source or f"VERSION = {version!r}\n\n\ndef main() -> None:\n    print(VERSION)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {module}:main\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path
