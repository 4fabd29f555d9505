"""Bytes from DVC's caches and remotes, by their MD5; whether they are the right ones our own digest says."""

import os
import re
from typing import Final

from gitprov.artifacts.elsewhere import http
from gitprov.artifacts.elsewhere.delivery import Delivery, Disagrees, copy
from gitprov.artifacts.elsewhere.dvc import cache, config
from gitprov.artifacts.elsewhere.dvc.outs import MD5
from gitprov.artifacts.elsewhere.filesystems import deliver
from gitprov.artifacts.elsewhere.location import URL, Location, World
from gitprov.errors import InvalidRecord, NotFound, ProvError
from gitprov.model.text import visible

_HTTP: Final = re.compile(r"https?://")


def at_hand(location: Location, world: World) -> list[str]:
    """Return where the caches of this repository's DVC projects, and remotes that are directories, would have it."""
    md5 = _md5(location)
    projects = [config.load(root, world) for root in config.projects(world)]
    remotes = [remote for project in projects for remote in project.remotes if remote.is_directory]
    caches = [path for project in projects for path in cache.paths(md5, project)]
    return [*caches, *(os.path.join(remote.url, key) for remote in remotes for key in cache.keys(md5))]


def fetch(location: Location, delivery: Delivery, world: World) -> None:
    """Deliver an object from the first cache or remote that has it whole. Raises `NotFound`, or why none could."""
    failures: list[ProvError] = []
    for path in filter(os.path.isfile, at_hand(location, world)):
        try:
            return copy(path, delivery)
        except (NotFound, Disagrees) as error:
            failures.append(error)
    for remote in _elsewhere(location, world):
        for key in cache.keys(location.md5):
            try:
                return _deliver(remote, key, delivery, world)
            except ProvError as error:
                failures.append(error)
    raise _told(location, failures)


def _elsewhere(location: Location, world: World) -> list[config.DvcRemote]:
    """Return the remotes that are no directories: the named one first, and last the address that was recorded."""
    known = [remote for root in config.projects(world) for remote in config.load(root, world).remotes]
    found = [remote for remote in known if not remote.is_directory and remote.url]
    found.sort(key=lambda remote: remote.name != location.remote)
    if location.url and location.url not in (remote.url for remote in found):
        found.append(config.DvcRemote(location.remote or location.url, location.url.rstrip("/"), {}))
    return found


def _deliver(remote: config.DvcRemote, key: str, delivery: Delivery, world: World) -> None:
    if _HTTP.match(remote.url):
        return http.fetch(Location(URL, url=f"{remote.url}/{key}"), delivery, world)
    return deliver(remote.url, key, remote.options, delivery)


def _md5(location: Location) -> str:
    if not MD5.fullmatch(location.md5):
        raise InvalidRecord(f"{visible(location.md5)[:80]!r} is not the name of an object of DVC")
    return location.md5


def _told(location: Location, failures: list[ProvError]) -> ProvError:
    """Return the failure that says most: damage before a broken connection, and that before mere absence."""
    damaged = next((error for error in failures if isinstance(error, Disagrees)), None)
    broken = next((error for error in failures if not isinstance(error, NotFound)), None)
    absent = NotFound(
        f"DVC's object {location.md5} is in no cache or remote of this repository",
        hint="see which remotes there are: dvc remote list; or let DVC fetch it: dvc pull",
    )
    return damaged or broken or absent
