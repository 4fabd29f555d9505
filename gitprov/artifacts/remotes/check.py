"""Checking: every byte of a remote is read again and compared with its name."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from tempfile import TemporaryDirectory
from typing import Final

from blake3 import blake3

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.remotes.backend import CHUNK, WRONG, Absent, Stopped
from gitprov.artifacts.remotes.catalogue import Catalogue, Listed, folder
from gitprov.artifacts.remotes.crew import each
from gitprov.artifacts.remotes.ranges import Row, cut, runs
from gitprov.artifacts.remotes.remote import Item, Remote
from gitprov.artifacts.remotes.telling import locked
from gitprov.artifacts.store import SMALL, Damage, Store
from gitprov.artifacts.store.layout import PACKS, object_path
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, name_of

_FOLDERS: Final = tuple(f"{number:02x}" for number in range(256))


def check(
    items: Iterable[Item] | None,
    remote: Remote,
    tell: Tell,
    store: Store | None = None,
    *,
    only: Collection[str] | None = None,
) -> Iterator[Damage]:
    """Yield what is missing or damaged among these files, or among everything that the remote has.

    Of everything, `only` some of its `parts` may be meant. `store` keeps the indexes of packs, so that they are fetched
    once. ProvError where the remote cannot be used.
    """
    remote.begin(writing=False)
    if store is None:
        with TemporaryDirectory(prefix="prov-") as folder_of_indexes:
            yield from _checked(items, remote, locked(tell), folder_of_indexes, only)
    else:
        yield from _checked(items, remote, locked(tell), store.root, only)


def parts(remote: Remote, store: Store) -> list[str]:
    """Return the names of packs and directories, each of which can be checked by itself."""
    remote.begin(writing=False)
    return [*(pack.name for pack in Catalogue(remote, store.root).packs()), *_FOLDERS]


def _checked(
    items: Iterable[Item] | None, remote: Remote, tell: Tell, root: str, only: Collection[str] | None
) -> Iterator[Damage]:
    catalogue = Catalogue(remote, root)
    jobs = _all(remote, catalogue, tell, only) if items is None else _some(items, remote, catalogue, tell)
    for damages in each(lambda job: job(), jobs, remote.workers, remote.stop, outermost=True):
        yield from damages
    yield from catalogue.damages


_Job = partial[list[Damage]]


def _all(remote: Remote, catalogue: Catalogue, tell: Tell, only: Collection[str] | None) -> Iterator[_Job]:
    for pack in catalogue.packs():
        if only is None or pack.name in only:
            yield partial(_pack, remote, catalogue, tell, pack)
    folders = [name for name in _FOLDERS if only is None or name in only]
    for listed in each(partial(folder, remote), folders, remote.workers, remote.stop):
        for digest, size in listed:
            yield partial(_file, remote, tell, Item(digest, size))


def _some(items: Iterable[Item], remote: Remote, catalogue: Catalogue, tell: Tell) -> Iterator[_Job]:
    wanted = list(items)
    small = {bytes.fromhex(item.digest[3:]) for item in wanted if item.size < SMALL}
    packed: set[str] = set()
    for pack, rows in catalogue.find(small) if small else ():
        packed.update(f"b3:{raw.hex()}" for raw, _ in rows)
        yield partial(_rows, remote, tell, pack, rows)
    for item in wanted:
        if item.digest not in packed:
            yield partial(_file, remote, tell, item)


def _file(remote: Remote, tell: Tell, item: Item) -> list[Damage]:
    """Read one file."""
    key = object_path(item.digest)
    hasher = blake3()
    offset = 0
    try:
        while data := remote.backend.read(key, offset, offset + CHUNK):
            hasher.update(data)
            offset += len(data)
            tell(len(data))
            if len(data) < CHUNK or offset > item.size:
                break
    except Absent:
        return [Damage(item.digest, remote.place(key), "is missing")]
    if f"b3:{hasher.hexdigest()}" == item.digest:
        return []
    return [Damage(item.digest, remote.place(key), WRONG)]


def _pack(remote: Remote, catalogue: Catalogue, tell: Tell, pack: Listed) -> list[Damage]:
    """Read all objects of a pack, and the copy of its index at its end."""
    index = catalogue.index(pack)
    damages = _rows(remote, tell, pack, list(index.rows()))
    key = f"{PACKS}/{pack.name}.pack"
    stop = min(pack.size, index.size + CHUNK + FOOTER.size)
    end = remote.backend.read(key, index.size, stop) if stop > index.size else b""
    copy = end[: -FOOTER.size]
    if name_of(copy) != pack.name or end != copy + FOOTER.pack(len(copy), FOOTER_MAGIC):
        damages.append(Damage("", remote.place(key), "has a damaged copy of its index"))
    key = f"{PACKS}/{pack.name}.idx"
    if name_of(remote.backend.read(key, 0, CHUNK)) != pack.name:  # what is kept of it here was sound
        damages.append(Damage("", remote.place(key), WRONG))
    return damages


def _rows(remote: Remote, tell: Tell, pack: Listed, rows: list[Row]) -> list[Damage]:
    key = f"{PACKS}/{pack.name}.pack"
    place = remote.place(key)
    damages = [
        Damage(f"b3:{raw.hex()}", place, "is larger than what packs hold") for raw, at in rows if at.length >= SMALL
    ]
    for run in runs((row for row in rows if row[1].length < SMALL), pack.size):
        if remote.stop.is_set():
            raise Stopped
        try:
            data = remote.backend.read(key, run.start, run.stop) if run.stop > run.start else b""
        except Absent:
            data = b""
        damages += [
            Damage(f"b3:{raw.hex()}", place, WRONG)
            for raw, content in cut(run, data)
            if blake3(content).digest() != raw
        ]
        tell(len(data))
    return damages
