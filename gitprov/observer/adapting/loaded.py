"""What the process has loaded: shared libraries that neither a package nor the system brought."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Set

_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/lib32/", "/usr/lib32/")
_PACKAGES = ("/site-packages/", "/dist-packages/", "/lib-dynload/")
_BLAS = (
    "openblas",
    "libmkl_rt",
    "libmkl_core",
    "libblis",
    "libflexiblas",
    "libblas.",
    "libarmpl",
    "libnvpl_blas",
)
_MOST = 64


def mapped() -> "List[str]":
    """Return the paths of all shared libraries that are loaded, in no order; empty where the system does not tell."""
    try:
        with open("/proc/self/maps", "rb") as file:
            pieces = {line.partition(b"/")[2] for line in file.read().split(b"\n")}
    except OSError:  # not Linux
        return []
    return [os.fsdecode(b"/" + path) for path in pieces if b".so" in path]


def collect(paths: "List[str]") -> "Dict[str, Any]":
    """Return `libraries`, and `blas_files` for those that do linear algebra: file names, which have the versions."""
    libraries: Set[str] = set()
    blas: Set[str] = set()
    for path in paths:
        name = path.rpartition("/")[2]
        if any(part in name for part in _BLAS) and ".cpython-" not in name:
            blas.add(name)
        if not path.startswith(_SYSTEM) and not name.startswith("libpython") and not any(p in path for p in _PACKAGES):
            libraries.add(name)
    found = {"libraries": libraries, "blas_files": blas}
    return {name: sorted(files)[:_MOST] for name, files in found.items() if files}
