"""Sending bytes to a data remote, and saying that they are there."""

import os
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import NamedTuple

from gitprov.api.data.catalog import Use
from gitprov.api.data.clustered import clustered, where_is
from gitprov.api.data.gathered import Digests, Gathered
from gitprov.api.data.holding import Held, Hold
from gitprov.api.data.meter import Meter
from gitprov.api.data.missing import last_seen
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.data.saying import said_now
from gitprov.api.data.settings import DataRemote, check_outside, location_of
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts.beyond import Cluster
from gitprov.artifacts.beyond.keeping import File
from gitprov.artifacts.beyond.keeping import keep as keep_there
from gitprov.artifacts.beyond.sending import push as send_from_there
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.remotes import Item, open_remote
from gitprov.artifacts.remotes import push as send
from gitprov.artifacts.remotes.push import Pushed as Sent
from gitprov.errors import ProvError
from gitprov.model.data import MISSING, Answer, Fetched, Pushed
from gitprov.model.results import Problem
from gitprov.records import writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition


def push(
    session: Session,
    words: Sequence[str],
    progress: Progress | None = None,
    *,
    scheduler: str = "",
    hold: Callable[[DataRemote], Hold | None] = lambda _: None,
) -> Answer[Pushed]:
    """Send what is named, or all that the store keeps, to the remote that is named last, or the default.

    `scheduler` is the address of a Dask cluster that does the sending; `hold` tells what does not go to a remote.
    Raises `NotFound` for a name, `ProvError` where the remote cannot be used; what was sent by then stays there.
    """
    with Place(session) as place:
        what, remote = _sorted_out(place, words)
        check_outside(session, remote)
        held = Held(place, hold(remote))
        wanted = Gathered()
        chosen = named(place, what) if what else _everything(place)
        uses = [use for use in chosen if _gather(place, use, wanted, held)]
        with clustered(place, scheduler, _tops(place) if what else (), remote) as cluster:
            absent = _absent(place, wanted)
            if what and absent and session.repo.worktree is not None:
                _keep_from_working_tree(place, uses, absent, cluster)
                absent = _absent(place, wanted)
            sent = _send(place, remote, _Here(wanted, absent), progress, cluster)
        place.problems += held.problems(remote.name)
        place.problems += [
            Problem(damage.place, f"{damage.digest} {damage.reason}".strip(), "") for damage in sent.damaged
        ]
        unsent = {*sent.missing, *(damage.digest for damage in sent.damaged)}
        counts = {use: _count(place, use, absent, unsent) for use in uses} if absent or unsent else {}
        whole = [use for use in uses if not counts.get(use, (0, 0))[0]]
        if held.digests:
            whole = [use for use in whole if not _count(place, use, absent, held.digests.keys())[0]]
        _say(place, remote, whole)
        missing = tuple(_missing(place, counts)) if what else ()
        counted = sent.sent, sent.content, sent.there
        done = Pushed(remote.name, remote.url, *counted, missing, len(held.digests))
        return Answer([done], place.problems)


def _sorted_out(place: Place, words: Sequence[str]) -> tuple[Sequence[str], DataRemote]:
    """Tell the remote, if one is named last, from what is to be sent."""
    if words and words[-1] in place.settings.remotes:
        return words[:-1], place.settings.remote(words[-1])
    return words, place.settings.remote()


def _everything(place: Place) -> list[Use]:
    """Every state of data that is known, whatever became of its path."""
    return list({use.digest: use for use in place.catalog.uses}.values())


def _gather(place: Place, use: Use, wanted: Gathered, held: Held) -> bool:
    """Take the files of a use, and tell whether it has any; not where its listing is not here, or cannot be used."""
    any_file = False
    try:
        for entry in held.wanted(place, use):
            wanted.add(entry.digest, entry.size)
            any_file = True
    except ProvError as error:
        place.problems.append(Problem(use.path or use.digest, error.message, ""))
        return False
    return any_file


def _entries(place: Place, use: Use) -> Iterator[Entry]:
    return (entry for _, entry in place.leaves(use) if entry.mode != "link")


def _absent(place: Place, wanted: Gathered) -> Digests:
    """Return what the store has not."""
    return Digests(
        digest for window in wanted.windows() for digest in place.store.missing(item.digest for item in window)
    )


def _tops(place: Place) -> list[bytes]:
    """The top of the working tree, where there is one."""
    return [] if place.session.repo.worktree is None else [place.file_of(b"")]


class _Here(NamedTuple):
    """What is wanted and in the store; gone through as often as one likes."""

    wanted: Gathered
    absent: Digests

    def items(self) -> Iterator[Item]:
        """Give them, the lowest digest first."""
        return (item for item in self.wanted.items() if not self.absent or item.digest not in self.absent)


def _keep_from_working_tree(place: Place, uses: list[Use], absent: Digests, cluster: Cluster | None) -> None:
    """Put into the store what it has not, where the working tree still has it."""
    files = (file for use in uses for file in _files(place, use) if file.digest in absent)
    if cluster:
        for _ in keep_there(cluster, place.store, {file.digest: file for file in files}.values()):
            pass
        return
    with place.store.keeper() as keeper:
        for file in files:
            with suppress(OSError, ProvError):  # gone, or changed since
                keeper.keep_file(file.digest, file.path)


def _files(place: Place, use: Use) -> Iterator[File]:
    root = place.file_of(use.raw)
    for below, entry in place.leaves(use):
        if entry.mode != "link":
            yield File(entry.digest, entry.size, os.path.join(root, below) if below else root)


def _send(place: Place, remote: DataRemote, here: _Here, progress: Progress | None, cluster: Cluster | None) -> Sent:
    meter = Meter(progress, sum(item.size for item in here.items()) if progress else 0)
    environ = place.session.environ
    if cluster:
        return send_from_there(cluster, place.store, here.items(), where_is(remote), meter, environ=environ)
    with open_remote(remote.name, remote.url, remote.options, environ=environ) as opened:
        return send(place.store, here.items(), opened, meter)


def _say(place: Place, remote: DataRemote, uses: list[Use]) -> None:
    """State for each use that all of it is there.

    Of a file inside a directory nothing is said: it is no data by itself, and who has the directory has it.
    """
    by_themselves = place.known.keys() | {use.digest for use in place.catalog.uses}
    uses = [use for use in uses if use.digest in by_themselves]
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


def _count(place: Place, use: Use, absent: Digests, unsent: AbstractSet[str]) -> tuple[int, int]:
    """Return how many files of a use are not at the remote, and of how many."""
    lost = files = 0
    for entry in _entries(place, use):
        files += 1
        lost += entry.digest in absent or entry.digest in unsent
    return lost, files


def _missing(place: Place, counts: dict[Use, tuple[int, int]]) -> Iterator[Fetched]:
    for use, (lost, files) in counts.items():
        if lost:
            reason = last_seen(place, use, lost, files)
            yield Fetched(use.path, MISSING, use.digest, use.size, use.files, reason=reason)
