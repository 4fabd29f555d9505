"""Making a place for one reproduction, and taking it away again: at its end, at a failure, after a kill."""

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import NamedTuple, Self

from gitprov.capture.realpaths import is_inside
from gitprov.errors import NotFound, ProvError
from gitprov.gitrepo.repo import Repo
from gitprov.model.text import quote
from gitprov.records.layout import State
from gitprov.replay.place import checkout, submodules
from gitprov.replay.place.owned import Own, Owned, abandoned
from gitprov.replay.plan import Plan

_WORK = "work"
_SCRATCH = "scratch"
_WORKTREE, _STAYS = "worktree", "stays"


class Place(NamedTuple):
    """Where one run is run again."""

    repo: Repo
    """The person's own."""
    owned: Owned
    state: State
    """Of the run that is made here."""
    worktree: str
    """The top of the new worktree, without links."""
    stays: bool
    """Whether a person asked for it to be kept."""

    @classmethod
    def begin(cls, repo: Repo, state: State, name: str, directory: str = "") -> Self:
        """Take a place; `directory`, absolute, is where its worktree shall be, and stay. Raises `ProvError`, `OSError`.

        Nothing is checked out yet.
        """
        if directory and os.path.lexists(directory) and (not os.path.isdir(directory) or os.listdir(directory)):
            raise ProvError(
                f"{quote(directory)} is there and not empty", hint="name a directory that is yet to be made"
            )
        owned = Owned.make(state, name)
        # The name of the repository's own directory is what a program may take for the project's name.
        own = os.path.join(owned.directory, _WORK, os.path.basename(repo.worktree or "") or _WORK)
        if directory:
            directory = os.path.join(os.path.realpath(os.path.dirname(directory)), os.path.basename(directory))
        worktree = directory or os.path.realpath(own)
        place = cls(repo, owned, Own(state, owned.directory), worktree, bool(directory))
        try:
            owned.note({_WORKTREE: worktree})
            os.makedirs(os.path.dirname(worktree), exist_ok=True)
        except BaseException:
            place.leave()
            raise
        return place

    @property
    def scratch(self) -> str:
        """A directory for what is needed beside the worktree, made when it is first asked for."""
        path = os.path.join(self.owned.directory, _SCRATCH)
        os.makedirs(path, exist_ok=True)
        return path

    def check_out(self, plan: Plan) -> list[str]:
        """Put the exact code there; return what of it could not be had, in words. Raises `NotFound`, `GitFailed`."""
        checkout.add(self.repo, plan.commit, self.worktree)
        absent = [f"submodule {quote(path)}" for path in submodules.put(self.repo, self.worktree, plan.submodules)]
        absent += [f"{quote(path)} from Git LFS" for path in checkout.pointers(self.repo, self.worktree)]
        if self.stays:
            self.owned.note({_WORKTREE: self.worktree, _STAYS: True})
        return absent

    def cwd(self, plan: Plan) -> str:
        """The directory to run in. Raises `NotFound` where the code has none there, or it leads elsewhere."""
        path = os.path.join(self.worktree, plan.cwd) if plan.cwd else self.worktree
        real = os.path.realpath(path)
        if is_inside(real, self.worktree) and (os.path.isdir(real) or not os.path.lexists(path)):
            os.makedirs(real, exist_ok=True)  # git keeps no empty directory
            return real
        raise NotFound(f"{quote(plan.cwd)}, the directory that it ran in, is not in its code or leads out of it")

    def leave(self) -> None:
        """Take everything away, but for a worktree that is whole and is to stay."""
        if not (self.stays and _is_whole(self.owned)):
            _remove(self.repo, self.owned, self.worktree)
        self.owned.remove()


@contextlib.contextmanager
def place_for(repo: Repo, state: State, name: str, directory: str = "") -> Iterator[Place]:
    """Yield a place, and take it away whatever happens; see `Place.begin`."""
    place = None
    try:
        with _undisturbed():
            place = Place.begin(repo, state, name, directory)
        yield place
    finally:
        if place:
            with _undisturbed():
                place.leave()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Have signals that would end us wait: what is begun here is done whole."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def sweep(repo: Repo, state: State) -> None:
    """Take away what killed processes left: worktrees, what git knows of them, records in the making."""
    for owned in abandoned(state):
        about = owned.about()
        worktree = about.get(_WORKTREE)
        if isinstance(worktree, str) and os.path.isabs(worktree) and not about.get(_STAYS):
            _remove(repo, owned, worktree)
        owned.remove()


def _is_whole(owned: Owned) -> bool:
    return bool(owned.about().get(_STAYS))


def _remove(repo: Repo, owned: Owned, worktree: str) -> None:
    """Remove a worktree; one outside of the place only where git knows it: else it is not ours yet, or not any more."""
    if is_inside(worktree, os.path.realpath(owned.directory)) or checkout.is_known(repo, worktree):
        checkout.remove(repo, worktree)
