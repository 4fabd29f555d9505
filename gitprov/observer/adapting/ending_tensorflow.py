"""What TensorFlow says of itself at the end. No device is started by asking."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def collect(_: "Any") -> "Dict[str, Any]":
    """Return `determinism`. Thread counts of 0 mean that TensorFlow chose."""
    config = sys.modules.get("tensorflow.python.framework.config")
    if config is None:
        return {}
    flags = {
        "tensorflow.op_determinism": config.is_op_determinism_enabled(),
        "threads.tensorflow.intra": config.get_intra_op_parallelism_threads(),
        "threads.tensorflow.inter": config.get_inter_op_parallelism_threads(),
    }
    return {"determinism": flags}
