"""What the process has loaded: shared libraries that neither a package nor the system brought."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Set

_SYSTEM = (b"/lib/", b"/lib64/", b"/usr/lib/", b"/usr/lib64/", b"/lib32/", b"/usr/lib32/")
_PACKAGES = (b"/site-packages/", b"/dist-packages/", b"/lib-dynload/")
_BLAS = (
    b"openblas",
    b"libmkl_rt",
    b"libmkl_core",
    b"libblis",
    b"libflexiblas",
    b"libblas.",
    b"libarmpl",
    b"libnvpl_blas",
)
_MOST = 64


def collect() -> "Dict[str, Any]":
    """Return `libraries`, and `blas_files` for those that do linear algebra: file names, which have the versions."""
    libraries, blas = _shared()
    found = {"libraries": libraries, "blas_files": blas}
    return {name: sorted(map(os.fsdecode, files))[:_MOST] for name, files in found.items() if files}


def _shared() -> "tuple[Set[bytes], Set[bytes]]":
    libraries: Set[bytes] = set()
    blas: Set[bytes] = set()
    try:
        with open("/proc/self/maps", "rb") as file:
            paths = {line[line.index(b"/") :].rstrip() for line in file if b".so" in line and b"/" in line}
    except OSError:  # not Linux
        return libraries, blas
    for path in paths:
        name = path.rpartition(b"/")[2]
        if any(part in name for part in _BLAS) and b".cpython-" not in name:
            blas.add(name)
        if not path.startswith(_SYSTEM) and not name.startswith(b"libpython") and not any(p in path for p in _PACKAGES):
            libraries.add(name)
    return libraries, blas
