"""Which bytes a blob of Git stands for on disk: a run recorded those, and Git may keep them in another form.

Git changes line ends and encodings, filters put a short pointer in place of a large file, git-annex a link.
"""

import os
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from gitprov.api.session import Session
from gitprov.artifacts.elsewhere import annex, lfs
from gitprov.artifacts.elsewhere.dvc.outs import SUFFIX, Out, parse
from gitprov.artifacts.elsewhere.location import ANNEX, DVC, LFS, Location, World
from gitprov.artifacts.elsewhere.proof import proves
from gitprov.artifacts.elsewhere.texts import LARGEST, linked, pointed
from gitprov.artifacts.hashing import digest_bytes, digest_file
from gitprov.errors import ProvError
from gitprov.gitrepo import changes as git
from gitprov.gitrepo.read import CatFile
from gitprov.records import pointers

_TOOLS = {LFS: "Git LFS", ANNEX: "git-annex", DVC: "DVC"}
_FETCH = {LFS: "git lfs pull", ANNEX: "git annex get", DVC: "dvc pull"}
_AT_HAND = {LFS: lfs.at_hand, ANNEX: annex.at_hand}
_DVC_LARGEST = 1 << 20


class Unknown(NamedTuple):
    """Why something cannot be told, and what would help."""

    reason: str
    help: str


class Contents:
    """Tells the digests that blobs may have been recorded under; each blob is read once and not kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._world = World(session.repo, session.environ)
        self._reader = CatFile(session.repo)
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self.unknown: dict[str, Unknown] = {}
        """Why what a blob stands for cannot be told, by blob."""

    def digests(self, path: str, mode: str, blob: str) -> Iterator[str]:
        """Give every digest that a run may have recorded for a blob at a path, the likeliest first."""
        yield f"git:{blob}"
        key = (path, blob)
        if key in self._known:
            yield from self._known[key]
            return
        found: list[str] = []
        for digest in self._read(path, mode, blob):
            if digest not in found:
                found.append(digest)
                yield digest
        self._known[key] = tuple(found)

    def out(self, path: str, mode: str, blob: str) -> Out | None:
        """Return what a `.dvc` file at a path stands for, where that is one thing; `None` for any other file."""
        if not is_stand_in(path) or mode == git.SYMLINK:
            return None
        outs = parse(self._data(blob, _DVC_LARGEST) or b"", path)
        return outs[0] if len(outs) == 1 and outs[0].path else None

    def pointer(self, mode: str, blob: str) -> Location | None:
        """Return what a blob points to; `None` where it is a file of its own."""
        data = self._data(blob, LARGEST)
        return _location(mode, data) if data is not None else None

    def close(self) -> None:
        """Let go of git."""
        self._reader.close()

    def _read(self, path: str, mode: str, blob: str) -> Iterator[str]:
        data = self._data(blob)
        if data is None:
            self.unknown[blob] = Unknown(f"git has no blob {blob[:12]}", "look at git fsck")
            return
        yield digest_bytes(data)
        location = _location(mode, data)
        if out := self.out(path, mode, blob):
            yield from self._pointed(out.path, blob, Location(DVC, md5=out.md5))
        elif location is not None:
            yield from self._pointed(path, blob, location)
        elif mode != git.SYMLINK:
            yield from self._converted(path, blob, data)

    def _converted(self, path: str, blob: str, data: bytes) -> Iterator[str]:
        """What Git makes of the blob when it writes it here, and what it makes of it on a system with other lines."""
        if b"\0" not in data[:8000]:
            unix = data.replace(b"\r\n", b"\n")
            yield digest_bytes(unix)
            yield digest_bytes(unix.replace(b"\n", b"\r\n"))
        written = git.smudged(self._session.repo, path, blob)
        if written is not None:
            yield digest_bytes(written)

    def _pointed(self, path: str, blob: str, location: Location) -> Iterator[str]:
        """The digest of what a pointer stands for: as somebody has said, or from the bytes, where they are here."""
        if said := self._said.get(_name(location)):
            yield said
            return
        top = self._session.repo.worktree
        at_hand = _AT_HAND[location.kind](location, self._world) if location.kind in _AT_HAND else []
        places = [*at_hand, *([os.path.join(top, path)] if top else [])]
        for place in filter(os.path.isfile, places):
            try:
                if proves(location, place):
                    yield digest_file(place).digest
                    return
            except (OSError, ProvError):
                continue
        tool = _TOOLS[location.kind]
        reason = f"it is a pointer of {tool}, and neither its bytes nor a word on their digest are here"
        self.unknown[blob] = Unknown(reason, f"{_FETCH[location.kind]}, or where the bytes are: git prov data add")

    @cached_property
    def _said(self) -> dict[tuple[str, str], str]:
        """Digests by what other tools call the same bytes, as statements have it."""
        known = pointers.known(self._session.repo).pointers
        return {
            _name(Location.of(copy.location.plain())): digest
            for digest, pointer in known.items()
            for copy in pointer.copies
            if copy.location.kind in _TOOLS
        }

    def _data(self, blob: str, limit: int | None = None) -> bytes | None:
        found = next(iter(self._reader.many([blob], limit)), None)
        return found.data if found is not None and found.kind == "blob" else None


def is_stand_in(path: str) -> bool:
    """Whether a file stands for another one beside it, by its name."""
    return path.endswith(SUFFIX)


def _location(mode: str, data: bytes) -> Location | None:
    return linked(data) if mode == git.SYMLINK else pointed(data)


def _name(location: Location) -> tuple[str, str]:
    return location.kind, location.oid or location.key or location.md5
