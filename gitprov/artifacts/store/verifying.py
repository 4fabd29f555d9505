"""Reading a store again, by several threads, and telling what is no longer what its name says."""

import os
from collections.abc import Iterator
from errno import EIO

from blake3 import blake3

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.store.damage import Damage, Damaged
from gitprov.artifacts.store.filling import digest_handle
from gitprov.artifacts.store.layout import PACKS, Places
from gitprov.artifacts.store.objects import Objects
from gitprov.artifacts.store.packs import Packs
from gitprov.artifacts.store.reading import UNREADABLE, WRONG
from gitprov.errors import ProvError


class Verifying:
    """Checks of one store. What is wrong is put aside, so that it is found once and never served."""

    def __init__(self, places: Places, packs: Packs, objects: Objects) -> None:
        self._places = places
        self._packs = packs
        self._objects = objects

    def all(self, tell: Tell | None = None) -> Iterator[Damage]:
        """Read everything, and give each damage."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            for damages in pool.map(lambda part: self.part(part, tell), self.parts()):
                yield from damages

    def parts(self) -> list[str]:
        """Return the names of packs and directories, each of which can be read by itself."""
        self._packs.reload()
        return [*self._packs.names(), *self._objects.directories()]

    def part(self, name: str, tell: Tell | None = None) -> list[Damage]:
        """Read one part, and return each damage."""
        return self._directory(name, tell) if len(name) == 2 else self._pack(name, tell)

    def one(self, digest: str, tell: Tell | None = None) -> Damage | None:
        """Read one file of bytes; None where it is sound, or not there."""
        try:
            handle = self._objects.open(digest)
        except Damaged as error:
            return error.damage
        if handle is None:
            return None
        reason = WRONG
        try:
            if digest_handle(handle, tell).digest == digest:
                return None
        except OSError as error:
            if error.errno != EIO:
                raise
            reason = UNREADABLE
        finally:
            os.close(handle)
        return self._objects.damaged(digest, reason).damage

    def _directory(self, directory: str, tell: Tell | None) -> list[Damage]:
        found = (self.one(digest, tell) for digest, _ in self._objects.sizes(directory))
        return [damage for damage in found if damage]

    def _pack(self, name: str, tell: Tell | None) -> list[Damage]:
        """Read a pack. One that is gone was joined with others meanwhile, and was read again for that."""
        index, pack = (self._places.path(PACKS, f"{name}{kind}") for kind in (".idx", ".pack"))
        damages: list[Damage] = []
        if not self._packs.is_index_sound(name):
            if not self._packs.is_there(name):
                return damages
            mended = self._packs.mend(name)
            does = "it was taken from the pack anew" if mended else "and the pack has no sound copy of it"
            damages.append(Damage("", index, f"{WRONG}; {does}"))
            if not mended:
                return damages
        wrong = set()
        try:
            for raw, data in self._packs.objects(name):
                if blake3(data).digest() != raw:
                    wrong.add(raw)
                if tell:
                    tell(len(data))
        except FileNotFoundError:
            return damages
        damages += [Damage(f"b3:{raw.hex()}", pack, WRONG) for raw in sorted(wrong)]
        has_copy = self._packs.has_trailer(name) or not self._packs.is_there(name)
        if not has_copy:
            damages.append(Damage("", pack, "has a damaged copy of its index"))
        if wrong or not has_copy:
            self._write_anew(name, wrong)
        return damages

    def _write_anew(self, name: str, wrong: set[bytes]) -> None:
        try:
            self._packs.without(name, wrong, aside=True)
        except (ProvError, OSError):  # it stays, and is refused again
            return
