"""A directory on a server that is reached by ssh: OpenSSH carries, paramiko speaks the SFTP protocol."""

import errno
import os
import posixpath
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from threading import Lock

from paramiko import SFTPClient, SFTPError, SFTPFile, SSHException
from paramiko.sftp import CMD_EXTENDED

from gitprov.artifacts.remotes import partial
from gitprov.artifacts.remotes.address import Address
from gitprov.artifacts.remotes.backend import Absent, Outgoing
from gitprov.artifacts.remotes.ssh import Pipe, Route
from gitprov.errors import ProvError
from gitprov.model.text import quote


class _Client:
    """An SFTP session, and the connection that carries it."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.sftp = SFTPClient(pipe)

    def sync(self, file: SFTPFile) -> None:
        """Ask the server to have a file on its disk; one that cannot is left alone. The library has no word for it."""
        with suppress(OSError):
            self.sftp._request(CMD_EXTENDED, "fsync@openssh.com", file.handle)  # noqa: SLF001


class Sftp:
    """Backend. Each thread has a connection of its own while it works; they all share one login."""

    streams = 2

    def __init__(self, name: str, address: Address, environ: Mapping[str, str]) -> None:
        self._name = name
        self._root = address.root
        self._route = Route(name, address, environ)
        self._idle: LifoQueue[_Client] = LifoQueue()
        self._first = Lock()  # the first connection logs in alone
        self._made: set[str] = set()

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`; whether it may be written shows with the first file."""
        try:
            with self.client() as client:
                status = client.sftp.stat(self._root)
        except Absent:
            status = None
        if status is None or not stat.S_ISDIR(status.st_mode or 0):
            raise ProvError(
                f"remote {self._name!r}: there is no directory {self._root} on the server",
                hint="make it there first, or mend the remote's URL",
            )

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        try:
            with self.client() as client:
                status = client.sftp.lstat(self.path(key))
        except Absent:
            return None
        return status.st_size if stat.S_ISREG(status.st_mode or 0) else None

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`."""
        try:
            with self.client() as client:
                for entry in client.sftp.listdir_attr(self.path(folder)):
                    if stat.S_ISREG(entry.st_mode or 0):
                        yield entry.filename, entry.st_size or 0
        except Absent:
            return

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`. The requests for a range are all on their way at once."""
        with self.client() as client, client.sftp.open(self.path(key), "rb") as file:
            stop = min(stop, file.stat().st_size or 0)
            return b"".join(file.readv([(start, stop - start)])) if stop > start else b""

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`."""
        partial.send(self, key, outgoing, lambda: os.urandom(8).hex())

    def close(self) -> None:
        """See `Backend.close`."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait().pipe.close()
        self._route.close()

    @contextmanager
    def writer(self, key: str) -> Iterator["_Writer"]:
        """See `partial.Files.writer`."""
        path = self.path(key)
        self.make_folder(posixpath.dirname(path))
        with self.client() as client, _opened(client, path) as file:
            yield _Writer(client, file)

    def rename(self, key: str, new: str) -> None:
        """See `partial.Files.rename`."""
        self.make_folder(posixpath.dirname(self.path(new)))
        with self.client() as client:
            with suppress(OSError):  # another user's, who began it
                client.sftp.chmod(self.path(key), 0o444)
            client.sftp.posix_rename(self.path(key), self.path(new))

    def remove(self, key: str) -> None:
        """See `partial.Files.remove`."""
        with suppress(Absent), self.client() as client:
            client.sftp.remove(self.path(key))

    def make_folder(self, folder: str) -> None:
        """Make a directory below the root, and those above it."""
        if folder in self._made or folder == self._root:
            return
        self.make_folder(posixpath.dirname(folder))
        with suppress(ProvError), self.client() as client:  # it is there, as a rule
            client.sftp.mkdir(folder)
        self._made.add(folder)

    @contextmanager
    def client(self) -> Iterator[_Client]:
        """Lend a connection, and say what goes wrong as a backend says it; one that is in doubt is not used again."""
        client = self._connected()
        sound = False
        try:
            yield client
            sound = True
        except (SSHException, SFTPError, EOFError, BrokenPipeError, ConnectionError) as error:
            raise self._route.explained(client.pipe.said()) from error
        except OSError as error:
            sound = True
            raise self._explained(error) from error
        finally:
            if sound:
                self._idle.put(client)
            else:
                client.pipe.close()

    def _connected(self) -> _Client:
        with suppress(Empty):
            return self._idle.get_nowait()
        with self._first:
            pipe = self._route.open()
            try:
                return _Client(pipe)
            except (SSHException, SFTPError, EOFError, OSError) as error:
                raise self._route.explained(pipe.said()) from error

    def path(self, key: str) -> str:
        """Return the path of a key on the server."""
        return posixpath.join(self._root, key)

    def _explained(self, error: OSError) -> Exception:
        if error.errno == errno.ENOENT:
            return Absent()
        if error.errno == errno.EACCES:
            return ProvError(
                f"remote {self._name!r}: permission denied in {self._root} on the server",
                hint="ask its owner, or see `ls -ld` of it there",
            )
        return ProvError(  # the protocol has no words for a full disk
            f"remote {self._name!r}: the server says: {quote(str(error)[:200])}",
            hint="see whether its disk is full; then say the same again, and it goes on from where it was",
        )


def _opened(client: _Client, path: str) -> SFTPFile:
    """Open a file for writing without cutting it, and make it where it is not there."""
    with suppress(FileNotFoundError):
        return _owned(client, path)
    try:
        return client.sftp.open(path, "wxb")
    except OSError as error:
        if error.errno is not None:
            raise
    return _owned(client, path)  # somebody else has made it at the same moment


def _owned(client: _Client, path: str) -> SFTPFile:
    try:
        return client.sftp.open(path, "r+b")
    except PermissionError as error:
        raise partial.Forbidden from error


class _Writer:
    def __init__(self, client: _Client, file: SFTPFile) -> None:
        self._client = client
        self._file = file

    def write(self, offset: int, data: bytes) -> None:
        """See `partial.Writer.write`. Only the last byte waits for the answers, of which there is one for 32 KiB."""
        self._file.seek(offset)
        self._file.set_pipelined(True)
        self._file.write(data[:-1])
        self._file.set_pipelined(False)
        self._file.write(data[-1:])

    def finish(self, size: int) -> None:
        """See `partial.Writer.finish`."""
        if (self._file.stat().st_size or 0) > size:
            self._file.truncate(size)
        self._client.sync(self._file)
