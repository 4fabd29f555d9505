"""What else fsspec reaches: Google Cloud Storage, Azure, WebDAV, and HTTP to read from.

Written once against fsspec's common face. A file goes under a temporary name, is read again, then moved.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, BinaryIO, Final, Protocol

from gitprov.artifacts.remotes.backend import Absent, Outgoing, PastEnd, Stopped, Transient, Unfit
from gitprov.artifacts.remotes.cloud_errors import explained
from gitprov.artifacts.remotes.partial import TEMPORARY
from gitprov.artifacts.remotes.whole import is_whole
from gitprov.errors import ProvError

_STREAMS: Final = 3


class FileSystem(Protocol):
    """The part of fsspec's face that is used."""

    def info(self, path: str) -> dict[str, Any]:
        """Say what is known of a path."""

    def ls(self, path: str, *, detail: bool) -> list[dict[str, Any]]:
        """List a directory."""

    def cat_file(self, path: str, *, start: int, end: int) -> bytes:
        """Return a range of bytes."""

    def open(self, path: str, mode: str) -> AbstractContextManager[BinaryIO]:
        """Open a file."""

    def makedirs(self, path: str, *, exist_ok: bool) -> None:
        """Make a directory."""

    def mv(self, path: str, new: str) -> None:
        """Move a file."""

    def rm_file(self, path: str) -> None:
        """Remove a file."""


class Cloud:
    """Backend over a file system of fsspec.

    `move` is how a file gets its name, where fsspec's way is not the best, and `end` how connections are ended where
    the library does not see to it; `folders` where directories must be made.
    """

    streams = _STREAMS

    def __init__(
        self,
        name: str,
        kind: str,
        root: str,
        system: FileSystem,
        *,
        move: Callable[[str, str], None] | None = None,
        end: Callable[[], None] = lambda: None,
        folders: bool = False,
        writable: bool = True,
    ) -> None:
        self._name = name
        self._kind = kind
        self._root = root
        self._system = system
        self._move = move or system.mv
        self._end = end
        self._folders = folders
        self._writable = writable

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`."""
        if writing and not self._writable:
            raise ProvError(f"remote {self._name!r} can only be read", hint="push to where it is served from")
        try:
            with self._words():
                self._system.ls(self._root, detail=True)
        except Absent:
            if self._folders or not self._writable:
                raise ProvError(
                    f"remote {self._name!r}: there is nothing at its place",
                    hint="make it first, or mend the remote's URL",
                ) from None

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        with suppress(Absent), self._words():
            size = self._system.info(self._path(key))["size"]
            return None if size is None else int(size)
        return None

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`."""
        entries: list[dict[str, Any]] = []
        with suppress(Absent), self._words():
            entries = self._system.ls(self._path(folder), detail=True)
        for entry in entries:
            if entry.get("type") == "file":
                name = str(entry["name"]).rstrip("/").rpartition("/")[2]
                size = self.size(f"{folder}/{name}") if entry.get("size") is None else int(entry["size"])
                if size is not None:
                    yield name, size

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`. ProvError from a server that sends whole files when asked for a range."""
        data = b""
        with suppress(PastEnd), self._words():
            data = self._system.cat_file(self._path(key), start=start, end=stop)
        if len(data) > stop - start:
            raise ProvError(
                f"remote {self._name!r}: its server knows no ranges, and sends whole files",
                hint="serve it by another program",
            )
        return data

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`. A file that was half sent is begun anew."""
        name = "".join(key.split("/")[1:])
        temporary = f"{TEMPORARY}/{name}-{os.urandom(8).hex()}.part"
        try:
            self._write(temporary, outgoing)
            if not is_whole(self, temporary, outgoing):
                raise Transient("what was sent is not what has arrived")
            self._make_folder(key)
            with self._words():
                self._move(self._path(temporary), self._path(key))
            if self.size(key) != outgoing.size:
                raise Transient("what was sent could not be moved to its place")
        except BaseException:
            with suppress(Absent, Transient, ProvError), self._words():
                self._system.rm_file(self._path(temporary))
            raise

    def close(self) -> None:
        """See `Backend.close`. A library ends its connections when it is let go of, or has to be told."""
        self._end()
        del self._system, self._move

    def _write(self, key: str, outgoing: Outgoing) -> None:
        self._make_folder(key)
        with self._words(), self._system.open(self._path(key), "wb") as file:
            for _, data in outgoing.chunks():
                file.write(data)
                outgoing.sent += len(data)

    def _make_folder(self, key: str) -> None:
        if self._folders:
            with self._words():
                self._system.makedirs(self._path(key).rpartition("/")[0], exist_ok=True)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}" if self._root else key

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except (Absent, PastEnd, Transient, Unfit, Stopped, ProvError):
            raise
        except Exception as error:
            raise explained(self._name, self._kind, error) from error
