"""The face of a local store."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.store.damage import Damage, Damaged
from gitprov.artifacts.store.filling import LINKS, Link
from gitprov.artifacts.store.keeper import Keeper
from gitprov.artifacts.store.layout import TMP, Places, hex_of
from gitprov.artifacts.store.objects import Objects
from gitprov.artifacts.store.packs import Packs
from gitprov.artifacts.store.reading import Reading
from gitprov.artifacts.store.taking import take
from gitprov.artifacts.store.verifying import Verifying
from gitprov.errors import ConfigError

_LITTLE: Final = 8 << 20  # bytes; a pack with fewer is joined with others
_MANY: Final = 8  # little packs, from which on joining them is worth it


class Stats(NamedTuple):
    """What a store holds: objects, their bytes, and how many packs are among its files."""

    objects: int
    size: int
    packs: int


class Store:
    """Bytes by digest in a directory, which is made when something is first kept.

    With `shared`, what is made belongs to the group of the directory, whatever the umask. `link` says how files get
    in: see `filling.Link`. Reading is for several threads.
    """

    def __init__(self, root: str, *, shared: bool = False, link: Link = "auto") -> None:
        if link not in LINKS:
            raise ConfigError(f"a store cannot be filled by {link!r}", hint=f"one of {', '.join(LINKS)}")
        self.root = root
        self._shared = shared
        self._link: Link = link
        self._places = Places(root, shared=shared)
        self._packs = Packs(self._places)
        self._objects = Objects(self._places)
        self._reading = Reading(self._places, self._packs, self._objects)
        self._verifying = Verifying(self._places, self._packs, self._objects)

    def __reduce__(self) -> tuple[Callable[..., "Store"], tuple[str, bool, Link]]:
        """Travel to another process as what it was opened with."""
        return _reopened, (self.root, self._shared, self._link)

    def has(self, digest: str) -> bool:
        """Tell whether an object is here; whether it is sound shows when it is read."""
        return self._packs.find(bytes.fromhex(hex_of(digest))) is not None or self._objects.has(digest)

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Return those that are not here, each once, in their order."""
        wanted = dict.fromkeys(digests)
        self._packs.reload()
        packed = self._packs.holding({bytes.fromhex(hex_of(digest)) for digest in wanted})
        return [
            digest for digest in wanted if bytes.fromhex(hex_of(digest)) not in packed and not self._objects.has(digest)
        ]

    def keeper(self) -> Keeper:
        """Return what fills the store; nothing is promised before it is closed."""
        self._places.sweep()
        return Keeper(self._places, self._packs, self._link, self._objects.has)

    def workspace(self) -> str:
        """Return the directory for files on their way in, made with the store's rights; old ones in it are swept."""
        with self._places.directory(TMP, make=True):
            return self._places.path(TMP)

    def read(self, digest: str) -> bytes:
        """Return all bytes of an object. NotFound where it is not here; Damaged where it is not sound any more."""
        return self._reading.bytes_of(digest)

    def open(self, digest: str) -> BinaryIO:
        """Open an object for reading; it is compared with its digest before the first byte is handed out."""
        return self._reading.stream(digest, proven=True)

    def stream(self, digest: str) -> BinaryIO:
        """Open an object for reading once, from a cold disk; Damaged comes before the last byte at the latest.

        For who keeps what was read only when the end was reached.
        """
        return self._reading.stream(digest, proven=False)

    def write(self, digest: str, handle: int) -> int:
        """Write an object into an empty file that is open for reading and writing; return its size.

        Blocks are shared where the file system can. What is in the file afterwards was compared with the digest.
        """
        return self._reading.write(digest, handle, "copy" if self._link == "copy" else "auto")

    def take(self, digest: str, target: str | bytes, mode: int = 0o644) -> int:
        """Write an object as the file `target`, in one step, in place of what is there; return its size."""
        return take(target, mode, lambda handle: self.write(digest, handle))

    def verify(self, digests: Iterable[str] | None = None, tell: Tell | None = None) -> Iterator[Damage]:
        """Read everything again, or just these; give each damage, when it is out of the way already."""
        if digests is None:
            yield from self._verifying.all(tell)
            return
        for digest in digests:
            try:
                if not self._reading.find(digest):
                    if damage := self._verifying.one(digest, tell):
                        yield damage
                    continue
                size = len(self._reading.bytes_of(digest))
                if tell:
                    tell(size)
            except Damaged as error:
                yield error.damage

    def parts(self) -> list[str]:
        """Return the names of the parts that `verify_part` can read, each by itself."""
        return self._verifying.parts()

    def verify_part(self, name: str, tell: Tell | None = None) -> list[Damage]:
        """Read one part again, as `verify` does all."""
        self._packs.reload()
        return self._verifying.part(name, tell)

    def digests(self) -> Iterator[str]:
        """Give the digest of each object; one that is here twice is given twice."""
        self._packs.reload()
        for name in self._packs.names():
            if index := self._packs.index(name):
                yield from (f"b3:{raw.hex()}" for raw in index.hashes())
        yield from self._objects.digests()

    def stats(self) -> Stats:
        """Count what is here."""
        self._packs.reload()
        indexes = [index for index in map(self._packs.index, self._packs.names()) if index]
        sizes = [size for name in self._objects.directories() for _, size in self._objects.sizes(name)]
        return Stats(
            len(sizes) + sum(map(len, indexes)), sum(sizes) + sum(index.size for index in indexes), len(indexes)
        )

    def remove(self, digests: Iterable[str]) -> int:
        """Remove objects and return how many there were; packs that had some are written anew."""
        wanted = dict.fromkeys(digests)
        count = sum(self._objects.remove(digest) for digest in wanted)
        raws = {bytes.fromhex(hex_of(digest)) for digest in wanted}
        self._packs.reload()
        for name in self._packs.names():
            index = self._packs.index(name)
            held = {raw for raw in raws if index.find(raw)} if index else set()
            if held:
                self._packs.without(name, held, aside=False)
                count += len(held)
        return count

    def tidy(self) -> None:
        """Remove what killed processes left, and join little packs where there are many.

        For when nobody else uses the store: who looks for an object at that moment may not find it. Raises `ProvError`
        where a pack is damaged, `OSError`.
        """
        self._places.sweep()
        self._packs.reload()
        little = [name for name in self._packs.names() if (index := self._packs.index(name)) and index.size < _LITTLE]
        if len(little) >= _MANY:
            self._packs.join(little)

    def __repr__(self) -> str:
        return f"Store({os.fspath(self.root)!r})"


def _reopened(root: str, shared: bool, link: Link) -> Store:
    return Store(root, shared=shared, link=link)
