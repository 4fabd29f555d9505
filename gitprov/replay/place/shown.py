"""A place that its command sees at another path: the one at which the repository stood when the run was recorded.

A record does not hold that path, which may have a person's name in it: whoever wants it says it. bubblewrap mounts the
place there, for the command alone; nothing on the machine is changed, the path need not even exist.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from gitprov.capture.realpaths import is_inside
from gitprov.errors import ProvError, UsageError
from gitprov.model.text import quote

_GIT: Final = ".git"
_ITS_OWN: Final = ("HEAD", "index")
"""What a linked worktree has for itself of what git keeps."""
_MOST: Final = 2000
"""Entries of a directory that are each mounted again."""


class Shown(NamedTuple):
    """Where a place is, and where its command sees it."""

    worktree: str
    path: str
    admin: str
    """What git keeps of the worktree."""
    needed: Sequence[str] = ()
    """Directories that the command needs as well: those below `path` would be covered."""

    def there(self, path: str) -> str:
        """Return where the command sees a path of this machine."""
        if not is_inside(path, self.worktree):
            return path
        return os.path.join(self.path, os.path.relpath(path, self.worktree)).removesuffix("/.")

    @property
    def kept(self) -> list[str]:
        """What is seen below the path as it is on this machine."""
        inside = {path for path in self.needed if is_inside(path, self.path) and path != self.path}
        return sorted(path for path in inside if os.path.exists(path) and not is_inside(path, self.worktree))

    def mounts(self, option: str = "--bind") -> list[str]:
        """Return the words that have bubblewrap mount the place; what is kept below it, by `option`."""
        words = ["--bind", self.worktree, self.path]
        for path in self.kept:
            words += [option, path, path]
        if self._covers_git:
            for name in _ITS_OWN:
                own = os.path.join(self.admin, name)
                words += ["--ro-bind", own, os.path.join(self.path, _GIT, name)] if os.path.exists(own) else []
        return words

    @property
    def _covers_git(self) -> bool:
        """Whether the repository's own git directory stands where the worktree has a file of that name."""
        return os.path.join(self.path, _GIT) in self.kept

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Have the worktree ready to be mounted while the command runs."""
        if not self._covers_git:
            yield
            return
        link = os.path.join(self.worktree, _GIT)
        with open(link, "rb") as file:
            content = file.read()
        os.unlink(link)
        os.mkdir(link)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # the command may have put something there
                os.rmdir(link)
                with open(link, "wb") as file:
                    file.write(content)


def machine(option: str, path: str) -> list[str]:
    """Return the words that let a command see this machine, with a mount point at `path`, which need not be there."""
    if os.path.isdir(path):
        return [option, "/", "/"]
    above = os.path.dirname(path)
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    words = [] if above == "/" else [option, "/", "/", "--tmpfs", above]
    names = sorted(os.listdir(above))
    if len(names) > _MOST:
        raise ProvError(f"{quote(above)} has very many files", hint=f"make a mount point there: mkdir -p {quote(path)}")
    for name in names:
        entry = os.path.join(above, name)
        words += ["--symlink", os.readlink(entry), entry] if os.path.islink(entry) else [f"{option}-try", entry, entry]
    return words


def checked(path: str, worktree: str, common_dir: str) -> str:
    """Return a path that a place can be shown at, its links resolved. Raises `UsageError`."""
    real, top = os.path.realpath(path), os.path.realpath(worktree or common_dir)
    why = ""
    if real == "/" or (os.path.lexists(real) and not os.path.isdir(real)):
        why = "is no directory for it"
    elif is_inside(real, os.path.realpath(common_dir)):
        why = "is where git keeps the repository"
    elif real != top and is_inside(top, real):
        why = "is above this repository"
    if why:
        raise UsageError(f"--same-path: {quote(path)} {why}", hint="name the directory in which the repository stood")
    return real
