"""Where the bytes of a path are known to live: what Git LFS, git-annex and DVC wrote about it.

Only claims are read, and only where there are marks of the tool: a path without any costs two looks at the file
system. Whether the file is still what a claim says is for `proof` to tell; one whose size has changed is left out here.
"""

import os
import stat
from collections.abc import Iterator

from gitprov.artifacts.elsewhere.blobs import staged, staged_below
from gitprov.artifacts.elsewhere.dvc import finding as dvc
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.elsewhere.texts import LARGEST, linked, pointed
from gitprov.gitrepo.process import raw


def locate(path: str, world: World) -> list[Location]:
    """Return the places of one file, or directory of DVC; `path` is relative to the top, surrogate-escaped."""
    found = pointer_at(world.path(path))
    if found is None and _may_be_staged(path, world):
        found = staged(path, world)
    places = [*([found] if found else []), *dvc.locate(path, world)]
    return [location for location in places if _fits(path, location, world)]


def locate_tree(root: str, world: World) -> Iterator[tuple[str, Location]]:
    """Yield each path at or below `root` that has a place, with the place; a path may come twice.

    For a directory of DVC both come, the directory and, where its listing is in the local cache, each of its files.
    """
    for path, location in staged_below(root, world):
        if _fits(path, location, world):
            yield path, location
    for path, location in dvc.locate_tree(root, world):
        if _fits(path, location, world):
            yield path, location


def pointer_at(file: str) -> Location | None:
    """Return what a file or symbolic link stands for, where it is a pointer of Git LFS or git-annex itself."""
    try:
        status = os.lstat(file)
        if stat.S_ISLNK(status.st_mode):
            return linked(raw(os.readlink(file)))
        if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
            with open(file, "rb") as opened:
                return pointed(opened.read(LARGEST + 1))
    except OSError:
        pass
    return None


def _may_be_staged(path: str, world: World) -> bool:
    """Tell whether git may have staged a pointer: the file is gone, or tools are at work here that put it in bytes."""
    absolute = world.path(path)
    if not os.path.lexists(absolute):
        return True
    filters = (os.path.join(world.repo.common_dir, name) for name in ("lfs", "annex"))
    return os.path.isfile(absolute) and any(map(os.path.isdir, filters))


def _fits(path: str, location: Location, world: World) -> bool:
    """Tell whether the file may be what a claim is about: it is gone, stands for other bytes, or has their number."""
    absolute = world.path(path)
    try:
        status = os.stat(absolute)
    except OSError:
        return True
    if stat.S_ISDIR(status.st_mode) or location.size is None:
        return stat.S_ISDIR(status.st_mode) == location.md5.endswith(".dir")
    return status.st_size == location.size or (status.st_size <= LARGEST and pointer_at(absolute) is not None)
