"""The pointers that git has staged: a file may hold its real bytes while the index holds what stands for them."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.elsewhere.texts import LARGEST, linked, pointed
from gitprov.gitrepo.process import raw, text
from gitprov.gitrepo.read import CatFile

_LINK = "120000"
_FILES = frozenset({"100644", "100755"})
_HERE_ONLY = {"GIT_NO_LAZY_FETCH": "1"}  # to look something up must not fetch from a partial clone's remote


class _Staged(NamedTuple):
    path: str
    oid: str
    link: bool


def staged(path: str, world: World) -> Location | None:
    """Return what the staged blob of one path points to."""
    return next((location for at, location in _pointers(":(top,literal)", path, world) if at == path), None)


def staged_below(root: str, world: World) -> Iterator[tuple[str, Location]]:
    """Yield the paths at and below `root` whose staged blob is a pointer, each with what it points to.

    Where there is no annex, only what git's attributes give to Git LFS is looked at.
    """
    magic = ":(top,literal)" if _annexed(world) else ":(top,literal,attr:filter=lfs)"
    return _pointers(magic, root, world)


def _pointers(magic: str, root: str, world: World) -> Iterator[tuple[str, Location]]:
    listed = list(_listed(magic + root, world))
    small = _small({entry.oid for entry in listed}, world)
    found = _read(small, {entry.oid: entry.link for entry in listed}, world)
    for entry in listed:
        if location := found.get(entry.oid):
            yield entry.path, location


def _listed(pathspec: str, world: World) -> Iterator[_Staged]:
    if world.repo.worktree is None:
        return
    output = world.repo.git.run("ls-files", "-s", "-z", "--full-name", "--", pathspec)
    for item in text(output).split("\0")[:-1]:
        words, _, path = item.partition("\t")
        mode, oid, stage = words.split(" ")
        if stage == "0" and (mode == _LINK or mode in _FILES):
            yield _Staged(path, oid, mode == _LINK)


def _annexed(world: World) -> bool:
    """Tell whether this is git-annex's repository, or a clone of one that it has not seen yet."""
    if os.path.isdir(os.path.join(world.repo.common_dir, "annex")):
        return True
    branches = ("refs/heads/git-annex", "refs/remotes/*/git-annex")
    return bool(world.repo.git.run("for-each-ref", "--count=1", *branches))


def _small(oids: set[str], world: World) -> list[str]:
    """Those blobs that are short enough to be pointers."""
    if not oids:
        return []
    asked = "".join(f"{oid}\n" for oid in sorted(oids))
    lines = world.repo.git.run(
        "cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", data=raw(asked), env=_HERE_ONLY
    )
    answers = (line.split(" ") for line in text(lines).splitlines())
    return [words[0] for words in answers if len(words) == 3 and words[1] == "blob" and int(words[2]) <= LARGEST]


def _read(oids: list[str], is_link: dict[str, bool], world: World) -> dict[str, Location]:
    reader = CatFile(world.repo)
    try:
        blobs = [(blob.oid, blob.data) for blob in reader.many(oids, LARGEST)]
    finally:
        reader.close()
    read = ((oid, linked(data) if is_link[oid] else pointed(data)) for oid, data in blobs)
    return {oid: location for oid, location in read if location}
