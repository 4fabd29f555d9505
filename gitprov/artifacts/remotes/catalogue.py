"""What a remote has: the indexes of its packs, kept here once they were read, and the sizes of its files."""

import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.artifacts.remotes.backend import CHUNK, WRONG, Absent
from gitprov.artifacts.remotes.crew import each
from gitprov.artifacts.remotes.remote import Remote
from gitprov.artifacts.store.damage import Damage
from gitprov.artifacts.store.layout import OBJECTS, PACKS, object_path
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, Index, Where, name_of
from gitprov.errors import InvalidRecord

_NAME: Final = re.compile(r"([0-9a-f]{64})\.(pack|idx)")
_REST: Final = re.compile(r"[0-9a-f]{62}")
_FEW: Final = 128  # files; up to here each is asked for, above whole directories are listed
FOLDER: Final = "remotes"
"""The directory of a store in which indexes of remotes' packs are kept."""


class Listed(NamedTuple):
    """A pack of a remote: its name of 64 hex digits, and the sizes in bytes of the pack and of its index."""

    name: str
    size: int
    index_size: int


class Catalogue:
    """The packs of one remote, as they were when first asked for.

    `damages` grows with what is wrong with indexes that their packs did not give back, which are left out; `mended`
    names the packs that did.
    """

    def __init__(self, remote: Remote, root: str) -> None:
        self._remote = remote
        self._folder = os.path.join(root, FOLDER, blake3(remote.name.encode()).hexdigest()[:16])
        self._packs: list[Listed] | None = None
        self.damages: list[Damage] = []
        self.mended: list[str] = []

    def packs(self) -> list[Listed]:
        """Return the packs that have an index, by name; indexes that are new here are fetched."""
        if self._packs is None:
            self._packs = self._listed()
        return self._packs

    def _listed(self) -> list[Listed]:
        sizes: dict[str, dict[str, int]] = {"pack": {}, "idx": {}}
        for file, size in self._remote.backend.listing(PACKS):
            if match := _NAME.fullmatch(file):
                sizes[match[2]][match[1]] = size
        both = sorted(sizes["pack"].keys() & sizes["idx"].keys())
        listed = [Listed(name, sizes["pack"][name], sizes["idx"][name]) for name in both]
        self._prune({pack.name for pack in listed})
        return self._with_index(listed)

    def index(self, pack: Listed) -> Index:
        """Return the index of a listed pack."""
        handle = os.open(self._path(pack.name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            return Index(handle)
        finally:
            os.close(handle)

    def table(self, name: str) -> bytes:
        """Return the bytes of the index of a listed pack."""
        with open(self._path(name), "rb") as file:
            return file.read()

    def find(self, wanted: set[bytes]) -> Iterator[tuple[Listed, list[tuple[bytes, Where]]]]:
        """Yield, pack by pack, where in it wanted hashes are, each once."""
        left = set(wanted)
        first, last = (min(left)[0], max(left)[0]) if left else (0, 0)
        for pack in self.packs():
            if not left:
                return
            rows = [(raw, where) for raw, where in self.index(pack).rows(first, last) if raw in left]
            sound = [row for row in rows if row[1].offset + row[1].length <= pack.size]
            left.difference_update(raw for raw, _ in sound)
            if sound:
                yield pack, sound

    def _with_index(self, listed: list[Listed]) -> list[Listed]:
        new = [pack for pack in listed if not os.path.exists(self._path(pack.name))]
        refused = set()
        for pack, reason in each(self._fetched, new, self._remote.workers, self._remote.stop):
            if reason:
                refused.add(pack.name)
                self.damages.append(Damage("", self._remote.place(f"{PACKS}/{pack.name}.idx"), reason))
        return [pack for pack in listed if pack.name not in refused]

    def _fetched(self, pack: Listed) -> tuple[Listed, str]:
        """Fetch an index; return what is wrong with it, or nothing."""
        data, reason = self._read(pack)
        if reason:
            data = self._from_pack(pack)
            if name_of(data) != pack.name:
                return pack, reason
            self.mended.append(pack.name)
        path = self._path(pack.name)
        os.makedirs(self._folder, exist_ok=True)
        beside = f"{path}.{os.urandom(4).hex()}"
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
        try:
            self.index(pack)
        except InvalidRecord as error:
            os.unlink(path)
            return pack, str(error)
        return pack, ""

    def _read(self, pack: Listed) -> tuple[bytes, str]:
        """Return an index, or what is wrong with it."""
        if pack.index_size > CHUNK:
            return b"", "is larger than an index can be"
        try:
            data = self._remote.backend.read(f"{PACKS}/{pack.name}.idx", 0, CHUNK)
        except Absent:
            return b"", "is gone"
        return data, "" if name_of(data) == pack.name else WRONG

    def _from_pack(self, pack: Listed) -> bytes:
        """Return the copy of its index that a pack ends with; nothing where there is none."""
        key, end = f"{PACKS}/{pack.name}.pack", pack.size - FOOTER.size
        if end < 0:
            return b""
        try:
            length, magic = FOOTER.unpack(self._remote.backend.read(key, end, pack.size))
            if magic != FOOTER_MAGIC or length > min(end, CHUNK):
                return b""
            return self._remote.backend.read(key, end - length, end)
        except (Absent, struct.error):  # it is gone, or shorter by now
            return b""

    def _prune(self, names: set[str]) -> None:
        """Forget the indexes of packs that are no longer there."""
        with suppress(OSError):
            for file in os.listdir(self._folder):
                if file.partition(".")[0] not in names:
                    os.unlink(os.path.join(self._folder, file))

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, f"{name}.idx")


def sizes(remote: Remote, digests: Iterable[str]) -> dict[str, int]:
    """Return the sizes of those files that the remote has; by asking for each, or by listing where there are many."""
    wanted = list(digests)
    if len(wanted) <= _FEW:
        asked = each(lambda one: (one, remote.backend.size(object_path(one))), wanted, remote.workers, remote.stop)
        return {digest: size for digest, size in asked if size is not None}
    found: dict[str, int] = {}
    among = set(wanted)
    for listed in each(lambda two: folder(remote, two), sorted({d[3:5] for d in among}), remote.workers, remote.stop):
        found.update((digest, size) for digest, size in listed if digest in among)
    return found


def folder(remote: Remote, two: str) -> list[tuple[str, int]]:
    """Return the digests and sizes of the files in one directory below `objects`; other names are passed over."""
    listed = remote.backend.listing(f"{OBJECTS}/{two}")
    return [(f"b3:{two}{name}", size) for name, size in listed if _REST.fullmatch(name)]
