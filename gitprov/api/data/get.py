"""Bringing data back: from the nearest place that has it, verified, and never over what is there."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from gitprov.api.data import gitfiles
from gitprov.api.data.catalog import INPUT, OUTPUT, Use
from gitprov.api.data.known import by_path
from gitprov.api.data.meter import Meter
from gitprov.api.data.missing import last_seen
from gitprov.api.data.naming import named
from gitprov.api.data.place import Place
from gitprov.api.data.remembered import NOTHING, seen
from gitprov.api.data.sources import Sources
from gitprov.api.data.standins import pointers_below
from gitprov.api.data.targets import refuse_unwritable, target
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.artifacts.checkout import Plan, plan_all
from gitprov.artifacts.hashing import digest_file
from gitprov.artifacts.listing import Entry
from gitprov.errors import NotFound, UsageError
from gitprov.model.data import FETCHED, MISSING, SAME, Answer, Fetched
from gitprov.model.text import quote, single_line

_UNSTATED = -1  # the size of a directory is in its listing


class GetOptions(NamedTuple):
    """What a person may ask of `git prov data get`."""

    what: Sequence[str]
    to: str = ""
    remote: str = ""
    force: bool = False
    which: str = ""
    """Of a run: `input`, `output`, or "" for both."""
    partial: bool = False
    """Write what can be had and written here, and leave the rest out."""


class _Asked(NamedTuple):
    """A use, and the plan of what is to be written; None where all is there, or it cannot be planned for a reason."""

    use: Use
    plan: Plan | None
    reason: str = ""
    files: int = 0
    size: int = 0
    lacking: Sequence[tuple[bytes, Entry]] = ()
    """Those of its files that are not where they belong, by their paths."""


def get(session: Session, options: GetOptions, progress: Progress | None = None) -> Answer[Fetched]:
    """Bring what is named. What is missing is among the answers; nothing of it was written, but with `partial`.

    Raises `NotFound` for a name, and `ProvError`, before anything is written, where it may not be written.
    """
    roles = (options.which,) if options.which else (INPUT, OUTPUT)
    with Place(session) as place:
        if options.remote:
            place.settings.remote(options.remote)
        _refuse_roles(place, options)
        uses = named(place, options.what, roles)
        asked = [_planned(place, use, options) for use in uses]
        size = sum(one.plan.size for one in asked if one.plan)
        meter = Meter(progress, size, passes=2)  # into the store, and to where they belong
        meter(size - sum(entry.size for one in asked for _, entry in one.lacking))
        sources = Sources(place, options.remote, meter)
        sources.gather({entry.digest: entry.size for one in asked for _, entry in one.lacking}, uses)
        return Answer([_carried_out(place, sources, one, meter, options) for one in asked], place.problems)


def _refuse_roles(place: Place, options: GetOptions) -> None:
    """Only a run has inputs and outputs. Raises `UsageError`."""
    for word in options.what if options.which else ():
        if word.startswith(("b3:", "git:")) or by_path(place, word):
            raise UsageError(
                f"{single_line(word, 80)} is no run, and only a run has inputs and outputs",
                hint="leave --inputs and --outputs out",
            )


def _planned(place: Place, use: Use, options: GetOptions) -> _Asked:
    root, path = target(place, use, options.to)
    try:
        entry = _entry(place, use)
        there = NOTHING if options.to else seen(place, path, entry)
        if there.files:
            return _Asked(use, None, files=there.files, size=there.size)
        stand_in = pointers_below(place, root)
        partial = options.partial
        plan = plan_all(
            [(path, entry)],
            place.read,
            root,
            force=options.force,
            portable=not partial,
            partial=partial,
            stand_in=stand_in,
            known=there.known,
        )
    except NotFound as error:  # a listing that is nowhere here
        return _Asked(use, None, error.message)
    files = [(path, entry) for path, entry in plan.entries() if entry.mode in ("644", "755")]
    lacking = [(path, entry) for path, entry in files if not _is_there(plan, path, entry)]
    if lacking:
        refuse_unwritable(os.path.join(root, path))
    return _Asked(use, plan, files=len(files), size=plan.size, lacking=lacking)


def _is_there(plan: Plan, path: bytes, entry: Entry) -> bool:
    """Whether a file is there already: without force, one with other bytes would have been refused in planning."""
    if plan.known(path, entry):
        return True
    file = os.path.join(plan.root, path)
    try:
        found = os.lstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
            return False
        return not plan.force or digest_file(file, follow=False).digest == entry.digest
    except OSError:
        return False


def _entry(place: Place, use: Use) -> Entry:
    """Return the line of a listing that a use would be."""
    if gitfiles.is_gits(use.digest):
        return place.blobs.entry(use.digest, os.fsdecode(use.raw))
    if place.is_directory(use):
        return Entry("dir", _UNSTATED, use.digest, b"")
    return Entry("644", use.size, use.digest, b"")


def _carried_out(place: Place, sources: Sources, asked: _Asked, meter: Meter, options: GetOptions) -> Fetched:
    use, plan = asked.use, asked.plan
    if plan is None and asked.reason:
        return Fetched(use.path, MISSING, use.digest, use.size, use.files, reason=asked.reason)
    if plan is None:
        return Fetched(use.path, SAME, use.digest, asked.size, asked.files)
    absent = [(path, entry) for path, entry in asked.lacking if not sources.has(entry.digest)]
    reason = last_seen(place, use, len(absent), asked.files) if absent else ""
    missing = tuple(quote(path) for path, _ in absent)
    left_out = tuple((quote(path), why) for path, why in plan.left_out.items() if why)
    if absent and (not options.partial or len(absent) == asked.files):
        return Fetched(use.path, MISSING, use.digest, plan.size, plan.files, (), reason, missing, left_out)
    plan = plan.without({path: reason for path, _ in absent})
    done = plan.carry_out(lambda entry, handle: sources.write(entry.digest, handle), meter)
    came = tuple(dict.fromkeys(sources.source(entry.digest) for _, entry in asked.lacking)) if done.written else ()
    came = tuple(source for source in came if source)
    state = FETCHED if done.written else SAME
    files = plan.files - len(missing) - len(left_out)
    size = plan.size - sum(entry.size for _, entry in absent)
    return Fetched(use.path, state, use.digest, size, files, came, reason, missing, left_out)
