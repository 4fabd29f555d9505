"""Small files on their way out travel many together: a pack that is never written here, only read.

Which files are in a pack follows from the files alone, lowest digest first, and a pack ends by what is in it. So a
second try after a kill makes the same packs, whichever of them have arrived already.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.artifacts.remotes.backend import Unfit
from gitprov.artifacts.remotes.remote import Item
from gitprov.artifacts.store import SMALL, Damage, Damaged, Store
from gitprov.artifacts.store.layout import hex_of
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, name_of, place, render
from gitprov.errors import NotFound

_MOST: Final = (32 << 20) - SMALL  # bytes, from which on a pack is full; with the last file it has at most 32 MiB
_MOST_ROWS: Final = 1 << 15


class Pack(NamedTuple):
    """A pack that could be: its name of 64 hex digits, its index (`table`), its files in order, its size in bytes."""

    name: str
    table: bytes
    items: list[Item]
    size: int


def cut(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield the files of each pack; the items come lowest digest first."""
    part: list[Item] = []
    size = 0
    for item in items:
        part.append(item)
        size += item.size
        if size >= _MOST or len(part) >= _MOST_ROWS:
            yield part
            part, size = [], 0
    if part:
        yield part


def plan(items: list[Item]) -> Pack:
    """Work out a pack before any of its bytes are read."""
    rows: dict[bytes, int] = {}
    offset = 0
    for item in items:
        rows[bytes.fromhex(hex_of(item.digest))] = place(offset, item.size)
        offset += item.size
    index = render(rows, offset)
    return Pack(name_of(index), index, items, offset + len(index) + FOOTER.size)


class Stream(io.RawIOBase):
    """A pack's bytes as they are read from a store: objects, index, footer."""

    def __init__(self, pack: Pack, store: Store) -> None:
        self._parts = _parts(pack, store)
        self._held = memoryview(b"")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; zero only at the end. Unfit."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view):
            while not self._held:
                part = next(self._parts, None)
                if part is None:
                    return done
                self._held = memoryview(part)
            count = min(len(view) - done, len(self._held))
            view[done : done + count] = self._held[:count]
            self._held = self._held[count:]
            done += count
        return done


def _parts(pack: Pack, store: Store) -> Iterator[bytes]:
    for item in pack.items:
        try:
            data = store.read(item.digest)
        except NotFound as error:
            raise Unfit(item.digest, None) from error
        except Damaged as error:
            raise Unfit(item.digest, error.damage) from error
        if len(data) != item.size:
            reason = f"has {len(data)} bytes, and its listing says {item.size}"
            raise Unfit(item.digest, Damage(item.digest, "the store", reason))
        yield data
    yield pack.table
    yield FOOTER.pack(len(pack.table), FOOTER_MAGIC)
