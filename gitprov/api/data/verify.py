"""Reading bytes again, whatever their time stamps say."""

import os
from collections.abc import Iterable, Iterator, Sequence

from gitprov.api.data.catalog import Use
from gitprov.api.data.clustered import clustered, where_is
from gitprov.api.data.meter import Meter
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts import listing
from gitprov.artifacts.beyond import Cluster
from gitprov.artifacts.beyond.checking import Digested, RemoteItems, check_remote, check_store, digested, digests
from gitprov.artifacts.beyond.keeping import File
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.remotes import Item, check, open_remote
from gitprov.artifacts.store import Damage
from gitprov.errors import NotFound, ProvError
from gitprov.model.data import Answer, Verified
from gitprov.model.results import Problem

_WRONG = "is not what is recorded"


def verify(
    session: Session,
    what: Sequence[str],
    progress: Progress | None = None,
    *,
    remote: str = "",
    scheduler: str = "",
) -> Answer[Verified]:
    """Read what is named, or all that the store (or a remote) has. Raises `NotFound` for a name, `ProvError`.

    `scheduler` is the address of a Dask cluster that does the reading.
    """
    with Place(session) as place:
        uses = named(place, what) if what else []
        files = [(use, path, entry) for use in uses for path, entry in _leaves(place, use)]
        items = {entry.digest: entry.size for _, _, entry in files if entry.mode in ("644", "755")}
        if remote:
            return Answer([_remote(place, remote, items if what else None, progress, scheduler)], place.problems)
        has_tree = bool(what) and session.repo.worktree is not None
        with clustered(place, scheduler, [place.file_of(b"")] if has_tree else (), fills=False) as cluster:
            if not what:
                return Answer([_store(place, None, progress, cluster), _git(place)], place.problems)
            places = [_store(place, items, progress, cluster)]
            if has_tree:
                places.insert(0, _working_tree(place, files, progress, cluster))
            return Answer(places, place.problems)


def _leaves(place: Place, use: Use) -> list[tuple[bytes, Entry]]:
    try:
        return list(place.leaves(use))
    except ProvError as error:
        place.problems.append(Problem(use.path or use.digest, error.message, ""))
        return []


def _working_tree(
    place: Place, files: Iterable[tuple[Use, bytes, Entry]], progress: Progress | None, cluster: Cluster | None
) -> Verified:
    top = place.file_of(b"")
    wanted = [
        File(entry.digest, entry.size, os.path.join(top, use.raw, below).rstrip(b"/"), entry.mode == "link")
        for use, below, entry in files
        if use.path and not use.absolute
    ]
    meter = Meter(progress, sum(file.size for file in wanted))
    damages, missing = [], []
    sound = size = 0
    for found in _read_again(wanted, meter, cluster):
        file = found.file
        name = os.fsdecode(file.path[len(top) :])
        if found.digest == file.digest:
            sound += 1
            size += file.size
        elif found.digest or found.reason:
            damages.append((file.digest, name, found.reason or _WRONG))
        else:
            missing.append((file.digest, name))
    return Verified("working tree", sound, size, tuple(damages), tuple(missing))


def _read_again(files: list[File], meter: Meter, cluster: Cluster | None) -> Iterator[Digested]:
    if cluster is None:
        yield from (digested(file, meter) for file in files)
        return
    found = {one.file: one for one in digests(cluster, files, meter)}
    yield from (found[file] for file in files)


def _git(place: Place) -> Verified:
    """Read what the data refs hold: every listing of a known directory, and every statement."""
    read: dict[str, int] = {}
    damages = [("", problem.where, problem.reason) for problem in place.statements.problems]
    missing = []
    for use in {use.digest: use for use in place.catalog.uses}.values():
        try:
            if use.digest.startswith("b3:") and place.is_directory(use):
                for _ in listing.walk(use.digest, lambda digest: _counted(place.listings(digest), digest, read)):
                    pass
        except NotFound:
            missing.append((use.digest, use.path))
        except ProvError as error:
            damages.append((use.digest, use.path, error.message))
    return Verified("git", len(read) + len(place.statements.said), sum(read.values()), tuple(damages), tuple(missing))


def _counted(data: bytes, digest: str, read: dict[str, int]) -> bytes:
    read[digest] = len(data)
    return data


def _store(place: Place, items: dict[str, int] | None, progress: Progress | None, cluster: Cluster | None) -> Verified:
    """Read the store; of what is named, only what it has: that it keeps nothing is no fault."""
    if items is None:
        stats = place.store.stats()
        count, size, held = stats.objects, stats.size, None
    else:
        absent = set(place.store.missing(items))
        held = {digest: size for digest, size in items.items() if digest not in absent}
        count, size = len(held), sum(held.values())
    meter = Meter(progress, size)
    if cluster:
        damages = check_store(cluster, place.store, _items(held), meter)
    else:
        damages = list(place.store.verify(held, meter))
    return _verified("store", count, size, items or {}, damages)


def _items(sizes: dict[str, int] | None) -> list[Item] | None:
    return None if sizes is None else [Item(*item) for item in sizes.items()]


def _remote(
    place: Place, name: str, items: dict[str, int] | None, progress: Progress | None, scheduler: str
) -> Verified:
    remote = place.settings.remote(name)
    asked = _items(items)
    meter = Meter(progress, sum(items.values()) if items else 0)
    with (
        clustered(place, scheduler, (), remote) as cluster,
        open_remote(remote.name, remote.url, remote.options, environ=place.session.environ) as opened,
    ):
        if cluster:
            damages = check_remote(cluster, place.store, RemoteItems(where_is(remote), opened, asked), meter)
        else:
            damages = list(check(asked, opened, meter, place.store))
    count = None if items is None else len(items)
    size = meter.done if items is None else sum(items.values())
    return _verified(f"remote {remote.name}", count, size, items or {}, damages)


def _verified(where: str, count: int | None, size: int, sizes: dict[str, int], damages: list[Damage]) -> Verified:
    wrong = {damage.digest for damage in damages if damage.digest}
    sound = None if count is None else max(count - len(wrong), 0)
    lost = sum(sizes.get(digest, 0) for digest in wrong)
    told = tuple((damage.digest, damage.place, damage.reason) for damage in damages)
    return Verified(where, sound, max(size - lost, 0), told)
