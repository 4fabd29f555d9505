"""Sending bytes to a data remote, and saying that they are there."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from gitprov.api.data.catalog import Use
from gitprov.api.data.clustered import clustered, where_is
from gitprov.api.data.meter import Meter
from gitprov.api.data.missing import last_seen
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.data.saying import said_now
from gitprov.api.data.settings import DataRemote, location_of
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts.beyond import Cluster
from gitprov.artifacts.beyond.keeping import File
from gitprov.artifacts.beyond.keeping import keep as keep_there
from gitprov.artifacts.beyond.sending import push as send_from_there
from gitprov.artifacts.remotes import Item, open_remote
from gitprov.artifacts.remotes import push as send
from gitprov.artifacts.remotes.push import Pushed as Sent
from gitprov.errors import ProvError
from gitprov.model.data import MISSING, Answer, Fetched, Pushed
from gitprov.model.results import Problem
from gitprov.records import writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition

Sizes = dict[str, int]
"""Digests of files with their sizes."""


def push(
    session: Session, words: Sequence[str], progress: Progress | None = None, *, scheduler: str = ""
) -> Answer[Pushed]:
    """Send what is named, or all that the store keeps, to the remote that is named last, or the default.

    `scheduler` is the address of a Dask cluster that does the sending. Raises `NotFound` for a name, `ProvError` where
    the remote cannot be used; what was sent by then stays there.
    """
    with Place(session) as place:
        what, remote = _sorted_out(place, words)
        uses = named(place, what) if what else _everything(place)
        contents = {use: sizes for use in uses if (sizes := _sizes(place, use))}
        wanted = {digest: size for sizes in contents.values() for digest, size in sizes.items()}
        with clustered(place, scheduler, _tops(place) if what else (), remote) as cluster:
            if what:
                _keep_from_working_tree(place, contents, cluster)
            here = wanted.keys() - set(place.store.missing(wanted))
            items = [Item(digest, size) for digest, size in wanted.items() if digest in here]
            sent = _send(place, remote, items, progress, cluster)
        there = here - set(sent.missing) - {damage.digest for damage in sent.damaged}
        place.problems += [
            Problem(damage.place, f"{damage.digest} {damage.reason}".strip(), "") for damage in sent.damaged
        ]
        _say(place, remote, [use for use, sizes in contents.items() if sizes.keys() <= there])
        missing = tuple(_missing(place, contents, there)) if what else ()
        return Answer([Pushed(remote.name, remote.url, sent.sent, sent.size, sent.there, missing)], place.problems)


def _sorted_out(place: Place, words: Sequence[str]) -> tuple[Sequence[str], DataRemote]:
    """Tell the remote, if one is named last, from what is to be sent."""
    if words and words[-1] in place.settings.remotes:
        return words[:-1], place.settings.remote(words[-1])
    return words, place.settings.remote()


def _everything(place: Place) -> list[Use]:
    """Every state of data that is known, whatever became of its path."""
    return list({use.digest: use for use in place.catalog.uses}.values())


def _sizes(place: Place, use: Use) -> Sizes:
    """The files of a use; nothing where its listing is not here, or cannot be used."""
    try:
        return {entry.digest: entry.size for _, entry in place.leaves(use) if entry.mode in ("644", "755")}
    except ProvError as error:
        place.problems.append(Problem(use.path or use.digest, error.message, ""))
        return {}


def _tops(place: Place) -> list[bytes]:
    """The top of the working tree, where there is one."""
    return [] if place.session.repo.worktree is None else [place.file_of(b"")]


def _keep_from_working_tree(place: Place, contents: dict[Use, Sizes], cluster: Cluster | None) -> None:
    """Put into the store what it has not, where the working tree still has it."""
    absent = set(place.store.missing(digest for sizes in contents.values() for digest in sizes))
    if not absent or place.session.repo.worktree is None:
        return
    if cluster:
        files = {file.digest: file for file in _files(place, contents) if file.digest in absent}
        absent.difference_update(keep_there(cluster, place.store, files.values()))
        return
    with place.store.keeper() as keeper:
        for file in _files(place, contents):
            if file.digest in absent:
                with suppress(OSError, ProvError):  # gone, or changed since
                    keeper.keep_file(file.digest, file.path)
                    absent.remove(file.digest)


def _files(place: Place, contents: dict[Use, Sizes]) -> Iterator[File]:
    for use in contents:
        root = place.file_of(use.raw)
        for below, entry in place.leaves(use):
            if entry.mode != "link":
                yield File(entry.digest, entry.size, os.path.join(root, below) if below else root)


def _send(
    place: Place, remote: DataRemote, items: list[Item], progress: Progress | None, cluster: Cluster | None
) -> Sent:
    meter = Meter(progress, sum(item.size for item in items))
    environ = place.session.environ
    if cluster:
        return send_from_there(cluster, place.store, items, where_is(remote), meter, environ=environ)
    with open_remote(remote.name, remote.url, remote.options, environ=environ) as opened:
        return send(place.store, items, opened, meter)


def _say(place: Place, remote: DataRemote, uses: list[Use]) -> None:
    """State for each use that all of it is there."""
    if not uses:
        return
    session, location = place.session, location_of(remote)
    with depositing(session.repo, session.state) as deposit:
        for use in uses:
            is_directory = place.is_directory(use)
            fields = {"kind": "directory" if is_directory else "file", "size": use.size}
            said_now(place, deposit, use.digest, fields | ({"files": use.files} if is_directory else {}), [location])
    if deposit.stored:
        writer.append(session.repo, session.state, Addition(stored=deposit.stored))


def _missing(place: Place, contents: dict[Use, Sizes], there: set[str]) -> Iterator[Fetched]:
    for use, sizes in contents.items():
        if absent := sizes.keys() - there:
            reason = last_seen(place, use, len(absent), len(sizes))
            yield Fetched(use.path, MISSING, use.digest, use.size, use.files, reason=reason)
