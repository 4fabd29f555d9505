"""A pack that is read."""

import os
from errno import EIO

from gitprov.artifacts.store.packindex import Where


class PackFile:
    """An open pack; closed when nobody reads it any more."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def read(self, where: Where) -> bytes:
        """Return what stands there, unverified; fewer bytes where the pack is cut off or cannot be read."""
        try:
            return os.pread(self._handle, where.length, where.offset)
        except OSError as error:
            if error.errno != EIO:
                raise
            return b""  # the disk has lost it: as wrong as any other bytes

    def __del__(self) -> None:
        os.close(self._handle)
