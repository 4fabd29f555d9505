"""Filling a store: small files into packs, large ones as they are, synced many at a time.

What is kept is hashed as the bytes that land in the store, so that a file which changes meanwhile can make an object
nobody asked for, and never a wrong one.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from gitprov.artifacts.hashing import FileDigest, Tell, digest_bytes
from gitprov.artifacts.store.filling import Link, digest_handle, read_all, write_all
from gitprov.artifacts.store.layout import OBJECTS, TMP, Places, Temporary, hex_of, object_place
from gitprov.artifacts.store.packs import Packs
from gitprov.artifacts.store.packwriter import PackWriter
from gitprov.artifacts.store.sources import closing, has_changed, move_aside, opened, put_aside
from gitprov.errors import ProvError
from gitprov.model.text import quote

SMALL: Final = 64 << 10
"""Bytes; a file with fewer goes into a pack."""
_MOST_WAITING: Final = 256  # files that wait to be synced together
_MOST_WAITING_BYTES: Final = 1 << 30
_SYNCS: Final = 8  # at the same time: the file system writes its journal once for many


class Keeper:
    """Puts files into a store. Nothing is promised before `close`; left by an error, it leaves what is whole.

    Not for several threads. A forked worker takes `fork()`, fills it and closes it; the parent closes its own.
    """

    def __init__(self, places: Places, packs: Packs, link: Link, has: Callable[[str], bool]) -> None:
        self._places = places
        self._packs = packs
        self._link: Link = link
        self._has_object = has
        self._writer = PackWriter(places)
        self._waiting: dict[str, Temporary] = {}
        self._waiting_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def fork(self, number: int = 0) -> "Keeper":
        """Return a keeper for one worker, whatever its number: its packs are its own."""
        return Keeper(self._places, self._packs, self._link, self._has_object)

    def takes_bytes(self, size: int) -> bool:
        """Tell whether a file of so many bytes is as well handed over as bytes: it would not share blocks anyway."""
        return size < SMALL or self._link == "copy"

    def keep_bytes(self, digest: str, data: bytes) -> None:
        """Keep bytes whose digest the caller has worked out from these very bytes."""
        self.keep_hashed(bytes.fromhex(hex_of(digest)), data)

    def keep_hashed(self, raw: bytes, data: bytes) -> None:
        """Keep bytes whose BLAKE3 hash, 32 bytes, the caller has worked out from these very bytes."""
        if raw in self._writer or self._packs.find(raw):
            return
        if len(data) >= SMALL:
            digest = f"b3:{raw.hex()}"
            if digest not in self._waiting and not self._has_object(digest):
                self._keep_large_bytes(digest, data)
            return
        self._writer.add(raw, data)
        if self._writer.is_full:
            self._writer.finish()

    def keep_file(self, digest: str, path: str | bytes, tell: Tell | None = None) -> None:
        """Keep the file that has this digest; ProvError when it has another by now, and nothing of it is kept."""
        if not self._has(digest):
            found = self._kept(path, tell, wanted=digest)
            if found.digest != digest:
                raise _is_another(path, digest, found.digest)

    def keep(self, path: str | bytes, tell: Tell | None = None) -> FileDigest:
        """Keep a file, whatever is in it, and return the digest of what was kept: read once, for both.

        A file that changes meanwhile is kept once more; if it changes again, `changed` says so.
        """
        found = self._kept(path, tell)
        return self._kept(path, None) if found.changed else found

    def adopt(self, digest: str, path: str | bytes, tell: Tell | None = None) -> None:
        """Keep a file that nobody else needs: it is moved into the store where that can be, and gone afterwards.

        ProvError when its bytes are not what the digest says; the file stays where it is.
        """
        with opened(path) as (handle, found):
            digest_found = digest_handle(handle, tell).digest
        if digest_found != digest:
            raise _is_another(path, digest, digest_found)
        if found.st_size >= SMALL and not self._has(digest) and (file := move_aside(self._places, path)):
            with closing(self._places, file):
                self._places.seal(file.handle)
            self._wait(digest, file, found.st_size)
            return
        self.keep_file(digest, path)
        with suppress(FileNotFoundError):
            os.unlink(path)

    def close(self) -> None:
        """Sync all, and give everything its place."""
        try:
            self._settle()
            self._writer.finish()
        except BaseException:
            self.abandon()
            raise
        self._packs.reload()

    def abandon(self) -> None:
        """Leave nothing half: what has no place yet is removed, here and of workers that were ended."""
        self._writer.abandon()
        for file in self._waiting.values():
            self._places.discard(file.name, file.mode)
        self._waiting, self._waiting_bytes = {}, 0
        self._places.sweep()

    def _has(self, digest: str) -> bool:
        raw = bytes.fromhex(hex_of(digest))
        here = digest in self._waiting or raw in self._writer
        return here or self._packs.find(raw) is not None or self._has_object(digest)

    def _kept(self, path: str | bytes, tell: Tell | None, wanted: str = "") -> FileDigest:
        """Keep the bytes of a file unless they are not the wanted ones, and return what they are."""
        with opened(path) as (source, before):
            if before.st_size < SMALL:
                data = read_all(source, before.st_size)
                digest, size = digest_bytes(data), len(data)
                if digest == (wanted or digest):
                    self.keep_bytes(digest, data)
                if tell:
                    tell(size)
            else:
                digest, size = self._copied(path, source, tell, wanted)
            return FileDigest(digest, size, has_changed(path, before))

    def _copied(self, path: str | bytes, source: int, tell: Tell | None, wanted: str) -> tuple[str, int]:
        """Put a copy of a large file aside, and hash the copy."""
        file = put_aside(self._places, path, source, self._link)
        with closing(self._places, file):
            digest, size, _ = digest_handle(file.handle, tell)
        if digest != (wanted or digest) or self._has(digest):
            self._places.discard(file.name, file.mode)
        else:
            self._wait(digest, file, size)
        return digest, size

    def _keep_large_bytes(self, digest: str, data: bytes) -> None:
        file = self._places.temporary()
        with closing(self._places, file), self._places.saving():
            write_all(file.handle, data)
        self._wait(digest, file, len(data))

    def _wait(self, digest: str, file: Temporary, size: int) -> None:
        """Let a file under `tmp/`, closed by now, wait for its place."""
        self._waiting[digest] = file
        self._waiting_bytes += size
        if len(self._waiting) >= _MOST_WAITING or self._waiting_bytes >= _MOST_WAITING_BYTES:
            self._settle()

    def _settle(self) -> None:
        """Sync what waits, all at once, then give each its place, then sync the directories."""
        if not self._waiting:
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(_SYNCS, len(self._waiting))) as pool:
            list(pool.map(self._sync, self._waiting.values()))
        directories = set()
        for digest in list(self._waiting):
            directory, name = object_place(digest)
            self._places.put(self._waiting[digest].name, OBJECTS, directory, name)
            del self._waiting[digest]
            directories.add(directory)
        for directory in directories:
            self._places.sync(OBJECTS, directory)
        self._places.sync(OBJECTS)
        self._places.sync()
        self._waiting_bytes = 0

    def _sync(self, file: Temporary) -> None:
        with self._places.directory(TMP) as directory, self._places.saving():
            handle = os.open(file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _is_another(path: str | bytes, wanted: str, found: str) -> ProvError:
    return ProvError(
        f"{quote(path)} is {found}, and not {wanted}: it changed meanwhile",
        hint="wait until nothing writes to it, then do the same again",
    )
