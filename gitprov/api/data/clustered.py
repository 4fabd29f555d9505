"""Work on a Dask cluster, where a person names its scheduler."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitprov.api.data.place import Place

if TYPE_CHECKING:  # where no cluster is named nothing of this is needed
    from gitprov.api.data.settings import DataRemote
    from gitprov.artifacts.beyond import Cluster
    from gitprov.artifacts.beyond.sending import Where


@contextmanager
def clustered(
    place: Place, address: str, paths: Iterable[bytes] = (), remote: "DataRemote | None" = None, *, fills: bool = True
) -> "Iterator[Cluster | None]":
    """Yield the cluster at an address, whose workers see these paths, the store and the remote; None without address.

    What is no directory is looked for in the one that holds it. The store is made where the work `fills` it.
    """
    if not address:
        yield None
        return
    from gitprov.artifacts.beyond import connect
    from gitprov.artifacts.remotes.address import parse

    wanted = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    if fills:
        place.store.workspace()
    if os.path.isdir(place.store.root):
        wanted.append(os.fsencode(place.store.root))
    if remote and (at := parse(remote.url)).kind == "directory":
        wanted.append(os.fsencode(at.root))
    with connect(address, [*dict.fromkeys(wanted)]) as cluster:
        yield cluster


def where_is(remote: "DataRemote") -> "Where":
    """Return a remote as a worker opens it."""
    from gitprov.artifacts.beyond.sending import Where

    return Where(remote.name, remote.url, remote.options)
