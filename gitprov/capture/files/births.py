"""When a file was made, where the system keeps that: Linux has it for `statx` alone, which Python's `os` lacks."""

import os
import sys
from typing import Any, Final

_AT_FDCWD: Final = -100
_NOFOLLOW: Final = 0x100
_BTIME: Final = 0x800
_BUFFER: Final = 256  # bytes of `struct statx`
_AT: Final = 80  # where in it `stx_btime` stands: seconds in 8 bytes, nanoseconds in 4


def birth_ns(path: str) -> int | None:
    """Return when the file at a path was made, in ns since the epoch; `None` where nothing tells."""
    try:
        if sys.platform != "linux":
            born = getattr(os.lstat(path), "st_birthtime", None)
            return None if born is None else int(born * 1e9)
        return _statx(os.fsencode(path))
    except (OSError, AttributeError, ImportError):  # an old system, or one without the C library's `statx`
        return None


def _statx(path: bytes) -> int | None:
    import ctypes  # 3 ms, for the few runs that need it

    library: Any = ctypes.CDLL(None)
    buffer = ctypes.create_string_buffer(_BUFFER)
    if library.statx(_AT_FDCWD, path, _NOFOLLOW, _BTIME, buffer) != 0:
        return None
    raw = buffer.raw
    if not int.from_bytes(raw[:4], sys.byteorder) & _BTIME:
        return None
    seconds = int.from_bytes(raw[_AT : _AT + 8], sys.byteorder, signed=True)
    return seconds * 1_000_000_000 + int.from_bytes(raw[_AT + 8 : _AT + 12], sys.byteorder)
