"""The queue in front of a clone's logs: writers of one clone wait for each other instead of racing.

It is a courtesy. What keeps the logs whole is the compare-and-swap of every ref, so a file system without locks,
or a holder that was stopped, costs retries and never a record.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from gitprov.records.layout import State


@contextlib.contextmanager
def writing(state: State, patience: float = 10.0) -> Iterator[bool]:
    """Wait in the queue, and tell whether it is surely our turn; after `patience` seconds, go on without that."""
    os.makedirs(state.root, exist_ok=True)
    handle = os.open(state.lock, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _acquire(handle, time.monotonic() + patience)
    finally:
        os.close(handle)


def _acquire(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            pause()
        except OSError:
            return False  # a file system without locks
        else:
            return True


def pause(attempt: int = 0) -> None:
    """Wait a little, and never in step with others: 2 to 10 ms, longer after several attempts."""
    chance = os.urandom(1)[0] / 255
    time.sleep((0.002 + 0.008 * chance) * min(1 << attempt, 32))
