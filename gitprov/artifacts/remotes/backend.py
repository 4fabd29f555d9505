"""What a kind of remote must be able to do, and the words in which it says that it could not.

Keys are paths in the layout of a store: `objects/ab/<62 hex>`, `packs/<64 hex>.pack`. A backend hears of nothing else:
it gives and takes bytes, and whether they are the right ones is judged above it.
"""

from collections.abc import Callable, Iterator
from threading import Event
from typing import BinaryIO, Final, Protocol

from blake3 import blake3

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.store import Damage, Damaged
from gitprov.errors import NotFound, ProvError

WRONG: Final = "is not what its name says"
CHUNK: Final = 8 << 20  # bytes that are held, sent and asked for at a time


class Absent(Exception):
    """There is nothing under this key."""


class PastEnd(Exception):
    """A range that begins where the bytes have ended; a backend's `read` turns it into no bytes."""


class Transient(Exception):
    """It did not work this time, and may the next: a connection that broke, a server that is busy."""


class Unfit(Exception):
    """A file that cannot be sent, as it is missing here or (`damage`) not what its digest says."""

    def __init__(self, digest: str, damage: Damage | None) -> None:
        super().__init__(digest)
        self.digest = digest
        self.damage = damage


class Stopped(Exception):
    """Somebody else's failure, or a key press, ended this work; there is nothing to say about it."""


class Outgoing:
    """Bytes on their way out: read piece by piece, hashed as they are read, counted as they are sent.

    Without a digest (`""`) the bytes are sound by the way they are read, and have one after they were read once.
    """

    def __init__(self, digest: str, size: int, opened: Callable[[], BinaryIO], stop: Event, tell: Tell) -> None:
        self.digest = digest
        self.size = size
        self.sent = 0
        self._opened = opened
        self._stop = stop
        self._tell = tell
        self._told = 0

    def stopped(self) -> bool:
        """Whether this work is to end."""
        return self._stop.is_set()

    def chunks(self, length: int = CHUNK) -> Iterator[tuple[int, bytes]]:
        """Yield all bytes with their offsets; Unfit at the end, when they are not what they should be.

        So whoever makes the bytes visible under their name only at the end has never shown wrong ones.
        """
        hasher = blake3()
        offset = 0
        for data in self._read(length):
            if self.stopped():
                raise Stopped
            hasher.update(data)
            yield offset, data
            offset += len(data)
            if offset > self._told:  # a second try goes over the same bytes again
                self._tell(offset - self._told)
                self._told = offset
        found = f"b3:{hasher.hexdigest()}"
        self.digest = self.digest or found
        if offset != self.size or found != self.digest:
            reason = f"has {offset} bytes, and its listing says {self.size}" if offset != self.size else WRONG
            raise Unfit(self.digest, Damage(self.digest, "the store", reason))

    def _read(self, length: int) -> Iterator[bytes]:
        """Read all pieces; what goes wrong here is no fault of the remote."""
        try:
            with self._opened() as file:
                while data := file.read(length):
                    yield data
        except NotFound as error:
            raise Unfit(self.digest, None) from error
        except Damaged as error:
            raise Unfit(self.digest, error.damage) from error
        except OSError as error:
            raise ProvError(f"the store cannot be read: {error.strerror}", hint="see `git prov data verify`") from error


class Backend(Protocol):
    """One place of one kind. Every method may be called from several threads at once.

    Besides what is said below, all of them raise Transient, or ProvError where trying again is of no use.
    """

    streams: int
    """How many pieces of one object are best on their way at the same time."""

    def reach(self, *, writing: bool) -> None:
        """Do nothing where the place is there and can be used; ProvError where not."""

    def size(self, key: str) -> int | None:
        """Return the number of bytes under a key; None where there is nothing."""

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """Yield the names directly in a folder that have bytes, with their sizes; nothing where it is missing."""

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a range; fewer where there are no more. Absent."""

    def send(self, key: str, outgoing: Outgoing) -> None:
        """Put bytes under a key, all at once or not at all, and make sure that they are there. Unfit.

        What a try before this one has left half done is gone on with.
        """

    def close(self) -> None:
        """Let go of connections."""
