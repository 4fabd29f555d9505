"""The face of the room: a directory or a file to its digest."""

import os
import time
from collections.abc import Callable, Iterable

from blake3 import blake3

from gitprov.artifacts.hashing import Tell, digest_file
from gitprov.artifacts.scan.ahead import look_ahead
from gitprov.artifacts.scan.directory import Sink
from gitprov.artifacts.scan.reading import Keeper
from gitprov.artifacts.scan.remembered import Remembered
from gitprov.artifacts.scan.remembering import Remembering
from gitprov.artifacts.scan.result import Remarks, Scanned
from gitprov.artifacts.scan.tree import Plan, Walk
from gitprov.artifacts.scan.workers import Hire
from gitprov.artifacts.statcache import StatCache
from gitprov.errors import ProvError
from gitprov.model.text import quote


def scan(
    root: str | bytes,
    *,
    cache: str = "",
    sink: Sink | None = None,
    known: Callable[[str], bool] | None = None,
    keep: Keeper | None = None,
    missing: Callable[[Iterable[str]], list[str]] | None = None,
    tell: Tell | None = None,
    workers: int | Hire | None = None,
    clock: Callable[[], float] = time.time,
) -> Scanned:
    """Return the digest of a directory, and what had to be left out.

    `cache` is a directory for what is remembered from scan to scan; without it everything is read. `sink` gets every
    listing, but not those of directories that are as they were the last time and of which `known` says that it has
    them. `keep` gets the bytes of all files, also of those whose digest was remembered; with `missing` (which of these
    digests are not in the store) only of those that it lacks. `tell` hears of bytes that are done. `workers` is how
    many processes are forked, 0 for none; or what gives workers elsewhere.
    """
    path = os.fsencode(root)
    plan = Plan(path, sink, known, keep, missing, tell, workers, clock)
    place = _place(cache, path) if cache else ""
    before = Remembered(place if missing or not keep else "")
    after = Remembering(place, before)
    ahead = look_ahead(path, place) if before.is_there and workers != 0 else None
    try:
        return Walk(plan, before, after, ahead).run()
    finally:
        if ahead:
            ahead.close()
        after.commit()
        before.close()


def one(
    path: str | bytes,
    *,
    cache: str = "",
    keep: Keeper | None = None,
    tell: Tell | None = None,
    mapped: bool = True,
    clock: Callable[[], float] = time.time,
) -> Scanned:
    """Return the digest of a regular file, through symbolic links; ProvError when there is none."""
    memory = StatCache(os.path.join(cache, "files"), clock) if cache and not keep else None
    try:
        if keep:
            found = keep.keep(path, tell)
        else:
            found = memory.digest(path, tell) if memory else digest_file(path, tell, mapped=mapped)
        mode = "755" if os.stat(path).st_mode & 0o100 else "644"
    except OSError as error:
        raise ProvError(f"{quote(path)} cannot be read: {error.strerror}", hint="name a file or a directory") from error
    finally:
        if memory:
            memory.close()
    remarks = Remarks()
    if found.changed:
        remarks.skip(os.fsencode(os.path.basename(path)), "changed while it was read")
    return remarks.on(Scanned(found.digest, found.size, 1, mode=mode, hashed=1))


def _place(cache: str, root: bytes) -> str:
    """Return the file in which the scans of a directory are remembered."""
    return os.path.join(cache, f"{blake3(os.path.realpath(root)).hexdigest(length=8)}.scan")
