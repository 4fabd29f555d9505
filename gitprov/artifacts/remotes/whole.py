"""Making sure of what has arrived, by reading it again."""

from typing import Protocol

from blake3 import blake3

from gitprov.artifacts.remotes.backend import CHUNK, Absent, Outgoing, Stopped


class Reader(Protocol):
    """What can be read from, a range at a time."""

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a range; fewer where there are no more. Absent."""


def is_whole(place: Reader, key: str, outgoing: Outgoing) -> bool:
    """Read all that is there, and tell whether it is what was to be sent."""
    hasher = blake3()
    offset = 0
    try:
        while data := place.read(key, offset, offset + CHUNK):
            if outgoing.stopped():
                raise Stopped
            hasher.update(data)
            offset += len(data)
            if offset > outgoing.size or len(data) < CHUNK:
                break
    except Absent:
        return False
    return offset == outgoing.size and f"b3:{hasher.hexdigest()}" == outgoing.digest
