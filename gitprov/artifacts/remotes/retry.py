"""Try again what may work the next time, a little later every time."""

from collections.abc import Callable, Iterator
from random import Random
from threading import Event
from typing import Final, TypeVar

from gitprov.artifacts.remotes.backend import Backend, Outgoing, Stopped, Transient
from gitprov.errors import ProvError

R = TypeVar("R")

_TRIES: Final = 5
_FIRST_WAIT: Final = 0.25  # seconds; doubled every time, and up to as much again by chance, so that a crew spreads out


class Steady:
    """A backend that tries again until `stop` is set; what still fails in the end is a ProvError."""

    def __init__(self, name: str, backend: Backend, random: Random | None = None) -> None:
        self.streams = backend.streams
        self.stop = Event()
        self._name = name
        self._backend = backend
        self._random = random or Random()  # noqa: S311  # it spreads waits, it keeps no secret

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`."""
        self._again(lambda: self._backend.reach(writing=writing))

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        return self._again(lambda: self._backend.size(key))

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`; the whole is asked for at once."""
        return iter(self._again(lambda: list(self._backend.listing(folder))))

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`."""
        return self._again(lambda: self._backend.read(key, start, stop))

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`; every try goes on from the one before."""
        self._again(lambda: self._backend.send(key, outgoing))

    def close(self) -> None:
        """See `Backend.close`."""
        self._backend.close()

    def _again(self, call: Callable[[], R]) -> R:
        wait = _FIRST_WAIT
        for left in reversed(range(_TRIES)):
            if self.stop.is_set():
                raise Stopped
            try:
                return call()
            except Transient as error:
                if not left:
                    raise ProvError(
                        f"remote {self._name!r} does not answer: {error}",
                        hint="see whether it can be reached, then say the same again; it goes on from where it was",
                    ) from error
            self.stop.wait(wait * (1 + self._random.random()))
            wait *= 2
        raise AssertionError("the last try returns or raises")
