"""The connection to a cluster: made, asked whether its workers will do, and let go of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from gitprov.artifacts.beyond.engine import Client, open_client
from gitprov.artifacts.beyond.sight import Sight, differing, sight, unseen, version
from gitprov.artifacts.beyond.window import Window
from gitprov.errors import ProvError

J = TypeVar("J")
R = TypeVar("R")

PATIENCE: Final = 60.0
"""Seconds for which a cluster without workers is waited for."""
_NAMED: Final = 3  # workers that are named in a message


class Cluster:
    """A Dask cluster whose workers see the directories that it was opened for. Close it, or use it as a context."""

    def __init__(self, client: Client, address: str, paths: Iterable[bytes], patience: float = PATIENCE) -> None:
        self.address = address
        self._client = client
        self._paths = tuple(paths)
        self._patience = patience
        self._wait_for_workers()
        self._check_versions()
        self._check_sight()

    def window(self, work: Callable[[J], R]) -> Window[R]:
        """Return a line of jobs, as many on their way as the workers need."""
        return Window(self._client, self.address, self.sight, work, self._patience)

    def each(self, work: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R]]:
        """Yield each job with what came of it, as they come. The first failure ends all; so does leaving early."""
        window = self.window(work)
        try:
            for job in jobs:
                window.submit(job, job)
                yield from window.arrived()
            yield from window.rest()
        finally:
            window.cancel()

    def sight(self) -> Sight:
        """Return what workers must see, as it is now."""
        return sight(self._paths)

    def close(self) -> None:
        """Let go of the connection; what is still on its way is forgotten."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _wait_for_workers(self) -> None:
        end = monotonic() + self._patience
        while not self._client.nthreads():
            left = end - monotonic()
            if left <= 0:
                raise ProvError(
                    f"the cluster at {self.address} has no workers, and {self._patience:.0f} seconds brought none",
                    hint=f"start some: dask worker {self.address}",
                )
            try:
                self._client.wait_for_workers(1, timeout=left)
            except TimeoutError:
                continue

    def _check_versions(self) -> None:
        found = self._client.get_versions(packages=["gitprov"])
        here = _version_in(found["client"])
        there = {worker: _version_in(said) for worker, said in found["workers"].items()}
        if wrong := {worker: one for worker, one in there.items() if one != here}:
            listed = _listed(f"{worker} has {one or 'none'}" for worker, one in wrong.items())
            raise ProvError(
                f"the workers must have gitprov {version()}, as here: {listed}",
                hint=f"on them: pip install gitprov=={version()}",
            )

    def _check_sight(self) -> None:
        """Ask every worker; one that comes later is asked with each of its tasks."""
        found = self._client.run(unseen, self.sight())
        if wrong := {worker: one for worker, one in found.items() if one is not None}:
            raise differing(_listed(f"{worker} {one.reason}" for worker, one in wrong.items()))


def connect(address: str, paths: Iterable[bytes], *, patience: float = PATIENCE) -> Cluster:
    """Connect to the scheduler at an address (or of a scheduler file, `*.json`), for work on these directories.

    ProvError where it does not answer, has no workers, or where these have another version or see something else.
    """
    client = open_client(address)
    try:
        return Cluster(client, address, paths, patience)
    except BaseException:
        client.close()
        raise


def _version_in(said: Mapping[str, Any] | None) -> str | None:
    """Return the version of gitprov in what Dask says of one machine."""
    return said["packages"].get("gitprov") if said else None


def _listed(words: Iterable[str]) -> str:
    found = list(words)
    more = len(found) - _NAMED
    return "; ".join(found[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
