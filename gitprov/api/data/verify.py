"""Reading bytes again, whatever their time stamps say."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence

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
from gitprov.artifacts.remotes import Item, Remote, check, held, open_remote
from gitprov.artifacts.store import Damage
from gitprov.artifacts.store.layout import QUARANTINE
from gitprov.errors import NotFound, ProvError
from gitprov.model.data import Absent, Answer, Verified, Wrong
from gitprov.model.results import Problem
from gitprov.model.text import quote

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
                places = [_store(place, None, progress, cluster), _git(place)]
                told = set(place.statements.problems)  # they are among the damages
                return Answer(places, [one for one in place.problems if one not in told], _aside(place))
            places = [_store(place, items, progress, cluster)]
            if has_tree:
                places.insert(0, _working_tree(place, files, progress, cluster))
            return Answer(places, place.problems, _aside(place))


def _aside(place: Place) -> list[str]:
    """Say what lies in quarantine: what is sound now was not always."""
    there = os.path.join(place.store.root, QUARANTINE)
    try:
        count = len(os.listdir(there))
    except OSError:
        return []
    files = "1 damaged file lies" if count == 1 else f"{count:,} damaged files lie"
    mend = "get or add sound copies, then remove it" if count == 1 else "get or add sound copies, then remove them"
    return [f"{files} in {there}, and none is ever given out; {mend}"] if count else []


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
            damages.append(Wrong(file.digest, name, found.reason or _WRONG, name))
        else:
            missing.append(Absent(file.digest, name))
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
    damages = [Wrong("", problem.where, problem.reason) for problem in place.statements.problems]
    missing = []
    for use in {use.digest: use for use in place.catalog.uses}.values():
        try:
            if use.digest.startswith("b3:") and place.is_directory(use):
                for _ in listing.walk(use.digest, lambda digest: _counted(place.listings(digest), digest, read)):
                    pass
        except NotFound:
            missing.append(Absent(use.digest, use.path))
        except ProvError as error:
            damages.append(Wrong(use.digest, use.path, error.message, use.path))
    return Verified("git", len(read) + len(place.statements.said), sum(read.values()), tuple(damages), tuple(missing))


def _counted(data: bytes, digest: str, read: dict[str, int]) -> bytes:
    read[digest] = len(data)
    return data


def _store(place: Place, items: dict[str, int] | None, progress: Progress | None, cluster: Cluster | None) -> Verified:
    """Read the store; of what is named, only what it has: that it keeps nothing is no fault."""
    before = place.store.stats()
    if items is None:
        count, size, wanted = before.objects, before.size, None
    else:
        absent = set(place.store.missing(items))
        wanted = {digest: size for digest, size in items.items() if digest not in absent}
        count, size = len(wanted), sum(wanted.values())
    meter = Meter(progress, size)
    if cluster:
        damages = check_store(cluster, place.store, _items(wanted), meter)
    else:
        damages = list(place.store.verify(wanted, meter))
    found = _verified(place, "store", count, size, damages)
    after = place.store.stats()
    # what was put aside is counted no more; what could not be put aside is taken off by what is known of it
    is_aside = wanted is None and after.objects + len(_wrong(damages)) == before.objects
    return found._replace(files=after.objects, size=after.size) if is_aside else found


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
        gone = _gone(place, opened, _wrong(damages)) if items is None else []
    count = None if items is None else len(items)
    size = meter.done if items is None else sum(items.values())
    found = _verified(place, f"remote {remote.name}", count, size, damages)
    return found._replace(damages=(*found.damages, *gone))


def _gone(place: Place, remote: Remote, wrong: Collection[str]) -> list[Wrong]:
    """What statements say is on a remote and is not. What is there in another size was found by reading it."""
    said: dict[str, tuple[int, str]] = {}
    for one in place.known.values():
        if any(copy.location.kind == "remote" and copy.location.remote == remote.name for copy in one.copies):
            use = Use(one.path or "", one.digest, one.size or 0, 1 if one.files is None else one.files)
            for below, entry in _leaves(place, use):
                if entry.mode != "link" and entry.digest not in wrong:
                    said.setdefault(entry.digest, (entry.size, _path(use, below)))
    remote.begin(writing=False)
    there = held(place.store, {digest: size for digest, (size, _) in said.items()}, remote)
    return [
        Wrong(digest, f"remote {remote.name}", "is missing, and was sent there", path)
        for digest, (_, path) in said.items()
        if digest not in there
    ]


def _path(use: Use, below: bytes) -> str:
    return quote(os.path.join(use.raw, below)) if use.path and below else use.path


def _wrong(damages: list[Damage]) -> set[str]:
    return {damage.digest for damage in damages if damage.digest}


def _verified(place: Place, where: str, count: int | None, size: int, damages: list[Damage]) -> Verified:
    wrong = _wrong(damages)
    owners = _owners(place, wrong) if wrong else {}
    sound = None if count is None else max(count - len(wrong), 0)
    lost = sum(size for size, _ in owners.values())
    nothing = (0, "")
    told = (Wrong(*damage, owners.get(damage.digest, nothing)[1]) for damage in damages)
    return Verified(where, sound, max(size - lost, 0), tuple(told))


def _owners(place: Place, digests: Collection[str]) -> dict[str, tuple[int, str]]:
    """The size of each of these digests, and a path it belongs to, as far as any is known; the newest path counts."""
    found: dict[str, tuple[int, str]] = {}
    for use in place.catalog.uses:
        try:
            for below, entry in place.leaves(use):
                if entry.digest in digests:
                    found[entry.digest] = (entry.size, _path(use, below))
        except ProvError:  # its listing is not here
            continue
    return found
