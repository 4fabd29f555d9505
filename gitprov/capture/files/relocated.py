"""Events of a command that saw a directory at another path than it has: told by where the files really are."""

import os
from typing import Final, NamedTuple

from gitprov.observer import protocol

_PATHS: Final = b"".join(
    (
        protocol.READ,
        protocol.WRITTEN,
        protocol.UPDATED,
        protocol.READ_AND_UPDATED,
        protocol.OPENED_OR_MADE,
        protocol.ABSENT,
        protocol.REMOVED,
        protocol.EXECUTED,
    )
)
_PAIRS: Final = protocol.RENAMED + protocol.LINKED


class Relocation(NamedTuple):
    """A directory that was seen elsewhere."""

    seen: bytes
    """Where the command saw it."""
    real: bytes
    kept: tuple[bytes, ...] = ()
    """What below `seen` is where it seems to be."""

    def __call__(self, path: bytes) -> bytes:
        """Return where a path that the command used is."""
        if not _is_inside(path, self.seen) or any(_is_inside(path, kept) for kept in self.kept):
            return path
        return self.real + path[len(self.seen) :]


def relocate(directory: str, relocation: Relocation) -> None:
    """Rewrite all files of events in a directory. Raises `OSError`."""
    for name in os.listdir(directory):
        if name.endswith(protocol.SUFFIX):
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                events = protocol.decode(file.read())
            with open(path, "wb") as file:
                file.writelines(protocol.encode(kind, when, _moved(kind, at, relocation)) for kind, when, at in events)


def _moved(kind: bytes, payload: bytes, relocation: Relocation) -> bytes:
    if kind in _PATHS:
        return relocation(payload)
    if kind not in _PAIRS:
        return payload
    try:
        first, second = protocol.unpair(payload)
    except ValueError:
        return payload
    return protocol.pair(relocation(first), relocation(second))


def _is_inside(path: bytes, root: bytes) -> bool:
    return path == root or path.startswith(root + b"/")
