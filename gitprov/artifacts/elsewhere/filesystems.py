"""Object stores and file servers through fsspec, an optional extra: only kinds that are known, only for reading."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final, Protocol

from gitprov.artifacts.elsewhere.delivery import PIECE, Delivery
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import visible

_ADDRESS: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9]*)://(?P<rest>[^\0]*)")
# DVC's word for a kind -> fsspec's, and the extra that brings it. Nothing that chains, caches or reads archives, and no
# ssh: fsspec's accepts whatever key a host shows.
_KINDS: Final = {
    "s3": ("s3", "s3"),
    "gs": ("gs", "gcs"),
    "azure": ("az", "azure"),
    "abfs": ("abfs", "azure"),
    "webdav": ("webdav", "webdav"),
    "webdavs": ("webdavs", "webdav"),
}
# fsspec keeps file systems for ever, and with them the endpoint and credentials of then.
_FRESH: Final[dict[str, object]] = {"skip_instance_cache": True, "use_listings_cache": False}


class FileSystem(Protocol):
    """What is used of fsspec's file systems."""

    def open(self, path: str, mode: str, **settings: object) -> BinaryIO:
        """Open a file to be read."""

    def info(self, path: str, **settings: object) -> dict[str, object]:
        """Tell size, entity tag and so on of a file."""


def deliver(url: str, key: str, options: Mapping[str, str], delivery: Delivery) -> None:
    """Deliver the object `key` below `url`, going on behind what is there. Raises `NotFound`, `ProvError`."""
    with _opened(url, key, options) as file:
        if start := delivery.resume():
            file.seek(start)
        while piece := file.read(PIECE):
            delivery.write(piece)
        if start and not delivery.agrees():  # what was there may have been the beginning of something else
            delivery.restart()
            file.seek(0)
            while piece := file.read(PIECE):
                delivery.write(piece)
    delivery.finish(f"{url}/{key}")


@contextmanager
def failures(place: str) -> Iterator[None]:
    """Say in one sentence what an object store or its library had to say about a place."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"{visible(place)} is not there") from error
    except ProvError:
        raise
    except Exception as error:
        reason = " ".join(visible(str(error)).split())[:300] or type(error).__name__
        hint = "check the address and your access"
        raise ProvError(f"{visible(place)} cannot be read: {reason}", hint=hint) from error


@contextmanager
def _opened(url: str, key: str, options: Mapping[str, str]) -> Iterator[BinaryIO]:
    with failures(f"{url}/{key}"):
        system, path = _filesystem(url, options)
        with system.open(f"{path}/{key}", "rb") as file:
            yield file


def _filesystem(url: str, options: Mapping[str, str]) -> tuple[FileSystem, str]:
    match = _ADDRESS.fullmatch(url)
    if match is None or match["scheme"] not in _KINDS or "::" in url:
        raise ProvError(f"{visible(url)} cannot be read: nothing here reads such addresses", hint="use dvc pull")
    protocol, extra = _KINDS[match["scheme"]]
    hint = f"pip install 'gitprov[{extra}]'"
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ProvError(f"reading {visible(url)} needs fsspec", hint=hint) from error
    try:
        system, path = url_to_fs(f"{protocol}://{match['rest']}", **_settings(protocol, options))
    except ImportError as error:
        raise ProvError(f"reading {visible(url)} needs another library: {error}", hint=hint) from error
    return system, path


def _settings(protocol: str, options: Mapping[str, str]) -> dict[str, object]:
    if protocol != "s3":
        return _FRESH
    named = {"endpointurl": "endpoint_url", "region": "region_name"}
    client = {named[key]: value for key, value in options.items() if key in named}
    return {**_FRESH, "client_kwargs": client} if client else _FRESH
