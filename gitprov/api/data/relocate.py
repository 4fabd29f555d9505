"""Copies that have moved: their old places are taken back, the new ones stated, the remote's address changed."""

from typing import Final

from gitprov.api.data.configfile import set_url
from gitprov.api.data.place import Place
from gitprov.api.data.saying import by
from gitprov.api.data.settings import DataRemote, check_remote, location_of
from gitprov.api.session import Session
from gitprov.artifacts.elsewhere.location import S3, URL
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.data import Answer, Moved
from gitprov.model.known import Pointer
from gitprov.model.urls import unsafe_url
from gitprov.records import pointers, writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition

_OF_THE_PLACE: Final = ("at", "etag", "version")
"""What another place has other values of."""


def relocate(session: Session, old: str, new: str, *, dry_run: bool = False) -> Answer[Moved]:
    """State that whatever was at addresses that begin with `old` is at `new`. Raises `NotFound`, `ProvError`."""
    old, new = old.rstrip("/"), new.rstrip("/")
    if not old or not new or old == new:
        raise UsageError("two different addresses are needed", hint="for example: s3://old-bucket s3://new-bucket")
    with Place(session) as place:
        moves = {one.digest: found for one in place.known.values() if (found := _moves(one, _plain(old), _plain(new)))}
        remotes = {
            name: moved for name, remote in place.settings.remotes.items() if (moved := _moved(remote.url, old, new))
        }
        if not moves and not remotes:
            raise NotFound(f"no copy is known at {old}", hint="see where copies are: git prov data ls --json")
        for name, url in remotes.items():
            check_remote(url, place.settings.remotes[name].options, f"remote {name}")
        if not dry_run:
            _state(place, moves)
            for name, url in remotes.items():
                set_url(session, name, url)
        answers = [Moved(place.settings.remotes[name].url, url, 0, name) for name, url in remotes.items()]
        return Answer([*answers, *([Moved(old, new, len(moves))] if moves else [])], place.problems)


def _plain(address: str) -> str:
    """Return an address as statements have it: directories as `file://`."""
    try:
        return location_of(DataRemote("x", address, {})).get("url", address)
    except ProvError:
        return address


def _moved(url: str, old: str, new: str) -> str:
    """Return the address that one at `old`, or below it, has now; "" for one that is somewhere else."""
    return new + url[len(old) :] if url == old or url.startswith(f"{old}/") else ""


def _moves(one: Pointer, old: str, new: str) -> dict[str, dict[str, object] | None]:
    """Return by a copy's id where it is now."""
    found: dict[str, dict[str, object] | None] = {}
    for copy in one.copies:
        if url := _moved(copy.location.url or "", old, new):
            if reason := unsafe_url(url):
                raise UsageError(f"the new address {reason}", hint="give it without credentials")
            kept = {name: value for name, value in copy.location.plain().items() if name not in _OF_THE_PLACE}
            if copy.location.kind in (S3, URL):  # the address says which
                kept["kind"] = S3 if url.startswith("s3://") else URL
            found[copy.id] = {**kept, "url": url}
    return found


def _state(place: Place, moves: dict[str, dict[str, dict[str, object] | None]]) -> None:
    if not moves:
        return
    session = place.session
    said = by(session)
    with depositing(session.repo, session.state) as deposit:
        for digest, found in moves.items():
            deposit.statement(pointers.relocating(place.known[digest], found, **said))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))
