"""Going down a tree directory by directory, each opened from the one above, never through a link."""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from gitprov.errors import ProvError
from gitprov.model.text import quote

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Directories:
    """Handles of the directories on the way to the one asked for last.

    `found` hears of each below the root that was there before.
    """

    def __init__(self, root: bytes, *, make: bool, found: Callable[[int], object] | None = None) -> None:
        self._root = root
        self._make = make
        self._found = found
        self._names: list[bytes] = []
        self._made: list[bytes] = []
        self._made_above: list[bytes] = []
        self._handles: list[int | None] = [self._open_root()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close_to(0)

    @property
    def root(self) -> int | None:
        """The handle of the root; None where it is not there."""
        return self._handles[0]

    def at(self, path: bytes) -> int | None:
        """Return the handle of a directory below the root, good until the next call; None where it is not there."""
        names = path.split(b"/") if path else []
        common = 0
        for one, other in zip(names, self._names, strict=False):
            if one != other:
                break
            common += 1
        self._close_to(common + 1)
        del self._names[common:]
        for name in names[common:]:
            self._names.append(name)
            self._handles.append(self._open(name))
        return self._handles[-1]

    def remove_empty(self) -> None:
        """Remove what was made and is empty still, the root and those above it as well."""
        self._make = False
        for path in reversed(self._made):
            above, _, name = path.rpartition(b"/")
            with suppress(OSError, ProvError):
                os.rmdir(name, dir_fd=self.at(above))
        for path in self._made_above:
            with suppress(OSError):
                os.rmdir(path)

    def _open_root(self) -> int | None:
        try:
            return os.open(self._root, _DIRECTORY)
        except FileNotFoundError:
            if not self._make:
                return None
            path = os.path.abspath(self._root)
            while not os.path.lexists(path):
                self._made_above.append(path)
                path = os.path.dirname(path)
            os.makedirs(self._root, exist_ok=True)
            return os.open(self._root, _DIRECTORY)
        except NotADirectoryError as error:
            raise ProvError(f"{quote(self._root)} is no directory", hint="name another place") from error

    def _open(self, name: bytes) -> int | None:
        above = self._handles[-1]
        if above is None:
            return None
        try:
            handle = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        except FileNotFoundError:
            if not self._make:
                return None
            os.mkdir(name, dir_fd=above)
            self._made.append(b"/".join(self._names))
            return os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            path = quote(b"/".join(self._names), one_line=True)
            raise ProvError(
                f"{path} is to be a directory, and a file or a symbolic link stands there; nothing goes through it",
                hint="move it away, or name another place",
            ) from error
        if self._found:
            self._found(handle)
        return handle

    def _close_to(self, count: int) -> None:
        while len(self._handles) > count:
            handle = self._handles.pop()
            if handle is not None:
                os.close(handle)
