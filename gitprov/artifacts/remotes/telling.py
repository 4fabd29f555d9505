"""Progress that several threads tell at once."""

from threading import Lock

from gitprov.artifacts.hashing import Tell


def locked(tell: Tell) -> Tell:
    """Return a teller that several threads may use."""
    lock = Lock()

    def told(count: int) -> None:
        if count:
            with lock:
                tell(count)

    return told


class Share:
    """One job's part of the whole: it never tells of more than was its to do, however often it goes over it."""

    def __init__(self, tell: Tell, size: int) -> None:
        self._tell = tell
        self._left = size

    def __call__(self, count: int) -> None:
        """Tell of bytes."""
        count = min(count, self._left)
        self._left -= count
        self._tell(count)

    def finish(self) -> None:
        """Tell of what is left of it."""
        self(self._left)
