"""What threadpoolctl, where a program has it loaded, knows of BLAS libraries and their threads."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List


def collect(threadpoolctl: "Any", libraries: "List[str]") -> "Dict[str, Any]":
    """Return `determinism` (the numbers of threads) and `blas` (names and versions).

    `libraries` are the paths of all shared libraries that are loaded; empty where they are not known.
    """
    try:
        pools = _of_some(threadpoolctl, libraries)
    except Exception:
        pools = threadpoolctl.threadpool_info()
    flags = {f"threads.{pool['internal_api']}": pool["num_threads"] for pool in pools}
    blas = {f"{pool['internal_api']} {pool['version']}" for pool in pools if pool["user_api"] == "blas"}
    return {"determinism": flags, "blas": sorted(blas)}


def _of_some(threadpoolctl: "Any", libraries: "List[str]") -> "Any":
    """Have it look at the few libraries that it may know; by itself it resolves the links of all. Raises whatever."""
    names = tuple(threadpoolctl._ALL_PREFIXES)  # noqa: SLF001 - if another version has none, it is asked as usual
    known = [path for path in libraries if os.path.basename(path).lower().startswith(names)]
    if not known:
        raise LookupError

    class Some(threadpoolctl.ThreadpoolController):  # type: ignore[misc]
        def _load_libraries(self) -> None:
            for path in known:
                self._make_controller_from_path(path)

    return Some().info()
