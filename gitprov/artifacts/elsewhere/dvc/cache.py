"""DVC's object store, as a cache or a remote has it: by MD5, in the layout of DVC 3 or in that before it."""

import os
from contextlib import suppress

from gitprov.artifacts.elsewhere.dvc.config import DvcConfig
from gitprov.errors import NotFound
from gitprov.model.text import visible


def keys(md5: str) -> list[str]:
    """Return where an object may stand below a cache or a remote."""
    old = f"{md5[:2]}/{md5[2:]}"
    return [f"files/md5/{old}", old]


def paths(md5: str, project: DvcConfig) -> list[str]:
    """Return where an object may stand in the local cache."""
    return [os.path.join(project.cache, key) for key in keys(md5)]


def cached(md5: str, project: DvcConfig, limit: int) -> bytes | None:
    """Return the bytes of a small object of the local cache; `None` where it is not there, or longer."""
    for path in paths(md5, project):
        with suppress(NotFound):
            return small(path, limit)
    return None


def small(path: str, limit: int) -> bytes:
    """Return the bytes of a file that has at most `limit`. Raises `NotFound`."""
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise NotFound(f"{visible(path)} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise NotFound(f"{visible(path)} has more than {limit} bytes")
    return data
