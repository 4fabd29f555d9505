"""What threadpoolctl, where a program has it loaded, knows of BLAS libraries and their threads."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def collect(threadpoolctl: "Any") -> "Dict[str, Any]":
    """Return `determinism` (the numbers of threads) and `blas` (names and versions)."""
    pools = threadpoolctl.threadpool_info()
    flags = {f"threads.{pool['internal_api']}": pool["num_threads"] for pool in pools}
    blas = {f"{pool['internal_api']} {pool['version']}" for pool in pools if pool["user_api"] == "blas"}
    return {"determinism": flags, "blas": sorted(blas)}
