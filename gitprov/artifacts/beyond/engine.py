"""As much of Dask as is used here, with types; where it is not installed, that is said in words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol, cast

from gitprov.errors import ProvError

_ANSWER: Final = 10.0  # seconds in which a scheduler answers


class Future(Protocol):
    """A piece of work on its way."""

    def result(self, timeout: float) -> object:
        """Return what came of it, or raise what went wrong."""

    def add_done_callback(self, told: Callable[["Future"], object]) -> None:
        """Have somebody told when it has ended, however."""


class Client(Protocol):
    """The connection to a scheduler."""

    def submit(self, function: Callable[..., object], argument: object, *, pure: bool) -> Future:
        """Send a piece of work."""

    def cancel(self, futures: Iterable[Future], *, force: bool) -> None:
        """Call work back."""

    def nthreads(self) -> Mapping[str, int]:
        """Return how many threads each worker has."""

    def run(self, function: Callable[..., Any], argument: object) -> Mapping[str, Any]:
        """Return what each worker says."""

    def get_versions(self, *, packages: list[str]) -> Mapping[str, Any]:
        """Return what is installed where."""

    def wait_for_workers(self, n_workers: int, timeout: float) -> None:
        """Wait for workers; TimeoutError."""

    def close(self) -> None:
        """Let go."""


def open_client(address: str) -> Client:
    """Connect to the scheduler at an address, or of a scheduler file (`*.json`). ProvError where none answers.

    What a secured cluster asks for, Dask's own configuration has.
    """
    try:
        import distributed
    except ImportError as error:
        raise ProvError("Dask is not installed", hint="pip install 'gitprov[dask]'") from error
    where = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
    try:
        opened = distributed.Client(**where, timeout=_ANSWER, set_as_default=False, name="git-prov")
    except (OSError, TimeoutError, ValueError) as error:
        raise ProvError(
            f"no Dask scheduler answers at {address}: {error}",
            hint="see that it runs, and that it can be reached: dask scheduler",
        ) from error
    return cast("Client", opened)


def own_address() -> str:
    """Return the address of the worker that this runs on."""
    from distributed import get_worker

    return str(get_worker().address)


def words_for(error: Exception, address: str) -> ProvError:
    """Say what it means that a future raised this."""
    from distributed import CancelledError, KilledWorker

    if isinstance(error, CancelledError):
        return ProvError(
            f"the scheduler at {address} is gone, or somebody has called the work back there",
            hint="see that it runs, then do the same again",
        )
    if isinstance(error, KilledWorker):
        return ProvError(
            f"the same piece of work has ended several workers of {address}",
            hint="see their logs, and whether they have too little memory, then do the same again",
        )
    return ProvError(f"a piece of work failed on the cluster at {address}: {error!r}", hint="see its workers' logs")
