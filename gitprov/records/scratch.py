"""Files in the making: under names of their own until they are whole, and swept up where their maker was killed."""

import contextlib
import os
import time

from gitprov.records.layout import State

_OLD_SECONDS = 86_400.0
"""Longer than anything is in the making."""


def scratch(state: State) -> str:
    """A path that nobody else uses, on the same file system as all of our state. Raises `OSError`."""
    os.makedirs(state.tmp, exist_ok=True)
    return os.path.join(state.tmp, os.urandom(8).hex())


def sweep(state: State) -> None:
    """Remove what killed programs left behind."""
    with contextlib.suppress(OSError), os.scandir(state.tmp) as entries:
        for entry in entries:
            # By the time nobody can set: a copy of an index is given the index's own.
            if time.time() - entry.stat(follow_symlinks=False).st_ctime > _OLD_SECONDS:
                os.unlink(entry.path)
