"""Taking bytes out of a store: compared with their digest before anybody may believe them."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EIO
from typing import Final

from blake3 import blake3

from gitprov.artifacts.store.damage import Damage, Damaged
from gitprov.artifacts.store.filling import Link, digest_handle, fill, read_all, write_all
from gitprov.artifacts.store.layout import PACKS, Places, hex_of, not_stored
from gitprov.artifacts.store.objects import Objects
from gitprov.artifacts.store.packs import Found, Packs
from gitprov.errors import ProvError

WRONG: Final = "is not what its name says"
UNREADABLE: Final = "cannot be read any more: the disk has lost some of it"


class Reading:
    """What can be read from one store."""

    def __init__(self, places: Places, packs: Packs, objects: Objects) -> None:
        self._places = places
        self._packs = packs
        self._objects = objects
        self._seen_sound: set[str] = set()
        """Packs whose index was what its name says when something was looked for in vain."""

    def bytes_of(self, digest: str) -> bytes:
        """Return all bytes of an object, sound ones or none."""
        packed = self._packed(digest)
        if packed is not None:
            return packed
        handle = self._opened(digest)
        try:
            with self._readable(digest):
                data = read_all(handle, os.fstat(handle).st_size)
        finally:
            os.close(handle)
        if f"b3:{blake3(data).hexdigest()}" != digest:
            raise self._objects.damaged(digest, WRONG)
        return data

    def write(self, digest: str, target: int, link: Link) -> int:
        """Write an object into an empty file open at `target` for reading and writing; return its size.

        What lands there is what is compared. When it is wrong, nothing is left of it.
        """
        packed = self._packed(digest)
        if packed is not None:
            write_all(target, packed)
            return len(packed)
        source = self._opened(digest)
        try:
            fill(source, target, link)
            found = digest_handle(target)
            if found.digest == digest:
                return found.size
            os.truncate(target, 0)
            self._prove(source, digest)
        except OSError as error:
            if error.errno == EIO:  # of the one or the other
                self._prove(source, digest)
            raise
        finally:
            os.close(source)
        raise ProvError(f"the copy of {digest} came out wrong", hint="see that the disk is sound, then try again")

    def stream(self, digest: str, *, proven: bool) -> io.BufferedReader | io.BytesIO:
        """Open an object: `proven` before the first byte, or else before the last one."""
        packed = self._packed(digest)
        if packed is not None:
            return io.BytesIO(packed)
        handle = self._opened(digest)
        try:
            if proven:
                self._prove(handle, digest)
        except BaseException:
            os.close(handle)
            raise
        return io.BufferedReader(_Proving(handle, digest, self._objects.damaged), 1 << 20)

    def find(self, digest: str) -> Found | None:
        """Return where in a pack an object stands, looking for new packs, then for damaged indexes."""
        raw = bytes.fromhex(hex_of(digest))
        found = self._packs.find(raw)
        if not found and not self._objects.has(digest):
            self._packs.reload()
            found = self._packs.find(raw) or self._after_mending(raw)
        return found

    def _after_mending(self, raw: bytes) -> Found | None:
        """Find an object whose row is damaged, perhaps: each index is read whole for that, once."""
        new = [name for name in self._packs.names() if name not in self._seen_sound]
        wrong = [name for name in new if not self._packs.is_index_sound(name)]
        self._seen_sound.update(set(new) - set(wrong))
        mended = [name for name in wrong if self._packs.mend(name)]
        return self._packs.find(raw) if mended else None

    def _packed(self, digest: str) -> bytes | None:
        """Return an object's bytes from a pack; None where no pack has it."""
        found = self.find(digest)
        if found is None:
            return None
        raw = bytes.fromhex(hex_of(digest))
        data = self._sound(found, raw)
        if data is None:
            # The pack is gone since, or its index is wrong about it, or the bytes are; another pack may have them too.
            if not self._packs.is_index_sound(found.pack):
                self._packs.mend(found.pack)
            self._packs.reload()
            again = self._packs.find(raw)
            data = self._sound(again, raw) if again else None
            if again and data is None:
                raise self._damaged(again, digest)
        return data

    def _sound(self, found: Found, raw: bytes) -> bytes | None:
        try:
            data = self._packs.read(found)
        except OSError:
            return None
        return data if blake3(data).digest() == raw else None

    def _damaged(self, found: Found, digest: str) -> Damaged:
        """Write the pack anew without what is damaged, put the old one aside, and return what is to be raised."""
        place = self._places.path(PACKS, f"{found.pack}.pack")
        try:
            aside = self._packs.without(found.pack, (), aside=True)
        except (ProvError, OSError):  # a full disk, or a store that may only be read: it is refused again next time
            aside = ""
        return Damaged(Damage(digest, place, WRONG), aside=aside)

    def _prove(self, handle: int, digest: str) -> None:
        """Compare an open file of the store with its digest."""
        with self._readable(digest):
            if digest_handle(handle).digest != digest:
                raise self._objects.damaged(digest, WRONG)

    @contextmanager
    def _readable(self, digest: str) -> Iterator[None]:
        """Take what the disk cannot read any more for what it is."""
        try:
            yield
        except OSError as error:
            if error.errno != EIO:
                raise
            raise self._objects.damaged(digest, UNREADABLE) from error

    def _opened(self, digest: str) -> int:
        handle = self._objects.open(digest)
        if handle is None:
            raise not_stored(digest, self._places.root)
        return handle


class _Proving(io.RawIOBase):
    """A file that is hashed while it is read, and whose last bytes come only when all were right."""

    def __init__(self, handle: int, digest: str, damaged: Callable[[str, str], Damaged]) -> None:
        self._handle = handle
        self._digest = digest
        self._damaged = damaged
        self._left = os.fstat(handle).st_size
        self._hasher = blake3()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        try:
            count = os.readv(self._handle, [view[: min(len(view), self._left)]]) if self._left else 0
        except OSError as error:
            if error.errno != EIO:
                raise
            raise self._damaged(self._digest, UNREADABLE) from error
        self._hasher.update(view[:count])
        self._left -= count
        if (not count or not self._left) and f"b3:{self._hasher.hexdigest()}" != self._digest:
            view[:count] = bytes(count)
            raise self._damaged(self._digest, WRONG)
        return count

    def close(self) -> None:
        if not self.closed:
            os.close(self._handle)
        super().close()
