"""Fetching: what the store has not, verified before it has a place there."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.remotes.backend import WRONG, Absent
from gitprov.artifacts.remotes.catalogue import Catalogue, Listed
from gitprov.artifacts.remotes.crew import each
from gitprov.artifacts.remotes.download import download
from gitprov.artifacts.remotes.outcome import Outcome, joined
from gitprov.artifacts.remotes.ranges import Row, cut, runs
from gitprov.artifacts.remotes.remote import Item, Remote
from gitprov.artifacts.remotes.telling import locked
from gitprov.artifacts.store import SMALL, Damage, Keeper, Store
from gitprov.artifacts.store.layout import PACKS

_BATCH: Final = 16 << 20  # bytes of small files that are put into one local pack, as far as they go
_BATCH_ROWS: Final = 1 << 14


class Fetched(NamedTuple):
    """What arrived (`got` files, `size` bytes), what was here already, and what did not come."""

    got: int = 0
    size: int = 0
    here: int = 0
    missing: tuple[str, ...] = ()
    damaged: tuple[Damage, ...] = ()


_Part = tuple[Listed, list[Row]]


def fetch(items: Iterable[Item], remote: Remote, store: Store, tell: Tell) -> Fetched:
    """Fetch files that the store has not. What is missing or damaged at the remote is named, and the others come.

    `tell` hears of bytes that are here afterwards. ProvError where the remote or the store cannot be used; saying the
    same again goes on from where it was.
    """
    wanted = {item.digest: item.size for item in items}
    left = store.missing(wanted)
    tell = locked(tell)
    tell(sum(wanted.values()) - sum(wanted[digest] for digest in left))
    if not left:
        return Fetched(here=len(wanted))
    remote.begin(writing=False)
    small = [digest for digest in left if wanted[digest] < SMALL]
    catalogue = Catalogue(remote, store.root)
    parts = list(catalogue.find({bytes.fromhex(digest[3:]) for digest in small})) if small else []
    packed = {f"b3:{raw.hex()}" for _, rows in parts for raw, _ in rows}
    jobs = [partial(_fetch_packed, remote, store, tell, batch) for batch in _batches(parts)]
    jobs += [
        partial(download, remote, store, tell, Item(digest, wanted[digest])) for digest in left if digest not in packed
    ]
    outcome = joined(each(lambda job: job(), jobs, remote.workers, remote.stop, outermost=True))
    damaged = (*catalogue.damages, *outcome.damaged)
    return Fetched(outcome.files, outcome.size, len(wanted) - len(left), outcome.missing, damaged)


def _batches(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Yield parts that are fetched by one thread into one local pack."""
    batch: list[_Part] = []
    size = count = 0
    for part in parts:
        batch.append(part)
        size += sum(where.length for _, where in part[1])
        count += len(part[1])
        if size >= _BATCH or count >= _BATCH_ROWS:
            yield batch
            batch, size, count = [], 0, 0
    if batch:
        yield batch


def _fetch_packed(remote: Remote, store: Store, tell: Tell, batch: list[_Part]) -> Outcome:
    keeper = store.keeper()
    try:
        return joined(_fetch_rows(remote, keeper, tell, pack, rows) for pack, rows in batch)
    finally:
        keeper.close()  # whatever went wrong: what is whole need not come again


def _fetch_rows(remote: Remote, keeper: Keeper, tell: Tell, pack: Listed, rows: list[Row]) -> Outcome:
    key = f"{PACKS}/{pack.name}.pack"
    files = size = 0
    damaged = []
    for run in runs((row for row in rows if row[1].length < SMALL), pack.size):
        try:
            data = remote.backend.read(key, run.start, run.stop) if run.stop > run.start else b""
        except Absent:
            data = b""
        size += len(data)
        for raw, content in cut(run, data):
            digest = f"b3:{raw.hex()}"
            if blake3(content).digest() == raw:
                keeper.keep_bytes(digest, content)
                files += 1
            else:
                damaged.append(Damage(digest, remote.place(key), WRONG))
            tell(len(content))
    return Outcome(files, size, (), tuple(damaged))
