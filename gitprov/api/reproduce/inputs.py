"""What a run read, said before anything is fetched: where each input will come from, and what is nowhere."""

import os
from functools import cached_property
from typing import Final

from gitprov.api.data.catalog import INPUT, Use
from gitprov.api.data.gitfiles import is_gits
from gitprov.api.data.missing import last_seen
from gitprov.api.data.place import Place
from gitprov.errors import GitFailed, ProvError
from gitprov.gitrepo.worktree import tree_entries
from gitprov.model.reproduction import Read
from gitprov.replay.plan import Artifact, Plan

CODE: Final = "with the code"
_HERE: Final = "the working tree"
_PARTS: Final = "the working tree, and what is not the same there from elsewhere"
_STORE: Final = "the store"
_KNOWN: Final = "where a copy is known to be"
_REMOTES: Final = "as far as the store and remotes have it"
_OUTSIDE: Final = "outside of the repository"
_NONE: Final = -1


class Inputs:
    """The inputs of one run that have a digest, seen from this clone."""

    def __init__(self, place: Place, plan: Plan, at: str) -> None:
        self._place = place
        self._plan = plan
        self._at = at

    def look(self) -> list[Read]:
        """Say where each input will come from, by a look: nothing is read or fetched."""
        return [self._looked(one) for one in self._plan.inputs if one.digest]

    def to_place(self) -> list[Use]:
        """Return what has to be put beside the code: all but what comes with it, and what is outside."""
        return [
            self.use(one) for one in self._plan.inputs if one.digest and not one.absolute and not self._is_code(one)
        ]

    def outside(self) -> list[Artifact]:
        """Return what was read outside of the repository."""
        return [one for one in self._plan.inputs if one.digest and one.absolute]

    def nowhere(self) -> list[str]:
        """Return the digests of inputs that are not here, nor known to be anywhere."""
        inside = (one for one in self._plan.inputs if one.digest and not one.absolute)
        return [one.digest for one in inside if self._where(one) in ("", _REMOTES) and not self._is_whole(one)]

    def _is_whole(self, one: Artifact) -> bool:
        """Tell whether all files of a directory are at hand, or a remote may have them."""
        if self._place.settings.remotes:
            return True
        try:
            leaves = [entry for _, entry in self._place.leaves(self.use(one)) if entry.mode != "link"]
        except ProvError:
            return False
        return one.files != 1 and not self._place.store.missing(entry.digest for entry in leaves)

    def use(self, one: Artifact) -> Use:
        """Return an input as a use of data."""
        return Use(one.path, one.digest, one.size, one.files, self._at, INPUT, self._plan.run)

    @cached_property
    def _blobs(self) -> dict[str, str]:
        """The blobs that the exact commit has at the paths of inputs."""
        paths = [os.fsdecode(one.raw) for one in self._plan.inputs if not one.absolute]
        try:
            found = tree_entries(self._place.session.repo, self._plan.commit, paths)
        except GitFailed:  # the commit is not here, which is said elsewhere
            return {}
        return {path: entry.oid for path, entry in found.items()}

    def _is_code(self, one: Artifact) -> bool:
        return is_gits(one.digest) and one.digest == f"git:{self._blobs.get(os.fsdecode(one.raw), '')}"

    def _looked(self, one: Artifact) -> Read:
        if one.absolute:
            there = os.path.lexists(one.raw)
            return Read(one.path, one.size, _OUTSIDE if there else "", "" if there else "it is not on this machine")
        where = self._where(one)
        return Read(one.path, one.size, where, "" if where else last_seen(self._place, self.use(one), 1, 1))

    def _where(self, one: Artifact) -> str:
        if self._is_code(one):
            return CODE
        if self._size_here(one) == one.size:
            return _HERE
        if one.files != 1 and self._is_directory_here(one):
            return _PARTS
        if one.digest.startswith("b3:") and self._place.store.has(one.digest):
            return _STORE
        known = self._place.known.get(one.digest)
        if known and known.copies:
            return _KNOWN
        if os.fsdecode(one.raw) in self._blobs:
            return CODE
        return _REMOTES if self._place.settings.remotes or one.files != 1 else ""

    def _is_directory_here(self, one: Artifact) -> bool:
        return self._place.session.repo.worktree is not None and os.path.isdir(self._place.file_of(one.raw))

    def _size_here(self, one: Artifact) -> int:
        """Return how large the file is in the person's working tree; -1 where it is none, or a directory."""
        if self._place.session.repo.worktree is None:
            return _NONE
        file = self._place.file_of(one.raw)
        try:
            return os.stat(file).st_size if os.path.isfile(file) else _NONE
        except OSError:
            return _NONE
