"""Bringing data back: from the nearest place that has it, verified, and never over what is there."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from gitprov.api.data import gitfiles
from gitprov.api.data.catalog import INPUT, OUTPUT, Use
from gitprov.api.data.meter import Meter
from gitprov.api.data.missing import last_seen
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.data.sources import Sources
from gitprov.api.data.standins import pointers_below
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts.checkout import Plan, plan_all
from gitprov.artifacts.hashing import digest_file
from gitprov.artifacts.listing import Entry
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.data import FETCHED, MISSING, SAME, Answer, Fetched

_UNSTATED = -1  # the size of a directory is in its listing


class GetOptions(NamedTuple):
    """What a person may ask of `git prov data get`."""

    what: Sequence[str]
    to: str = ""
    remote: str = ""
    force: bool = False
    which: str = ""
    """Of a run: `input`, `output`, or "" for both."""


class _Asked(NamedTuple):
    """A use, and the plan of what is to be written; None where it cannot even be planned, for a reason."""

    use: Use
    plan: Plan | None
    reason: str = ""
    files: int = 0
    lacking: Sequence[Entry] = ()
    """Those of its files that are not where they belong."""


def get(session: Session, options: GetOptions, progress: Progress | None = None) -> Answer[Fetched]:
    """Bring what is named. What is missing is among the answers; nothing of it was written.

    Raises `NotFound` for a name, and `ProvError`, before anything is written, where it may not be written.
    """
    roles = (options.which,) if options.which else (INPUT, OUTPUT)
    with Place(session) as place:
        if options.remote:
            place.settings.remote(options.remote)
        uses = named(place, options.what, roles)
        asked = [_planned(place, use, options) for use in uses]
        size = sum(one.plan.size for one in asked if one.plan)
        meter = Meter(progress, size, passes=2)  # into the store, and to where they belong
        meter(size - sum(entry.size for one in asked for entry in one.lacking))
        sources = Sources(place, options.remote, meter)
        sources.gather({entry.digest: entry.size for one in asked for entry in one.lacking}, uses)
        return Answer([_carried_out(place, sources, one, meter) for one in asked], place.problems)


def _planned(place: Place, use: Use, options: GetOptions) -> _Asked:
    root, path = _target(place, use, options.to)
    try:
        entry = _entry(place, use)
    except NotFound as error:
        return _Asked(use, None, error.message)
    try:
        stand_in = pointers_below(place, root)
        plan = plan_all([(path, entry)], place.read, root, force=options.force, stand_in=stand_in)
    except NotFound as error:  # a listing that is nowhere here
        return _Asked(use, None, error.message)
    files = [(path, entry) for path, entry in plan.entries() if entry.mode in ("644", "755")]
    lacking = [entry for path, entry in files if not _is_there(os.path.join(root, path), entry, force=options.force)]
    return _Asked(use, plan, files=len(files), lacking=lacking)


def _is_there(file: bytes, entry: Entry, *, force: bool) -> bool:
    """Whether a file is there already: without force, one with other bytes would have been refused in planning."""
    try:
        found = os.lstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
            return False
        return not force or digest_file(file, follow=False).digest == entry.digest
    except OSError:
        return False


def _target(place: Place, use: Use, to: str) -> tuple[bytes, bytes]:
    """Return the directory to write below, and the path in it. Raises `UsageError`, `ProvError`."""
    name = use.raw.lstrip(b"/") or os.fsencode(use.digest.partition(":")[2][:16])
    if to:
        return os.fsencode(os.path.join(place.session.cwd, to)), name
    if not use.path:
        raise UsageError(f"{use.digest[:13]} has no path of its own here", hint="say where to put it: --to DIR")
    if use.absolute:
        raise ProvError(
            f"{use.path} lies outside of the repository, nothing is written there",
            hint="put it somewhere else: --to DIR",
        )
    if place.session.repo.worktree is None:
        raise ProvError("there is no working tree here", hint="say where to put it: --to DIR")
    return os.fsencode(place.session.repo.worktree), name


def _entry(place: Place, use: Use) -> Entry:
    """Return the line of a listing that a use would be."""
    if gitfiles.is_gits(use.digest):
        return place.blobs.entry(use.digest, os.fsdecode(use.raw))
    if place.is_directory(use):
        return Entry("dir", _UNSTATED, use.digest, b"")
    return Entry("644", use.size, use.digest, b"")


def _carried_out(place: Place, sources: Sources, asked: _Asked, meter: Meter) -> Fetched:
    use, plan = asked.use, asked.plan
    if plan is None:
        return Fetched(use.path, MISSING, use.digest, use.size, use.files, reason=asked.reason)
    absent = [entry for entry in asked.lacking if not sources.has(entry.digest)]
    if absent:
        reason = last_seen(place, use, len(absent), asked.files)
        return Fetched(use.path, MISSING, use.digest, plan.size, plan.files, reason=reason)
    done = plan.carry_out(lambda entry, handle: sources.write(entry.digest, handle), meter)
    came = tuple(dict.fromkeys(sources.source(entry.digest) for entry in asked.lacking))
    state = FETCHED if done.written else SAME
    return Fetched(use.path, state, use.digest, plan.size, plan.files, came if done.written else ())
