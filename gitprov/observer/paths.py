"""Paths as the system sees them at this moment: absolute, but with links and dots as the program wrote them."""

import os
import sys
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Optional, Union

    Named = Union[str, bytes, "os.PathLike[Any]"]

_SETTLED = 0.01
"""Seconds after which a change of directory, which is told before it happens, has happened in every thread's eyes."""
_DIRECTORIES_ONLY = frozenset(("os", "shutil", "pathlib", "tempfile"))
"""Modules that open directories below descriptors to walk or remove trees; the removals say their own descriptor."""


class Paths:
    """Makes paths absolute, with the current directory remembered."""

    __slots__ = ("_changed", "_here")

    def __init__(self) -> None:
        self._here = ""
        self._changed = 0.0

    def changed_directory(self, *_: object) -> None:
        """Take note that the process is about to change its directory."""
        self._here = ""
        self._changed = monotonic()

    def absolute(self, path: "Named", below: int = -1) -> str:
        """Return an absolute path; a relative one stands below the descriptor `below`, or the current directory.

        Raises `OSError` where that directory is gone, and `TypeError` for what is no path, as a descriptor.
        """
        text: str = path if type(path) is str else os.fsdecode(path)
        if text[:1] == "/":
            return text
        if below >= 0:
            return os.path.join(os.readlink(f"/proc/self/fd/{below}"), text)
        here = self._here
        if not here:
            here = os.getcwd()
            if monotonic() - self._changed > _SETTLED:
                self._here = here
        return f"{here}/{text}"


def opened_below_a_descriptor() -> str:
    """Return the module that just now calls a function with `dir_fd=`; `""` where the caller does no such thing.

    The audit event of `os.open` does not say the descriptor, but the names that a call uses stand in its code.
    """
    frame: Optional[FrameType] = sys._getframe(1)  # noqa: SLF001 - there is no other way to a caller
    while frame is not None and _module(frame).startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return ""
    names = (constant for constant in frame.f_code.co_consts if type(constant) is tuple)
    return _module(frame) if any("dir_fd" in constant for constant in names) else ""


def walks_trees(module: str) -> bool:
    """Tell whether a module opens below descriptors only to walk or remove directories."""
    return module in _DIRECTORIES_ONLY


def _module(frame: "FrameType") -> str:
    return str(frame.f_globals.get("__name__", ""))


_OURS = __name__.rpartition(".")[0] + "."
