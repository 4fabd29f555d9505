"""Seeing which files this process touches while a run of its own goes on, and telling the processes it starts to look.

Python does not take an audit hook out again, so a process that makes run after run has only its first runs observed.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Mapping

from gitprov.capture.injection import withdraw
from gitprov.observer.protocol import DEPTH, EVENTS, FILES
from gitprov.observer.start import observe

_NAMES = (EVENTS, FILES, DEPTH, "PYTHONPATH")
_MOST = 64
_begun: list[str] = []


def is_possible() -> bool:
    """Tell whether one more run of this process can be observed."""
    return len(_begun) < _MOST


class Observation:
    """The observation of one run, from now on until `end`."""

    def __init__(self, told: Mapping[str, str], worktree: str) -> None:
        self._directory = told.get(EVENTS, "")
        self._finish: Callable[[], None] | None = None
        self._before = {name: os.environ[name] for name in _NAMES if name in os.environ}
        if self._directory:
            _begun.append(self._directory)
            _export(told)
            self._finish = observe(self._directory, files=FILES in told)
            _touch_code(worktree)

    def end(self) -> None:
        """Observe no longer, and leave the environment as it was."""
        if self._finish is None:
            return
        self._finish()
        if os.environ.get(EVENTS) == self._directory:  # else a run that was begun later has told its own
            before = dict(self._before)
            if not os.path.isdir(before.get(EVENTS, "")):
                withdraw(before)
            _export(before)


def _touch_code(worktree: str) -> None:
    """Open what this process has loaded of the repository's own code before, so that it is seen to be read."""
    below = os.path.join(worktree, "")
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    for file in sorted(os.path.abspath(file) for file in files if file):
        if file.startswith(below):
            with contextlib.suppress(OSError):
                os.close(os.open(file, os.O_RDONLY))


def _export(environ: Mapping[str, str]) -> None:
    for name in _NAMES:
        if name in environ:
            os.environ[name] = environ[name]
        else:
            os.environ.pop(name, None)
