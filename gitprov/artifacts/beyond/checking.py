"""Bytes read again by the workers of a cluster: files of a working tree, a store, a remote."""

import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.artifacts.beyond.cluster import Cluster
from gitprov.artifacts.beyond.keeping import File, portions
from gitprov.artifacts.beyond.sending import Where
from gitprov.artifacts.hashing import Tell, digest_bytes, digest_file
from gitprov.artifacts.remotes import Item, Remote, check, parts
from gitprov.artifacts.store import Damage, Store
from gitprov.errors import ProvError

_FOLDERS: Final = 8  # parts that one worker checks at a time


class Digested(NamedTuple):
    """A file that was read again: its digest; "" where it is not there, or (`reason`) could not be read."""

    file: File
    digest: str = ""
    reason: str = ""


class Checked(NamedTuple):
    """What a worker found, and how many bytes it has read."""

    damages: list[Damage]
    told: int


class RemoteItems(NamedTuple):
    """A remote, open here, and those of its files that are to be read again; None for all that it has."""

    where: Where
    remote: Remote
    items: list[Item] | None


class Part(NamedTuple):
    """What one worker is to check: of a remote if there is one, else of the store; files, or else whole parts."""

    store: Store
    where: Where | None
    items: list[Item] | None
    names: list[str]


def digests(cluster: Cluster, files: Iterable[File], tell: Tell) -> Iterator[Digested]:
    """Yield the digests that files have now, those of links too, in any order."""
    for part, found in cluster.each(_digest, portions(files)):
        tell(sum(file.size for file in part))
        yield from found


def check_store(cluster: Cluster, store: Store, items: Iterable[Item] | None, tell: Tell) -> list[Damage]:
    """Read these files of a store again, or all that it has."""
    wanted = _whole(store, None, store.parts()) if items is None else _some(store, None, items)
    return _checked(cluster, wanted, tell)


def check_remote(cluster: Cluster, store: Store, asked: RemoteItems, tell: Tell) -> list[Damage]:
    """Read files of a remote again; `store` keeps the indexes of its packs."""
    where, remote, items = asked
    if items is None:
        return _checked(cluster, _whole(store, where, parts(remote, store)), tell)
    return _checked(cluster, _some(store, where, items), tell)


def _some(store: Store, where: Where | None, items: Iterable[Item]) -> Iterator[Part]:
    for portion in portions(sorted(items)):  # neighbours are in one pack
        yield Part(store, where, portion, [])


def _whole(store: Store, where: Where | None, names: list[str]) -> Iterator[Part]:
    for at in range(0, len(names), _FOLDERS):
        yield Part(store, where, None, names[at : at + _FOLDERS])


def _checked(cluster: Cluster, wanted: Iterable[Part], tell: Tell) -> list[Damage]:
    damages: dict[Damage, None] = {}
    for _, checked in cluster.each(_check, wanted):
        tell(checked.told)
        damages.update(dict.fromkeys(checked.damages))  # a pack may be named by several workers
    return sorted(damages)


def _check(part: Part) -> Checked:
    told: list[int] = []
    if part.where:
        with part.where.open(os.environ) as remote:
            found = list(check(part.items, remote, told.append, part.store, only=part.names))
    elif part.items is None:
        found = [damage for name in part.names for damage in part.store.verify_part(name, told.append)]
    else:
        found = list(part.store.verify((item.digest for item in part.items), told.append))
    return Checked(found, sum(told))


def digested(file: File, tell: Tell | None = None, *, mapped: bool = True) -> Digested:
    """Return the digest that a file, or the text of a link, has now."""
    try:
        if file.is_link:
            return Digested(file, digest_bytes(os.readlink(file.path)))
        return Digested(file, digest_file(file.path, tell, follow=False, mapped=mapped).digest)
    except FileNotFoundError:
        return Digested(file)
    except (OSError, ProvError) as error:
        return Digested(file, reason=f"cannot be read: {error}")


def _digest(files: list[File]) -> list[Digested]:
    return [digested(file, mapped=False) for file in files]
