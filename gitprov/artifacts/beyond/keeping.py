"""Files with known digests into a store, by the workers of a cluster."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from gitprov.artifacts.beyond.cluster import Cluster
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError

_MOST: Final = 1024
_MOST_BYTES: Final = 32 << 20


class File(NamedTuple):
    """A file that is to be kept, or read again: what its bytes must be, and where it is."""

    digest: str
    size: int
    path: bytes
    is_link: bool = False


class Keeping(NamedTuple):
    """Files for one worker."""

    store: Store
    files: list[File]


def keep(cluster: Cluster, store: Store, files: Iterable[File]) -> Iterator[str]:
    """Have files kept; yield the digests of those that were. Those that are gone or have changed are left out."""
    for _, kept in cluster.each(_keep, (Keeping(store, part) for part in portions(files))):
        yield from kept


def keep_all(cluster: Cluster, store: Store, files: Iterable[File]) -> None:
    """Have files kept. OSError, or ProvError, for the first one that is gone or has changed."""
    for _ in cluster.each(_keep_all, (Keeping(store, part) for part in portions(files))):
        pass


T = TypeVar("T", bound="File | tuple[str, int]")


def portions(files: Iterable[T], most: int = _MOST, most_bytes: int = _MOST_BYTES) -> Iterator[list[T]]:
    """Yield files in portions that are worth a message; their second field is their size in bytes."""
    part: list[T] = []
    size = 0
    for file in files:
        part.append(file)
        size += file[1]
        if len(part) >= most or size >= most_bytes:
            yield part
            part, size = [], 0
    if part:
        yield part


def _keep(keeping: Keeping) -> list[str]:
    kept = []
    with keeping.store.keeper() as keeper:
        for file in keeping.files:
            try:
                keeper.keep_file(file.digest, file.path)
            except (OSError, ProvError):  # gone, or changed since
                continue
            kept.append(file.digest)
    return kept


def _keep_all(keeping: Keeping) -> None:
    with keeping.store.keeper() as keeper:
        for file in keeping.files:
            keeper.keep_file(file.digest, file.path)
