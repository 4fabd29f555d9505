"""Writing a pack: small objects one after another into one file, then the index, and one sync for all."""

import os
from contextlib import suppress
from typing import Final

from gitprov.artifacts.store.filling import write_all
from gitprov.artifacts.store.layout import PACKS, Places, Temporary, unwritable
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, name_of, place, render

MOST_BYTES: Final = 64 << 20
"""Bytes of objects after which a pack is full."""
MOST_ROWS: Final = 1 << 16
"""Objects after which a pack is full."""
_PENDING: Final = 1 << 20  # bytes that are gathered before they are written
_AHEAD: Final = 8 << 20  # bytes after which the system is asked to begin bringing them to the disk


class PackWriter:
    """One pack in the making; nothing of it is seen before `finish`."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._file: Temporary | None = None
        self._rows: dict[bytes, int] = {}
        self._size = 0
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._under_way = 0
        """Bytes that the system was asked to bring to the disk."""

    def __contains__(self, raw: bytes) -> bool:
        return raw in self._rows

    @property
    def is_full(self) -> bool:
        """Tell whether it is time for another pack."""
        return self._size >= MOST_BYTES or len(self._rows) >= MOST_ROWS

    def add(self, raw: bytes, data: bytes) -> None:
        """Add an object by its hash (32 bytes); one that is there already is not added again."""
        if raw in self._rows:
            return
        size = len(data)
        self._rows[raw] = place(self._size, size)
        self._size += size
        self._pending.append(data)
        self._pending_size += size
        if self._pending_size >= _PENDING:
            self._flush()

    def finish(self) -> str:
        """Give the pack its place and return its name; `""` when nothing was added."""
        if not self._rows:
            return ""
        index = render(self._rows, self._size)
        name = name_of(index)
        self._pending += [index, FOOTER.pack(len(index), FOOTER_MAGIC)]
        try:
            self._flush()
            put_synced(self._places, self._release(), PACKS, f"{name}.pack")
            put_index(self._places, name, index)
        except BaseException:
            self.abandon()
            raise
        self._rows = {}
        self._size = self._under_way = 0
        return name

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._file:
            file = self._release()
            os.close(file.handle)
            self._places.discard(file.name)
        self._rows, self._pending = {}, []
        self._size = self._pending_size = self._under_way = 0

    def _release(self) -> Temporary:
        file = self._file or self._places.temporary()
        self._file = None
        return file

    def _flush(self) -> None:
        if self._file is None:
            self._file = self._places.temporary()
        data = b"".join(self._pending)
        self._pending, self._pending_size = [], 0
        try:
            write_all(self._file.handle, data)
        except OSError as error:
            self.abandon()
            raise unwritable(self._places.root, error) from error
        self._begin_to_sync(self._file.handle)

    def _begin_to_sync(self, handle: int) -> None:
        """Let what was written go to the disk already, so that the sync at the end has little left to wait for."""
        if self._size - self._under_way >= _AHEAD and hasattr(os, "posix_fadvise"):
            self._under_way = self._size
            with suppress(OSError):
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def put_index(places: Places, name: str, index: bytes) -> None:
    """Write the index of a pack that has its place; from now on the pack is seen."""
    file = places.temporary()
    try:
        write_all(file.handle, index)
    except OSError as error:
        os.close(file.handle)
        places.discard(file.name)
        raise unwritable(places.root, error) from error
    put_synced(places, file, PACKS, f"{name}.idx")
    places.sync(PACKS)
    places.sync()


def put_synced(places: Places, file: Temporary, *place: str) -> None:
    """Sync and close a file under `tmp/`, and give it its place; when that fails nothing is left of it."""
    try:
        try:
            with places.saving():
                os.fsync(file.handle)
        finally:
            os.close(file.handle)
        places.put(file.name, *place)
    except BaseException:
        places.discard(file.name)
        raise
