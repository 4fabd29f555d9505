"""Versions of S3 objects, through s3fs (an optional extra); credentials and endpoint come from AWS's own places."""

import re
from typing import Final

from gitprov.artifacts.elsewhere.delivery import PIECE, Delivery
from gitprov.artifacts.elsewhere.filesystems import FileSystem, failures
from gitprov.artifacts.elsewhere.location import S3, Location
from gitprov.artifacts.elsewhere.texts import SIZE_LIMIT
from gitprov.errors import ProvError
from gitprov.model.text import is_clean, visible

_ADDRESS: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}/[^\0\n]{1,1024}")
_VERSION: Final = re.compile(r"[!-~]{1,1024}")


def describe_s3(url: str, version: str = "") -> Location:
    """Ask S3 about an object, the newest version if none is named, and return it as a location with version id."""
    system, path = _opened(url, version)
    with failures(url):
        info = system.info(path, version_id=version or None)
    size, tag, found = info.get("size"), info.get("ETag"), info.get("VersionId")
    return Location(
        S3,
        url=url,
        version=version or (found if isinstance(found, str) and found != "null" else ""),
        etag=tag if isinstance(tag, str) and is_clean(tag) else "",
        size=size if isinstance(size, int) and 0 <= size < SIZE_LIMIT else None,
    )


def fetch(location: Location, delivery: Delivery) -> None:
    """Deliver a version of an object, going on behind what is there. Raises `ProvError` when it has changed."""
    if not location.version and location.etag:
        now = describe_s3(location.url)
        if now.etag != location.etag:
            raise ProvError(
                f"{visible(location.url)} has changed since it was recorded",
                hint="turn versioning on for the bucket, so that older bytes stay",
            )
    system, path = _opened(location.url, location.version)
    with failures(location.url):
        start = delivery.resume()
        _stream(system, path, location.version, delivery, start)
        if start and not delivery.agrees():  # what was there may have been the beginning of something else
            delivery.restart()
            _stream(system, path, location.version, delivery, 0)
    delivery.finish(location.url)


def _stream(system: FileSystem, path: str, version: str, delivery: Delivery, start: int) -> None:
    with system.open(path, "rb", version_id=version or None, cache_type="readahead", block_size=8 * PIECE) as file:
        file.seek(start)
        while piece := file.read(PIECE):
            delivery.write(piece)


def _opened(url: str, version: str) -> tuple[FileSystem, str]:
    if not _ADDRESS.fullmatch(url) or not is_clean(url):
        raise ProvError(f"{visible(url)[:200]!r} is not an S3 address", hint="give it as s3://bucket/key")
    if version and not _VERSION.fullmatch(version):
        raise ProvError(f"{visible(version)[:80]!r} is not the id of a version")
    try:
        from s3fs import S3FileSystem
    except ImportError as error:
        raise ProvError(f"{visible(url)} needs s3fs", hint="pip install 'gitprov[s3]'") from error
    # A new one each time: fsspec keeps them for ever, and with them the endpoint and credentials of then.
    system = S3FileSystem(version_aware=True, use_listings_cache=False, skip_instance_cache=True)
    return system, url.removeprefix("s3://")
