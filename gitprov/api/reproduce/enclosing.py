"""What a command is enclosed in when it is run again: a sandbox, a view of its place at another path, or nothing."""

import os
from typing import NamedTuple

import gitprov
from gitprov.api.environments import world
from gitprov.api.session import Session
from gitprov.replay import sandbox
from gitprov.replay.place.making import Place
from gitprov.replay.place.shown import Shown


class Enclosure(NamedTuple):
    """What one command is enclosed in."""

    session: Session
    """The person's."""
    place: Place
    python: str
    """The interpreter that it uses; `""` where none is known."""
    is_confined: bool
    """Whether it is kept from writing elsewhere and from the network."""

    def command(self, words: list[str], cwd: str, shown: Shown | None) -> list[str]:
        """Return the words that run a command in the directory `cwd` of the place. Raises `ProvError`."""
        seen = shown.there(cwd) if shown else cwd
        if self.is_confined:
            return sandbox.command(sandbox.find(world(self.session)), words, self._holds, seen, shown)
        if shown:
            return sandbox.unconfined(sandbox.find(world(self.session), "--same-path"), words, shown, seen)
        return words

    def shown(self, there: Session, path: str) -> Shown:
        """Return how the place is shown at `path`; `there` is the session of what is run in it."""
        programs = [os.path.dirname(entry) for entry in there.environ.get("PATH", "").split(os.pathsep) if entry]
        own = (self.place.owned.directory, world(self.session).cache, os.path.dirname(gitprov.__file__))
        needed = (self.session.repo.common_dir, *own, *programs, *self._prefixes)
        return Shown(self.place.worktree, os.path.realpath(path), there.repo.git_dir, needed)

    @property
    def _holds(self) -> sandbox.Holds:
        repo, home = self.session.repo, self.session.environ.get("HOME", "")
        readable = (*self._prefixes, repo.worktree or repo.common_dir, repo.common_dir)
        writable = (self.place.owned.directory, self.place.worktree)
        return sandbox.Holds(writable, readable, home if os.path.isabs(home) else "")

    @property
    def _prefixes(self) -> list[str]:
        """The directories in which the interpreter and its packages stand."""
        paths = (self.python, os.path.realpath(self.python)) if self.python else ()
        return sorted({os.path.dirname(os.path.dirname(path)) for path in paths} - {"/", "/usr"})
