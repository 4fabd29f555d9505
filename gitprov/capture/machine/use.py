"""What a run used of the machine, as the kernel accounts for a child and those of its children that it waited for."""

import resource
import sys
from typing import Any, Final

_BLOCK: Final = 512  # bytes; the unit in which Linux counts block input and output
_KIB: Final = 1024


def own_peak() -> int:
    """Return our own peak of memory, in the unit of `ru_maxrss`; to be asked before a child is started."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def usage(used: resource.struct_rusage, inherited: int = 0) -> dict[str, Any]:
    """Return the record's `usage` from what `os.wait4` gave; what is zero or not known is left out.

    `cpu_seconds`, of which `system_seconds` in the kernel; `peak_memory`, the bytes the largest of its processes held
    at once; `read` and `written`, the bytes that went to and from disks, which the page cache may have spared it.

    `inherited` is `own_peak()` from before the start: until it executes its program a child shares our memory, and
    Linux counts that for it. One whose own peak is less has none that could be told.
    """
    scale = 1 if sys.platform == "darwin" else _KIB
    found = {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "system_seconds": round(used.ru_stime, 3),
        "peak_memory": used.ru_maxrss * scale if used.ru_maxrss > inherited else 0,
    }
    if sys.platform.startswith("linux"):  # elsewhere these count operations
        found |= {"read": used.ru_inblock * _BLOCK, "written": used.ru_oublock * _BLOCK}
    return {name: value for name, value in found.items() if value}
