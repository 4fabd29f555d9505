"""One change of this clone's refs: objects first, refs last in one transaction, tried again when it lost a race."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from gitprov.errors import LostRace, ProvError
from gitprov.gitrepo.objects import Objects, Signature
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.refs import MISSING, Ref, RefUpdate, list_refs, update
from gitprov.gitrepo.repo import Repo
from gitprov.records.layout import NOTES, OURS, ROOT, State
from gitprov.records.lock import pause, writing

if TYPE_CHECKING:
    from gitprov.records.signing import Signing

_ATTEMPTS = 40
_STALE_SECONDS = 2.0
_STALE_NOTES_SECONDS = 5.0

_T = TypeVar("_T")


class Change:
    """What the refs hold, with what this attempt has made of them so far laid over it."""

    def __init__(self, repo: Repo, signing: "Signing | None" = None) -> None:
        self.repo = repo
        self.signing = signing
        """What signs the records; `None` where they are not signed."""
        self.remarks: list[str] = []
        """What a person should hear of this change."""
        self.objects = Objects(repo.object_format)
        self.who = Signature(repo.identity, int(time.time()))
        self._reader = CatFile(repo).start()
        self._found = {ref.name: ref for ref in list_refs(repo.git, ROOT, NOTES)}
        self._now = dict(self._found)

    def refs(self) -> list[Ref]:
        """All refs of ours, those of remotes included."""
        return list(self._now.values())

    def tip(self, name: str) -> str:
        """What a ref names; "" when there is none, or when what it names is gone: nothing is built on that."""
        found = self._now.get(name)
        return found.oid if found and found.kind != MISSING else ""

    def stored_tip(self, name: str) -> str:
        """What a ref named before this change; "" when there was none."""
        found = self._found.get(name)
        return found.oid if found else ""

    def move(self, name: str, oid: str, kind: str = "commit") -> None:
        """Let a ref name another object, once the change is carried out."""
        self._now[name] = Ref(name, oid, kind)

    def remove(self, name: str) -> None:
        """Let a ref go, once the change is carried out."""
        self._now.pop(name, None)

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
        """The refs that move, each from where it was read; what was gone and is there again moves, too."""
        moved = [ref for name, ref in self._now.items() if ref != self._found.get(name)]
        removed = [ref for name, ref in self._found.items() if name not in self._now]
        return [
            *(RefUpdate(ref.name, ref.oid, self.stored_tip(ref.name)) for ref in moved),
            *(RefUpdate(ref.name, "", ref.oid) for ref in removed),
        ]

    def carry_out(self) -> None:
        """Store the objects, then move the refs. Raises `LostRace`, `GitFailed`."""
        updates = self.updates()
        if updates:
            self.objects.store(self.repo.git)
            update(self.repo, updates)

    def close(self) -> None:
        """Let go of git."""
        self._reader.close()


def attempt(repo: Repo, state: State, build: Callable[[Change], _T], signing: "Signing | None" = None) -> _T:
    """Build a change and carry it out, in the queue of this clone's writers; again when another one was quicker.

    Records are signed by `signing`, or else as this clone is configured. Raises `LostRace` when others were quicker
    many times, `GitFailed` when git cannot write.
    """
    signing = signing or _configured(repo)
    with writing(state) as alone:
        for number in range(_ATTEMPTS):
            change = Change(repo, signing)
            try:
                result = build(change)
                change.carry_out()
            except LostRace:
                if number + 1 == _ATTEMPTS:
                    raise
                if alone:
                    _remove_stale_locks(repo, change)
                pause(number)
            else:
                return result
            finally:
                change.close()
    raise AssertionError("unreachable")


def _configured(repo: Repo) -> "Signing | None":
    if not repo.config.all("prov.sign"):
        return None
    from gitprov.records.signing import configured

    return configured(repo)


def _remove_stale_locks(repo: Repo, change: Change) -> None:
    """Take away the lock of a ref of ours that a killed git left behind.

    Only this clone's writers lock these refs, and of those only the caller is at work: a lock older than any git call
    lasts has no owner. The notes view a person's own git may write, too: it is given more time.
    """
    for moved in change.updates():
        ours = moved.ref.startswith(OURS)
        if not ours and moved.ref != NOTES:
            continue
        path = os.path.join(repo.common_dir, moved.ref + ".lock")
        try:
            age = time.time() - os.stat(path).st_mtime
            if age > (_STALE_SECONDS if ours else _STALE_NOTES_SECONDS):
                os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            hint = "a killed git left it; remove it"
            raise ProvError(f"{path} cannot be removed: {error.strerror}", hint=hint) from None
