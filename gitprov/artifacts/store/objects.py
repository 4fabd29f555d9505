"""Files of bytes, each by its digest: finding, opening and removing them."""

import os
import stat
from collections.abc import Iterator
from typing import Final

from gitprov.artifacts.store.damage import Damage, Damaged
from gitprov.artifacts.store.layout import OBJECTS, Places, object_path, object_place

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_HEX: Final = frozenset("0123456789abcdef")


class Objects:
    """The files under `objects/` of one store."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def has(self, digest: str) -> bool:
        """Tell whether there is such a file; what is in it shows when it is read."""
        try:
            return stat.S_ISREG(os.lstat(self._places.path(object_path(digest))).st_mode)
        except OSError:
            return False

    def open(self, digest: str) -> int | None:
        """Return a handle of the file; None where there is none. Damaged where a link or a pipe stands in its place."""
        directory, name = object_place(digest)
        if not self.has(digest):
            if os.path.lexists(self._places.path(object_path(digest))):
                raise self.damaged(digest, "is no file")
            return None
        try:
            with self._places.directory(OBJECTS, directory) as parent:
                return os.open(name, _READ, dir_fd=parent)
        except FileNotFoundError:
            return None

    def damaged(self, digest: str, reason: str) -> Damaged:
        """Put what stands in the file's place aside, and return what is to be raised."""
        aside = self._places.set_aside(OBJECTS, *object_place(digest))
        return Damaged(Damage(digest, self._places.path(object_path(digest)), reason), aside=aside)

    def digests(self) -> Iterator[str]:
        """Give the digests of all files, a directory at a time."""
        for directory in self.directories():
            yield from (digest for digest, _ in self.sizes(directory))

    def directories(self) -> list[str]:
        """Return the names of the directories that there are."""
        return sorted(name for name in self._list(OBJECTS) if len(name) == 2 and _HEX.issuperset(name))

    def sizes(self, directory: str) -> Iterator[tuple[str, int]]:
        """Give digest and size (bytes) of each file in a directory, lowest first."""
        try:
            with self._places.directory(OBJECTS, directory) as handle:
                for name in sorted(os.listdir(handle)):
                    if len(name) == 62 and _HEX.issuperset(name):
                        yield f"b3:{directory}{name}", os.stat(name, dir_fd=handle, follow_symlinks=False).st_size
        except FileNotFoundError:
            return

    def remove(self, digest: str) -> bool:
        """Remove a file, and tell whether it was there."""
        directory, name = object_place(digest)
        try:
            with self._places.directory(OBJECTS, directory) as parent, self._places.saving():
                if not self.has(digest):
                    return False
                os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            return False
        return True

    def _list(self, *names: str) -> list[str]:
        try:
            with self._places.directory(*names) as handle:
                return os.listdir(handle)
        except FileNotFoundError:
            return []
