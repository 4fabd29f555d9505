"""Which events say something new, in memory that distinct paths bound, however long a run goes on.

A file that is opened a million times is one event. What was said of a path counts until it is renamed, removed or
linked: then it starts afresh, so that the events, replayed, end in the state that the run ended in.
"""

from typing import Final

from gitprov.observer import protocol

_MOST: Final = 1_000_000  # names and peers
_MOST_REPEATED: Final = 100_000
_GONE: Final = protocol.REMOVED


class Novelty:
    """What was told of each path since it last became another file."""

    def __init__(self, most: int = _MOST, most_repeated: int = _MOST_REPEATED) -> None:
        self.is_full = False
        """Whether something new had to be passed over: there are too many names."""
        self._most = most
        self._repeats_left = most_repeated
        self._told: dict[bytes, bytes] = {}
        self._turns: set[bytes] = set()

    def is_new(self, kind: bytes, path: bytes, target: bytes = b"") -> bool:
        """Tell whether an event has to be told, and remember that it was."""
        told = self._told.get(path, b"")
        if target or kind == _GONE:
            return self._is_new_turn(kind, path, target, told)
        if kind in told or not (told or self._has_room(path)):
            return False
        self._told[path] = told + kind
        return True

    def _is_new_turn(self, kind: bytes, path: bytes, target: bytes, told: bytes) -> bool:
        """A program may make and remove one name for ever: after very many times, once more makes no difference."""
        if kind == _GONE and told == _GONE:
            return False
        turn = b"%b%b\0%b" % (kind, path, target)
        if turn in self._turns:
            if not self._repeats_left:
                return False
            self._repeats_left -= 1
        if not self._has_room(target or path):
            return False
        self._turns.add(turn)
        if kind != protocol.LINKED:
            self._told[path] = _GONE
        if target:
            self._told[target] = kind
        return True

    def _has_room(self, path: bytes) -> bool:
        if len(self._told) < self._most or path in self._told:
            return True
        self.is_full = True
        return False
