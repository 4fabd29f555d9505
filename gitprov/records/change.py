"""One change of this clone's refs: objects first, refs last in one transaction, tried again when it lost a race."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

from gitprov.errors import LostRace, ProvError
from gitprov.gitrepo.objects import Objects, Signature
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.refs import Ref, RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from gitprov.records.layout import NOTES, OURS, ROOT
from gitprov.records.lock import pause

_ATTEMPTS = 40
_STALE_LOCK_SECONDS = 2.0

_T = TypeVar("_T")


class Change:
    """What the refs hold, with what this attempt has made of them so far laid over it."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.objects = Objects(repo.object_format)
        self.who = Signature(repo.identity, int(time.time()))
        self._reader = CatFile(repo).start()
        self._found = {ref.name: ref for ref in list_refs(repo.git, ROOT, NOTES)}
        self._now = dict(self._found)

    def refs(self) -> list[Ref]:
        """All refs of ours, those of remotes included."""
        return list(self._now.values())

    def tip(self, name: str) -> str:
        """What a ref names; "" when there is none."""
        found = self._now.get(name)
        return found.oid if found else ""

    def stored_tip(self, name: str) -> str:
        """What a ref named before this change; "" when there was none."""
        found = self._found.get(name)
        return found.oid if found else ""

    def move(self, name: str, oid: str, kind: str = "commit") -> None:
        """Let a ref name another object, once the change is carried out."""
        self._now[name] = Ref(name, oid, kind)

    def read(self, name: str) -> bytes:
        """The bytes of an object, those made here included; `name` may be any revision. Empty when there is none."""
        pending = self.objects.pending(name)
        if pending is not None:
            return pending
        found = self._reader.get(name) if name else None
        return found.data if found else b""

    def oid(self, name: str) -> str:
        """The object a revision names; "" when there is none."""
        found = self._reader.get(name)
        return found.oid if found else ""

    def is_commit(self, oid: str) -> bool:
        """Whether there is such a commit."""
        found = self._reader.get(oid)
        return found is not None and found.kind == "commit"

    def tree_of(self, commit: str) -> str:
        """The tree of a commit; "" when it is none."""
        data = self.read(commit)
        return data[5 : data.index(b"\n")].decode("ascii") if data.startswith(b"tree ") else ""

    def updates(self) -> list[RefUpdate]:
        """The refs that move, each from where it was read."""
        return [
            RefUpdate(name, ref.oid, self.stored_tip(name))
            for name, ref in self._now.items()
            if ref.oid != self.stored_tip(name)
        ]

    def carry_out(self) -> bool:
        """Store the objects, then move the refs. Returns whether any moved. Raises `LostRace`, `GitFailed`."""
        updates = self.updates()
        if updates:
            self.objects.store(self.repo.git)
            update(self.repo, updates)
        return bool(updates)

    def close(self) -> None:
        """Let go of git."""
        self._reader.close()


def attempt(repo: Repo, build: Callable[[Change], _T]) -> _T:
    """Build a change and carry it out; again from the start when another writer was quicker.

    Raises `LostRace` when others were quicker many times, `GitFailed` when git cannot write.
    """
    for number in range(_ATTEMPTS):
        change = Change(repo)
        try:
            result = build(change)
            change.carry_out()
        except LostRace:
            if number + 1 == _ATTEMPTS:
                raise
            _remove_stale_locks(repo, change)
            pause(number)
        else:
            return result
        finally:
            change.close()
    raise AssertionError("unreachable")


def _remove_stale_locks(repo: Repo, change: Change) -> None:
    """Take away the lock of a ref of ours that a killed git left behind.

    Only this clone's writers lock these refs, and they stand in the queue of `records.lock`; a lock older than any
    git call lasts has no owner. Refs that the user's own git may write are never touched.
    """
    for moved in change.updates():
        path = os.path.join(repo.common_dir, moved.ref + ".lock")
        if not moved.ref.startswith(OURS):
            continue
        try:
            age = time.time() - os.stat(path).st_mtime
            if age > _STALE_LOCK_SECONDS:
                os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            hint = "a killed git left it; remove it"
            raise ProvError(f"{path} cannot be removed: {error.strerror}", hint=hint) from None
