"""Where bytes come from: the working tree, the store, git, data remotes, and what other tools keep; nearest first."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gitprov.api.data.catalog import Use
from gitprov.api.data.meter import Meter
from gitprov.api.data.place import Place
from gitprov.api.data.settings import DataRemote
from gitprov.api.data.words import tool
from gitprov.artifacts.elsewhere import fetching
from gitprov.artifacts.elsewhere.location import Location
from gitprov.artifacts.remotes import Item, fetch, open_remote
from gitprov.artifacts.remotes.download import partial
from gitprov.artifacts.store import Damaged, Keeper
from gitprov.artifacts.store.filling import write_all
from gitprov.errors import ProvError
from gitprov.model import pointer
from gitprov.model.results import Problem

WORKTREE: Final = "the working tree"
STORE: Final = "the store"
GIT: Final = "git"
_OTHERS: Final = {"url": "its address", "s3": "its bucket"}
_KINDS: Final = ("lfs", "dvc", "annex", *_OTHERS)


class Sources:
    """Gathers bytes by digest; whatever it hands out has been compared with the digest."""

    def __init__(self, place: Place, remote: str, meter: Meter) -> None:
        self._place = place
        self._remote = remote
        self._meter = meter
        self._from: dict[str, str] = {}
        self._uses: list[Use] = []
        self._sizes: dict[str, int] = {}

    def gather(self, items: Mapping[str, int], uses: Iterable[Use]) -> None:
        """Look for these digests (with their sizes) until they are at hand; what is nowhere is left out.

        `uses` are what they belong to: their pointers may know of places.
        """
        self._uses = list(uses)
        self._sizes.update(items)
        wanted = {digest: size for digest, size in items.items() if not self._place.blobs.has(digest)}
        self._from.update((digest, GIT) for digest in items if digest not in wanted)
        if not self._remote:
            self._look_in_working_tree(wanted)
        self._look_in_store(wanted)
        self._look_away(wanted)

    def has(self, digest: str) -> bool:
        """Whether the bytes were found."""
        return digest in self._from

    def source(self, digest: str) -> str:
        """Return in words where bytes came from; "" where they were not found."""
        return self._from.get(digest, "")

    def write(self, digest: str, handle: int) -> None:
        """Write the bytes into an empty file, open at a handle. Raises `NotFound`, `Damaged`."""
        if self._place.blobs.has(digest):
            write_all(handle, self._place.blobs.read(digest))
        else:
            self._write_stored(digest, handle)

    def _write_stored(self, digest: str, handle: int) -> None:
        """Write from the store; where it is damaged there, it has been put aside, and comes from the next place."""
        store, before = self._place.store, self._from.pop(digest, STORE)
        try:
            store.write(digest, handle)
            self._from[digest] = before
        except Damaged as error:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            wanted = {digest: self._sizes.get(digest, 0)}
            if not self._remote:
                self._look_in_working_tree(wanted)
            self._look_away(wanted)
            if digest not in self._from:
                raise
            store.write(digest, handle)
            self._place.problems.append(Problem(STORE, f"{error.message}; it came from {self._from[digest]}", ""))

    def _look_away(self, wanted: Mapping[str, int]) -> None:
        """Look where bytes are that are not on this machine."""
        for remote in self._remotes(self._uses):
            if left := self._left(wanted):
                self._fetch(remote, left)
        if not self._remote:
            self._look_elsewhere(self._left(wanted))

    def _left(self, wanted: Mapping[str, int]) -> dict[str, int]:
        return {digest: size for digest, size in wanted.items() if digest not in self._from}

    def _look_in_store(self, wanted: Mapping[str, int]) -> None:
        asked = self._left(wanted)
        absent = set(self._place.store.missing(asked))
        for digest, size in asked.items():
            if digest not in absent:
                self._from[digest] = STORE
                self._meter(size)

    def _look_in_working_tree(self, wanted: Mapping[str, int]) -> None:
        """Keep what files of the working tree have: those that had the bytes when they were last recorded."""
        place = self._place
        absent = set(place.store.missing(wanted))
        if not absent or place.session.repo.worktree is None:
            return
        with place.store.keeper() as keeper:
            for use in place.catalog.newest().values():
                for path, digest, size in self._files_of(use):
                    if digest in absent and self._kept(keeper, path, digest, size):
                        absent.remove(digest)
                if not absent:
                    return

    def _files_of(self, use: Use) -> Iterator[tuple[bytes, str, int]]:
        """Yield the files of a use that may be in the working tree: path, digest and size."""
        place = self._place
        root = place.file_of(use.raw)
        if not os.path.exists(root):
            return
        try:
            for below, entry in place.leaves(use):
                if entry.mode in ("644", "755"):
                    yield (os.path.join(root, below) if below else root), entry.digest, entry.size
        except ProvError:  # its listing is not here
            return

    def _kept(self, keeper: Keeper, path: bytes, digest: str, size: int) -> bool:
        try:
            if os.lstat(path).st_size != size:
                return False
            keeper.keep_file(digest, path)
        except (OSError, ProvError):  # it has changed
            return False
        self._from[digest] = WORKTREE
        self._meter(size)
        return True

    def _remotes(self, uses: Iterable[Use]) -> list[DataRemote]:
        """The remotes that are known to have it first, then the default, then all others."""
        settings = self._place.settings
        if self._remote:
            return [settings.remote(self._remote)]
        pointers = [self._place.known.get(use.digest) for use in uses]
        named = [copy.location.remote or "" for one in pointers if one for copy in one.copies]
        order = dict.fromkeys([*named, settings.default, *settings.remotes])
        return [settings.remotes[name] for name in order if name in settings.remotes]

    def _fetch(self, remote: DataRemote, left: Mapping[str, int]) -> None:
        place = self._place
        items = [Item(digest, size) for digest, size in left.items()]
        done = self._meter.done
        try:
            with open_remote(remote.name, remote.url, remote.options, environ=place.session.environ) as opened:
                got = fetch(items, opened, place.store, self._meter)
        except ProvError as error:
            place.problems.append(Problem(f"remote {remote.name}", error.message, ""))
            return
        for damage in got.damaged:
            place.problems.append(Problem(damage.place, f"{damage.digest} {damage.reason}".lstrip(), ""))
        absent = set(place.store.missing(left))
        came = [digest for digest in left if digest not in absent]
        self._from.update((digest, f"remote {remote.name}") for digest in came)
        self._meter(done + sum(left[digest] for digest in came) - self._meter.done)

    def _look_elsewhere(self, left: Mapping[str, int]) -> None:
        """Ask the other tools and addresses that are known to have it; of a directory that is stated file by file."""
        if not left:
            return
        with self._place.store.keeper() as keeper:
            for digest, size in left.items():
                one = self._place.known.get(digest)
                for copy in one.copies if one else ():
                    if copy.location.kind in _KINDS and self._bring(keeper, digest, size, copy.location):
                        break

    def _bring(self, keeper: Keeper, digest: str, size: int, said: pointer.Location) -> bool:
        """Fetch bytes from one place. What came of them before it broke off is kept for the next try."""
        place = self._place
        location = Location.of(said.plain())
        if size:  # no place sends more than is wanted; 0 may be a size that nobody has said
            location = location._replace(size=size)
        where = _OTHERS.get(location.kind) or tool(location.kind)
        before = self._meter.done
        with partial(place.store, digest) as (target, _):
            try:
                fetching.fetch(location, digest, target, place.world, self._meter)
                keeper.adopt(digest, target)
            except ProvError as error:
                self._meter(before - self._meter.done)
                place.problems.append(Problem(f"{digest[:13]} in {where}", error.message, ""))
                return False
            finally:
                if os.path.exists(target) and not os.path.getsize(target):
                    os.unlink(target)
        self._from[digest] = where
        return True
