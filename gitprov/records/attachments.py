"""Attachments under `refs/prov/data`: each content once, however many runs have it."""

import os
from collections.abc import Iterable, Mapping
from typing import Final, Self

from blake3 import blake3

from gitprov.errors import GitFailed, NotFound, ProvError
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.records.data.index import Index, open_index
from gitprov.records.layout import State

LIMIT: Final = 1 << 28
"""Bytes; a blob with more is no attachment: what is large is data, and stays out of the repository."""


def not_stored(repo: Repo, state: State, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """What of `data` (bytes by digest) no data ref holds yet, ours or fetched."""
    unknown = {digest: content for digest, content in data.items() if not os.path.exists(_mark(state, digest))}
    if not unknown:
        return {}
    index = open_index(repo)
    stored = {digest for digest, content in unknown.items() if index.holds(digest, content)}
    mark_stored(state, stored)
    return {digest: content for digest, content in unknown.items() if digest not in stored}


def read(repo: Repo, digests: Iterable[str]) -> dict[str, bytes]:
    """The bytes of those attachments that are here and are what their digest says; the others are left out."""
    wanted = list(digests)
    if not wanted:
        return {}
    index = open_index(repo)
    blobs = dict.fromkeys(blob for digest in wanted for blob in index.blobs(digest))
    reader = CatFile(repo)
    try:
        # by its own bytes: one blob may stand for several digests, all but one of them falsely
        found = {_digest_of(item.data): item.data for item in reader.many(blobs, LIMIT)}
    finally:
        reader.close()
    return {digest: found[digest] for digest in wanted if digest in found}


def mark_stored(state: State, digests: Iterable[str]) -> None:
    """Remember that these are stored, so that the next run does not look for them."""
    for digest in digests:
        path = _mark(state, digest)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb"):
                pass
        except OSError:
            return  # a cache


class Listings:
    """Reads attachments one at a time as they are asked for, such as the listings of a large directory.

    Each is held against its digest: a repository that is damaged, or somebody's false copy, is never passed on.
    """

    def __init__(self, repo: Repo, index: Index | None = None) -> None:
        self._index = index or open_index(repo)
        self._reader = CatFile(repo)

    def __call__(self, digest: str) -> bytes:
        """The bytes with this digest. Raises `NotFound` where they are not here, `ProvError` where they are damaged."""
        blobs = self._index.blobs(digest)
        for blob in blobs:
            data = self._read(blob)
            if data is not None and _digest_of(data) == digest:
                return data
        if not blobs:
            hint = "it may be in another clone: git prov sync"
            raise NotFound(f"{digest} is not among the data of this repository", hint=hint)
        raise ProvError(
            f"{digest} is missing or damaged: blob {blobs[0]} below refs/prov/ is not what it should be",
            hint="see what git says of it: git fsck; another clone may still have it whole",
        )

    def __contains__(self, digest: str) -> bool:
        return self._index.has(digest)

    def close(self) -> None:
        """Let go of git."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, blob: str) -> bytes | None:
        try:
            found = next(iter(self._reader.many([blob], LIMIT)), None)
        except GitFailed:  # git ends at some kinds of damage
            self._reader.close()
            return None
        return found.data if found else None


def _digest_of(data: bytes) -> str:
    return f"b3:{blake3(data).hexdigest()}"


def _mark(state: State, digest: str) -> str:
    return os.path.join(state.cache, "stored", digest.replace(":", "-"))
