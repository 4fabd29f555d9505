"""Sending: what the remote has not, large files as they are, small ones in packs."""

import io
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import Tell, digest_bytes
from gitprov.artifacts.remotes.backend import Outgoing, Unfit
from gitprov.artifacts.remotes.catalogue import Catalogue, sizes
from gitprov.artifacts.remotes.crew import each
from gitprov.artifacts.remotes.outcome import Outcome, joined
from gitprov.artifacts.remotes.packing import Pack, Stream, cut, plan
from gitprov.artifacts.remotes.remote import Item, Remote
from gitprov.artifacts.remotes.telling import Share, locked
from gitprov.artifacts.store import SMALL, Damage, Store
from gitprov.artifacts.store.layout import PACKS, object_path

_WINDOW: Final = 1 << 16  # files that are asked for and sent at a time: two packs of the smallest


class Pushed(NamedTuple):
    """What was sent (`sent` files, `size` bytes over the wire), what was there already, and what could not be sent."""

    sent: int = 0
    size: int = 0
    there: int = 0
    missing: tuple[str, ...] = ()
    damaged: tuple[Damage, ...] = ()
    content: int = 0
    """The bytes of the files that were sent, without what packs add and what had arrived before."""


def push(store: Store, items: Iterable[Item], remote: Remote, tell: Tell) -> Pushed:
    """Send files that the remote has not. Files that are missing or damaged here are named, and the others go.

    Of very many only some are held at a time; each is to come once then, best the lowest digest first.

    `tell` hears of bytes that are there afterwards, sent now or before. ProvError where the remote cannot be used;
    saying the same again goes on from where it was.
    """
    remote.begin(writing=True)
    tell = locked(tell)
    catalogue = Catalogue(remote, store.root)
    had = 0
    outcomes = []
    coming = iter(items)
    while wanted := {item.digest: item.size for item in islice(coming, _WINDOW)}:
        there = held(store, wanted, remote, catalogue)
        had += len(there)
        tell(sum(wanted[digest] for digest in there))
        left = [Item(digest, size) for digest, size in wanted.items() if digest not in there]
        outcomes.append(send(store, left, remote, tell))
    for name in catalogue.mended:
        _send_index(remote, name, catalogue.table(name))
    outcome = joined(outcomes)
    return Pushed(outcome.files, outcome.size, had, outcome.missing, outcome.damaged, outcome.content)


def send(store: Store, items: Iterable[Item], remote: Remote, tell: Tell) -> Outcome:
    """Send files to a remote that has begun, and is known to have none of them."""
    large, packs = shares(items)
    jobs = [partial(_send_pack, store, remote, tell, part) for part in packs]
    jobs += [partial(_send_file, store, remote, tell, item) for item in large]
    return joined(each(lambda job: job(), jobs, remote.workers, remote.stop, outermost=True))


def shares(items: Iterable[Item]) -> tuple[list[Item], list[list[Item]]]:
    """Return the files that go as they are, and those of each pack."""
    items = list(items)
    large = [item for item in items if item.size >= SMALL]
    return large, list(cut(sorted(item for item in items if item.size < SMALL)))


def held(store: Store, wanted: Mapping[str, int], remote: Remote, catalogue: Catalogue | None = None) -> set[str]:
    """Return what a remote that has begun has of these digests and sizes, as far as names and sizes tell."""
    large = [digest for digest, size in wanted.items() if size >= SMALL]
    there = {digest for digest, size in sizes(remote, large).items() if size == wanted[digest]}
    small = {bytes.fromhex(digest[3:]) for digest, size in wanted.items() if size < SMALL}
    for _, rows in (catalogue or Catalogue(remote, store.root)).find(small) if small else ():
        there.update(f"b3:{raw.hex()}" for raw, where in rows if where.length == wanted[f"b3:{raw.hex()}"])
    return there


def _send_file(store: Store, remote: Remote, tell: Tell, item: Item) -> Outcome:
    outgoing = Outgoing(item.digest, item.size, lambda: store.stream(item.digest), remote.stop, tell)
    try:
        remote.backend.send(object_path(item.digest), outgoing)
    except Unfit as unfit:
        return _unsent(outgoing.sent, [unfit])
    return Outcome(1, outgoing.sent, content=item.size)


def _send_pack(store: Store, remote: Remote, tell: Tell, items: list[Item]) -> Outcome:
    """Send small files; one that is missing or damaged here is left out, and the pack made anew."""
    share = Share(tell, sum(item.size for item in items))
    unfit: list[Unfit] = []
    size = 0
    while items:
        pack = plan(items)
        outgoing = Outgoing("", pack.size, partial(_opened, pack, store), remote.stop, share)
        try:
            size += _send_both(remote, pack, outgoing)
            break
        except Unfit as one:
            unfit.append(one)
            size += outgoing.sent
            items = [item for item in items if item.digest != one.digest]
    share.finish()
    return _unsent(size, unfit)._replace(files=len(items), content=sum(item.size for item in items))


def _unsent(size: int, unfit: list[Unfit]) -> Outcome:
    """Return what is said of files that were not sent."""
    missing = tuple(one.digest for one in unfit if not one.damage)
    return Outcome(0, size, missing, tuple(one.damage for one in unfit if one.damage))


def _send_both(remote: Remote, pack: Pack, outgoing: Outgoing) -> int:
    """Send a pack unless it is there, then its index, by which it is seen; return the bytes sent."""
    key = f"{PACKS}/{pack.name}.pack"
    if remote.backend.size(key) != pack.size:
        remote.backend.send(key, outgoing)
    return outgoing.sent + _send_index(remote, pack.name, pack.table)


def _send_index(remote: Remote, name: str, table: bytes) -> int:
    """Send the index of a pack that is there; return the bytes sent."""
    index = Outgoing(digest_bytes(table), len(table), lambda: io.BytesIO(table), remote.stop, lambda _: None)
    remote.backend.send(f"{PACKS}/{name}.idx", index)
    return index.sent


def _opened(pack: Pack, store: Store) -> io.BufferedReader:
    return io.BufferedReader(Stream(pack, store), 1 << 20)
