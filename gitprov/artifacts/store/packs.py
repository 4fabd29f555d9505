"""The packs of a store: finding an object in them, reading it, and making sound what is damaged."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Lock
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.artifacts.store.filling import read_all
from gitprov.artifacts.store.layout import PACKS, Places
from gitprov.artifacts.store.packfile import PackFile
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, Index, Where, name_of
from gitprov.artifacts.store.packwriter import PackWriter, put_index
from gitprov.errors import InvalidRecord, ProvError

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MOST_OPEN: Final = 256  # maps, each of which holds a file handle
_MOST_FILES: Final = 32
_MANY: Final = 1_000  # digests; for more it is quicker to see all rows than to look each up


class Found(NamedTuple):
    """An object in a pack."""

    pack: str
    where: Where


class Packs:
    """All packs of one store, by their names of 64 hex digits. The list is read when it is first wanted."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._names: list[str] | None = None
        self._open: dict[str, Index] = {}
        self._files: dict[str, PackFile] = {}
        self._lock = Lock()
        self._reloading = Lock()

    def names(self) -> list[str]:
        """Return the names of the packs that have an index."""
        if self._names is None:
            self.reload()
        return list(self._names or ())

    def reload(self) -> None:
        """Look again which packs there are; an index that is lost is taken from its pack."""
        with self._reloading:  # a list that was read earlier must not be set later
            self._reload()

    def find(self, raw: bytes) -> Found | None:
        """Return where the object with this hash (32 bytes) stands, in the packs known so far."""
        if self._names is None:
            self.reload()
        for name in self._names or ():
            index = self._open.get(name) or self.index(name)
            where = index.find(raw) if index else None
            if where:
                return Found(name, where)
        return None

    def holding(self, wanted: set[bytes]) -> set[bytes]:
        """Return which of these hashes are in a pack."""
        held: set[bytes] = set()
        if not wanted:
            return held
        first, last = min(wanted)[0], max(wanted)[0]
        for name in self.names():
            index = self.index(name)
            if index is None:
                continue
            if len(wanted) > _MANY:
                held.update(wanted.intersection(index.hashes(first, last)))
            else:
                held.update(raw for raw in wanted if index.find(raw))
        return held

    def read(self, found: Found) -> bytes:
        """Return what stands there, unverified, and fewer bytes where the pack is cut off; OSError when it is gone."""
        return self._file(found.pack).read(found.where)

    def objects(self, name: str) -> Iterator[tuple[bytes, bytes]]:
        """Give each object's hash and bytes, unverified, in the order in which they stand in the pack."""
        index = self.index(name)
        if index is None:
            return
        file = self._file(name)
        for raw, where in sorted(index.rows(), key=lambda row: row[1]):
            yield raw, file.read(where)

    def index(self, name: str) -> Index | None:
        """Return the index of a pack, mended from the pack where it must be; None when there is no sound one."""
        if name in self._open:
            return self._open[name]
        index = self._mapped(name)
        if index is None and self.mend(name):
            index = self._mapped(name)
        if index:
            with self._lock:
                while len(self._open) >= _MOST_OPEN:
                    del self._open[next(iter(self._open))]
                self._open[name] = index
        return index

    def is_there(self, name: str) -> bool:
        """Tell whether a pack is still there: what was in it may have been joined with others."""
        return os.path.lexists(self._places.path(PACKS, f"{name}.pack"))

    def is_index_sound(self, name: str) -> bool:
        """Tell whether the index is the one its name says; this reads it whole."""
        index = self._mapped(name)
        return index is not None and index.name() == name

    def mend(self, name: str) -> bool:
        """Put a damaged index aside and take the copy from its pack; without one, the pack is put aside as well."""
        self._open.pop(name, None)
        self._places.set_aside(PACKS, f"{name}.idx")
        if not self.has_trailer(name):
            self._places.set_aside(PACKS, f"{name}.pack")
        self.reload()
        return name in self.names()

    def has_trailer(self, name: str) -> bool:
        """Tell whether the copy of the index at the end of the pack is sound."""
        return self._trailer(name) is not None

    def without(self, name: str, left_out: Iterable[bytes], *, aside: bool) -> str:
        """Write a pack anew without some objects, and without all that are damaged; return where the old one went.

        With `aside`, or where something was damaged, the old one is kept in `quarantine/`, else it is removed.
        """
        refused = set(left_out)
        damaged = set()

        def kept() -> Iterator[tuple[bytes, bytes]]:
            for raw, data in self.objects(name):
                if blake3(data).digest() != raw:
                    damaged.add(raw)
                elif raw not in refused:
                    yield raw, data

        new = self._written(kept())
        where = "" if name in new else self._retire(name, aside=aside or bool(damaged))
        self.reload()
        return where

    def join(self, names: list[str]) -> None:
        """Make few packs of many. Raises `ProvError` where one is damaged: that is to be found where it stands."""

        def sound() -> Iterator[tuple[bytes, bytes]]:
            for name in names:
                for raw, data in self.objects(name):
                    if blake3(data).digest() != raw:
                        raise ProvError(f"an object in the pack {name} is damaged", hint="git prov data verify")
                    yield raw, data

        new = self._written(sound())
        for name in names:
            if name not in new:
                self._retire(name, aside=False)
        self.reload()

    def _reload(self) -> None:
        try:
            with self._places.directory(PACKS) as directory:
                files = set(os.listdir(directory))
        except FileNotFoundError:
            files = set()
        named = {kind: {file.removesuffix(kind) for file in files if file.endswith(kind)} for kind in (".idx", ".pack")}
        mended = {name for name in named[".pack"] - named[".idx"] if self._restore(name)}
        self._names = sorted((named[".idx"] & named[".pack"]) | mended)
        with self._lock:
            self._open = {name: index for name, index in self._open.items() if name in named[".idx"]}
            self._files = {name: file for name, file in self._files.items() if name in named[".pack"]}

    def _written(self, objects: Iterable[tuple[bytes, bytes]]) -> set[str]:
        """Write packs of these objects, and return their names."""
        writer = PackWriter(self._places)
        names = set()
        try:
            for raw, data in objects:
                writer.add(raw, data)
                if writer.is_full:
                    names.add(writer.finish())
            names.add(writer.finish())
        except BaseException:
            writer.abandon()
            raise
        return names

    def _retire(self, name: str, *, aside: bool) -> str:
        """Take a pack away, it before its index: a pack without one is mended by whoever sees it."""
        self._open.pop(name, None)
        self._files.pop(name, None)
        if aside:
            self._places.set_aside(PACKS, f"{name}.idx")
            return self._places.set_aside(PACKS, f"{name}.pack")
        with self._places.directory(PACKS) as directory:
            for kind in (".pack", ".idx"):
                with suppress(FileNotFoundError):
                    os.unlink(f"{name}{kind}", dir_fd=directory)
        return ""

    def _mapped(self, name: str) -> Index | None:
        try:
            handle = self._handle(f"{name}.idx")
        except OSError:
            return None
        try:
            return Index(handle)
        except (InvalidRecord, OSError, ValueError):
            return None
        finally:
            os.close(handle)

    def _restore(self, name: str) -> bool:
        index = self._trailer(name)
        if index is None:
            return False
        try:
            put_index(self._places, name, index)
        except (ProvError, OSError):  # a store that may only be read
            return False
        return True

    def _trailer(self, name: str) -> bytes | None:
        try:
            handle = self._handle(f"{name}.pack")
        except OSError:
            return None
        try:
            end = os.fstat(handle).st_size - FOOTER.size
            if end < 0:
                return None
            length, magic = FOOTER.unpack(os.pread(handle, FOOTER.size, end))
            if magic != FOOTER_MAGIC or length > end:
                return None
            index = read_all(handle, length, end - length)
        except OSError:
            return None
        finally:
            os.close(handle)
        return index if name_of(index) == name else None

    def _file(self, name: str) -> PackFile:
        """Return a pack that is read; the last few stay open."""
        file = self._files.get(name)
        if file is None:
            file = PackFile(self._handle(f"{name}.pack"))
            with self._lock:
                while len(self._files) >= _MOST_FILES:
                    del self._files[next(iter(self._files))]
                self._files[name] = file
        return file

    def _handle(self, file: str) -> int:
        with self._places.directory(PACKS) as directory:
            return os.open(file, _READ, dir_fd=directory)
