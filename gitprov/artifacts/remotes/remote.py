"""A remote: its name, its place, and how many threads work for it."""

from collections.abc import Mapping
from threading import Event
from types import TracebackType
from typing import Final, NamedTuple, Self

from gitprov.artifacts.remotes.address import Address, check_options, parse, place_of_credentials
from gitprov.artifacts.remotes.backend import Backend
from gitprov.artifacts.remotes.directory import Directory
from gitprov.artifacts.remotes.retry import Steady
from gitprov.errors import ConfigError, ProvError

WORKERS: Final = 4
_MOST_WORKERS: Final = 32
_EXTRAS: Final[Mapping[str, str]] = {
    "sftp": "ssh",
    "s3": "s3",
    "gcs": "gcs",
    "azure": "azure",
    "webdav": "webdav",
    "http": "http",
}


class Item(NamedTuple):
    """A file that is to be sent, fetched or checked: its digest, and its size in bytes as its listing says."""

    digest: str
    size: int


class Remote:
    """A store elsewhere. Close it, or use it as a context."""

    def __init__(self, name: str, kind: str, backend: Backend, workers: int = WORKERS) -> None:
        self.name = name
        self.kind = kind
        self.workers = workers
        self.stop = Event()
        self.backend = Steady(name, backend)

    def begin(self, *, writing: bool) -> None:
        """Make sure that it can be used. What was at work before and may still be is told to stop."""
        self.stop.set()
        self.stop = self.backend.stop = Event()
        self.backend.reach(writing=writing)

    def place(self, key: str) -> str:
        """Return, in words, where a key of this remote is."""
        return f"{self.name}:{key}"

    def close(self) -> None:
        """Let go of connections."""
        self.stop.set()
        self.backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_remote(
    name: str, url: str, options: Mapping[str, object] | None = None, *, environ: Mapping[str, str]
) -> Remote:
    """Return the remote at a URL. Nothing is asked of it yet.

    ConfigError for a URL or an option that cannot be meant, ProvError where software for this kind is not installed.
    """
    try:
        address = parse(url)
        options = dict(options or {})
        check_options(address.kind, options)
        workers = _workers(options.pop("workers", WORKERS))
    except ConfigError as error:
        raise ConfigError(f"remote {name!r}: {error.message}", hint=error.hint) from None
    return Remote(name, address.kind, _backend(name, address, options, environ), workers)


def _workers(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_WORKERS:
        return value
    raise ConfigError(f"`workers` is a number from 1 to {_MOST_WORKERS}", hint="leave it out: it is 4")


def _backend(name: str, address: Address, options: Mapping[str, object], environ: Mapping[str, str]) -> Backend:
    """Make what talks to the place; only here is it known which software that needs."""
    try:
        match address.kind:
            case "directory":
                return Directory(name, address.root)
            case "sftp":
                from gitprov.artifacts.remotes.sftp import Sftp

                return Sftp(name, address, environ)
            case "s3":
                from gitprov.artifacts.remotes.s3 import S3

                return S3(name, address, options)
            case _:
                from gitprov.artifacts.remotes.cloud_systems import opened

                return opened(name, address, options, environ)
    except ImportError as error:
        raise ProvError(
            f"remote {name!r}: {error.name or 'a package'} is not installed",
            hint=f"pip install 'gitprov[{_EXTRAS[address.kind]}]'",
        ) from error


__all__ = ["WORKERS", "Item", "Remote", "open_remote", "place_of_credentials"]
