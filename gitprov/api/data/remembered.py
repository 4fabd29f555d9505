"""What the last scans say of files that are to be brought: those that are as they should be are not read again."""

import os
import stat
from typing import Final, NamedTuple

from gitprov.api.data.place import Place
from gitprov.api.data.storing import scan_cache
from gitprov.artifacts.checkout import StandIn, always, never
from gitprov.artifacts.listing import Entry, differences
from gitprov.artifacts.scan import one, scan
from gitprov.errors import ProvError


class Seen(NamedTuple):
    """What of a path of the working tree is as it should be."""

    known: StandIn
    """Tells of a file whether it is."""
    files: int = 0
    """Where the whole is as it should be: how many files it has, and bytes."""
    size: int = 0


NOTHING: Final = Seen(never)


def seen(place: Place, path: bytes, entry: Entry) -> Seen:
    """Compare a path of the working tree with its entry, as `status` does. What cannot be compared is not known."""
    file = place.file_of(path)
    try:
        if os.path.realpath(file) != os.path.join(os.path.realpath(place.file_of(b"").rstrip(b"/")), path):
            return NOTHING  # nothing is written through a link
        mode = os.lstat(file).st_mode
        if entry.mode == "dir" and stat.S_ISDIR(mode):
            return _directory(place, path, file, entry)
        if entry.mode in ("644", "755") and entry.digest.startswith("b3:") and stat.S_ISREG(mode):
            found = one(file, cache=scan_cache(place.session))
            return Seen(always, 1, found.size) if found.digest == entry.digest and not found.skipped else NOTHING
    except (OSError, ProvError):  # the plan says what is amiss
        pass
    return NOTHING


def _directory(place: Place, path: bytes, file: bytes, entry: Entry) -> Seen:
    made: dict[str, bytes] = {}
    cache, listed = scan_cache(place.session), place.listings
    now = scan(file, cache=cache, sink=made.__setitem__, known=listed.__contains__)
    if now.digest == entry.digest:
        return Seen(always, now.files, now.size)

    def read(digest: str) -> bytes:
        return made[digest] if digest in made else place.read(digest)

    found = differences(entry.digest, now.digest, read)
    others = {os.path.join(path, one.path) for one in found if one.old is not None}
    return Seen(lambda below, _: below not in others)
