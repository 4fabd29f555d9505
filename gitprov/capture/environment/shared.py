"""The shared libraries a run loaded, by the names that tell their versions."""

import os
import re
from collections.abc import Iterable
from typing import Final

_SHARED: Final = r".*\.(?:so(?:\.\d[\w.]*)?|\d[\d.]*\.dylib)"
_MOST: Final = 200


def shared_libraries(paths: Iterable[str]) -> list[str]:
    """Return the file names of system libraries among absolute paths, links resolved, sorted.

    `libopenblas.so.0` becomes `libopenblasp-r0.3.21.so`: which version it is, often only the file behind the link
    says. Python's own extension modules and what stands inside of packages are known by their distributions.
    """
    named = {path for path in paths if re.fullmatch(_SHARED, os.path.basename(path)) and not _is_packaged(path)}
    return sorted({os.path.basename(os.path.realpath(path)) for path in sorted(named)})[:_MOST]


def _is_packaged(path: str) -> bool:
    return any(part in path for part in ("/site-packages/", "/dist-packages/", "/lib-dynload/", "/library/"))
