"""What is known of data: its pointers, and where copies are."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from gitprov.api.data.catalog import Use
from gitprov.api.data.known import nothing_known
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.data.words import place_of
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.model.data import Answer, Pointed
from gitprov.model.known import Pointer

HERE = "here"
_AT_ONCE: Final = 1 << 16  # files that the store is asked for at a time


def ls(session: Session, what: Sequence[str], *, everything: bool = False) -> Answer[Pointed]:
    """Return pointers, the newest of each path unless `everything` is asked for. Raises `NotFound` for a name."""
    with Place(session) as place:
        if what:
            uses = named(place, what)
            found = [_pointed(place, place.known.get(use.digest), use) for use in uses]
        else:
            by_digest = {use.digest: use for use in place.catalog.uses}
            last = {one.digest for one in place.last_added.values()}
            known = place.known.values()
            chosen = [one for one in known if everything or one.digest in last or (one.path is None and one.copies)]
            ordered = sorted(chosen, key=lambda one: (one.path or "", one.at))
            found = [_pointed(place, one, by_digest.get(one.digest)) for one in ordered]
        return Answer(found, place.problems, [] if found else [nothing_known(place)])


def _pointed(place: Place, one: Pointer | None, use: Use | None = None) -> Pointed:
    if one is None:
        assert use is not None
        here = (HERE,) if _is_here(place, use) else ()
        return Pointed(use.digest, (use.path,) if use.path else (), use.size, use.files, "", use.at, here)
    paths = dict.fromkeys([*([use.path] if use and use.path else []), *([one.path] if one.path else [])])
    files = 1 if one.files is None else one.files
    as_use = Use(one.path or "", one.digest, one.size or 0, files)
    copies = (
        *((HERE,) if _is_here(place, as_use) else ()),
        *dict.fromkeys(place_of(copy.location) for copy in one.copies),
    )
    return Pointed(
        *(one.digest, tuple(paths), one.size or 0, files, one.kind or "", one.at, copies),
        licence=one.licence or "",
        owner=one.owner or "",
        note=one.note or "",
        profile=one.profile or "",
        by=one.by,
        location=tuple(copy.location.plain() for copy in one.copies),
    )


def _is_here(place: Place, use: Use) -> bool:
    """Whether the store has all of it; behind what it has not, nothing is looked at."""
    files = (entry.digest for _, entry in place.leaves(use) if entry.mode != "link")
    try:
        return not any(place.store.missing(some) for some in iter(lambda: list(islice(files, _AT_ONCE)), []))
    except ProvError:  # its listing is not here
        return False
