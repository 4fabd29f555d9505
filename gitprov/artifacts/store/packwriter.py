"""Writing a pack: small objects one after another into one file, then the index, and one sync for all."""

import os
from typing import Final

from gitprov.artifacts.store.filling import write_all
from gitprov.artifacts.store.layout import PACKS, Places, Temporary, unwritable
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, name_of, place, render

MOST_BYTES: Final = 64 << 20
"""Bytes of objects after which a pack is full."""
MOST_ROWS: Final = 1 << 16
"""Objects after which a pack is full."""
_PENDING: Final = 1 << 20  # bytes that are gathered before they are written


class PackWriter:
    """One pack in the making; nothing of it is seen before `finish`."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._file: Temporary | None = None
        self._rows: dict[bytes, int] = {}
        self._size = 0
        self._pending: list[bytes] = []
        self._pending_size = 0

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
        self._rows[raw] = place(self._size, len(data))
        self._size += len(data)
        self._pending.append(data)
        self._pending_size += len(data)
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
        self._size = 0
        return name

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._file:
            file = self._release()
            os.close(file.handle)
            self._places.discard(file.name)
        self._rows, self._pending, self._size, self._pending_size = {}, [], 0, 0

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
