"""Files that only stand for bytes, as pointers of Git LFS do: the bytes themselves may take their place."""

import os

from gitprov.api.data.place import Place
from gitprov.artifacts.checkout import StandIn
from gitprov.artifacts.elsewhere.finding import pointer_at
from gitprov.artifacts.elsewhere.location import Location
from gitprov.artifacts.listing import Entry


def pointers_below(place: Place, root: bytes) -> StandIn:
    """Return what tells whether a file below `root` is a pointer to the very bytes that are to be written there."""

    def stands_for(path: bytes, entry: Entry) -> bool:
        file = os.fsdecode(os.path.join(root, path))
        known = place.known.get(entry.digest)
        if known is None or os.path.islink(file):  # a link of git-annex is how it keeps a file
            return False
        here = pointer_at(file)
        return here is not None and any(_names(here, Location.of(copy.location.plain())) for copy in known.copies)

    return stands_for


def _names(here: Location, said: Location) -> bool:
    """Whether a pointer names what somebody said that another tool has: the same object, of the same size."""
    return here == said._replace(size=here.size if said.size is None else said.size)
