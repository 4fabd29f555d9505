"""Git LFS: objects in the local store by their SHA-256, the others through `git lfs`."""

import os

from gitprov.artifacts.elsewhere.delivery import Delivery, copy
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.elsewhere.programs import deliver, demand
from gitprov.artifacts.elsewhere.texts import OID, SIZE_LIMIT, lfs_pointer
from gitprov.errors import InvalidRecord, NotFound
from gitprov.model.text import visible

# Whatever the person has set: the bytes are asked for now. A server that has none of them must say so.
_ENVIRONMENT = {"GIT_LFS_SKIP_SMUDGE": "0", "GIT_LFS_SKIP_DOWNLOAD_ERRORS": "0", "GIT_TERMINAL_PROMPT": "0"}


def at_hand(location: Location, world: World) -> list[str]:
    """Return where the local store would have the object."""
    oid = _oid(location)
    store = os.path.join(world.repo.common_dir, world.repo.config.get("lfs.storage", "lfs"))
    return [os.path.join(store, "objects", oid[:2], oid[2:4], oid)]


def fetch(location: Location, delivery: Delivery, world: World) -> None:
    """Deliver an object, from the local store or through `git lfs smudge`, which keeps it there as well."""
    path = next(filter(os.path.isfile, at_hand(location, world)), None)
    if path is not None:
        return copy(path, delivery)
    oid, size = _oid(location), location.size if location.size is not None else delivery.size
    what = f"the Git LFS object {oid[:12]}"
    if size is None or not 0 <= size < SIZE_LIMIT:
        raise NotFound(f"{what} is not in this repository, and without its size Git LFS cannot be asked for it")
    demand("git-lfs", what, world)
    deliver(("lfs", "smudge"), lfs_pointer(oid, size), delivery, world, _ENVIRONMENT)
    return delivery.finish("Git LFS")


def _oid(location: Location) -> str:
    if not OID.fullmatch(location.oid):
        raise InvalidRecord(f"{visible(location.oid)[:80]!r} is not the name of a Git LFS object")
    return location.oid
