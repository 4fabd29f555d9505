"""The end of a process: by the interpreter's own shutdown, or by `os._exit`, as the workers of multiprocessing do."""

import atexit
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


def before_end(callback: "Callable[[], None]") -> None:
    """Call `callback` when the process ends in order, after everything the program registers for that moment."""
    atexit.register(callback)
    leave = os._exit

    def _exit(status: int) -> None:
        try:
            callback()
        finally:
            leave(status)

    _exit.__doc__, _exit.__module__, _exit.__qualname__ = leave.__doc__, os.__name__, leave.__qualname__
    os._exit = _exit  # type: ignore[assignment]  # it returns as little as the one it stands for
