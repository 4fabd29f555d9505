"""The CUDA libraries that an environment brings: from packages that are named after them, else the system's toolkit.

What a framework really loads, only the framework knows; where it says so, that counts instead.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Final

from gitprov.capture.headfile import head

# By name of what is reported: distributions of pip (behind them stands the CUDA version, `-cu12`), then of conda.
_PACKAGES: Final = {
    "cuda": (("nvidia-cuda-runtime",), ("cuda-cudart", "cudatoolkit", "cuda-version")),
    "cudnn": (("nvidia-cudnn",), ("cudnn",)),
    "nccl": (("nvidia-nccl",), ("nccl",)),
}
_HEADERS: Final = {"cudnn": ("cudnn_version.h", "CUDNN"), "nccl": ("nccl.h", "NCCL")}


def libraries(
    distributions: Iterable[tuple[str, str]],
    conda: Iterable[tuple[str, str]],
    environ: Mapping[str, str],
    root: str = "/",
) -> dict[str, str]:
    """Return the versions of `cuda`, `cudnn` and `nccl` as far as they are there; each package is `(name, version)`.

    `root` stands for `/`.
    """
    pip = {name.partition("-cu1")[0]: version for name, version in distributions if name.startswith("nvidia-")}
    kept = dict(conda)
    found = {}
    for library, (names, conda_names) in _PACKAGES.items():
        versions = [pip.get(name, "") for name in names] + [kept.get(name, "") for name in conda_names]
        if version := next((version for version in versions if version), ""):
            found[library] = version
    return {**_system(environ, root), **found}


def _system(environ: Mapping[str, str], root: str) -> dict[str, str]:
    named = [environ.get(name, "") for name in ("CUDA_HOME", "CUDA_PATH")]
    homes = [home for home in (*named, "/usr/local/cuda") if home and os.path.isdir(_below(root, home))]
    if not homes:
        return {}
    home = _below(root, homes[0])
    found = {"cuda": _toolkit(home)}
    for library, (header, prefix) in _HEADERS.items():
        places = (os.path.join(above, header) for above in (os.path.join(home, "include"), _below(root, "usr/include")))
        found[library] = next((version for place in places if (version := _defined(head(place), prefix))), "")
    return {library: version for library, version in found.items() if version}


def _below(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))


def _toolkit(home: str) -> str:
    """Return a toolkit's version from the file that names it, which was not always JSON."""
    told = head(os.path.join(home, "version.json")) or head(os.path.join(home, "version.txt"))
    match = re.search(r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"|CUDA Version ([\d.]+)', told)
    return (match[1] or match[2]) if match else ""


def _defined(header: str, prefix: str) -> str:
    """Return the version in a header's `#define CUDNN_MAJOR 8` and its fellows."""
    if not header:
        return ""
    numbers = [re.search(rf"#define {prefix}_{part}\s+(\d+)", header) for part in ("MAJOR", "MINOR", "PATCH(?:LEVEL)?")]
    return ".".join(match[1] for match in numbers if match) if all(numbers) else ""
