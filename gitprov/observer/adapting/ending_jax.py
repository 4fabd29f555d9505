"""What JAX says of itself at the end. No backend is started by asking."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_FLAGS = ("jax_enable_x64", "jax_default_matmul_precision", "jax_default_prng_impl", "jax_threefry_partitionable")


def collect(jax: "Any") -> "Dict[str, Any]":
    """Return `determinism`, and `gpu_memory_peak` where a backend that counts its memory is running."""
    flags = {}
    for name in _FLAGS:
        value = getattr(jax.config, name, None)
        if isinstance(value, (bool, str)):
            flags[f"jax.{name[4:]}"] = value
    known: Dict[str, Any] = {"determinism": flags}
    peaks = _peaks()
    if peaks:
        known["gpu_memory_peak"] = max(peaks)
    return known


def _peaks() -> "list[int]":
    bridge = sys.modules.get("jax._src.xla_bridge")
    running = dict(getattr(bridge, "_backends", {}))
    devices = [device for backend in running.values() for device in backend.local_devices()]
    stats = [device.memory_stats() or {} for device in devices if device.platform != "cpu"]
    return [int(stat["peak_bytes_in_use"]) for stat in stats if "peak_bytes_in_use" in stat]
