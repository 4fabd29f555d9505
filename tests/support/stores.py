"""Stores and listings as tests need them."""

import os
from collections.abc import Mapping
from pathlib import Path

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Entry, cut
from gitprov.artifacts.store import Store

Tree = Mapping[str, "bytes | str | Tree"]
"""A directory: bytes are a file, text is a symbolic link, what ends in `*` may be executed."""


class Listed:
    """A directory that was listed and kept: its digest, its listings, and its files in a store."""

    def __init__(self, store: Store, tree: Tree) -> None:
        self.store = store
        self.listings: dict[str, bytes] = {}
        with store.keeper() as keeper:
            self._keeper = keeper
            self.digest = self._listed(tree).digest

    def read(self, digest: str) -> bytes:
        """Return a listing, or the text of a link."""
        return self.listings[digest]

    def fetch(self, entry: Entry, handle: int) -> None:
        """Write an entry's bytes, as a plan asks for them."""
        self.store.write(entry.digest, handle)

    def _listed(self, tree: Tree, name: bytes = b"") -> Entry:
        entries = sorted((self._entry(*item) for item in tree.items()), key=lambda entry: entry.name)
        for digest, data in cut(entries):
            self.listings[digest] = data
        return Entry("dir", sum(entry.size for entry in entries), digest, name)

    def _entry(self, name: str, value: "bytes | str | Tree") -> Entry:
        raw = os.fsencode(name.removesuffix("*"))
        if isinstance(value, bytes):
            digest = digest_bytes(value)
            self._keeper.keep_bytes(digest, value)
            return Entry("755" if name.endswith("*") else "644", len(value), digest, raw)
        if isinstance(value, str):
            text = os.fsencode(value)
            self.listings[digest_bytes(text)] = text
            return Entry("link", len(text), digest_bytes(text), raw)
        return self._listed(value, raw)


def keep(store: Store, *contents: bytes) -> list[str]:
    """Keep bytes and return their digests."""
    digests = [digest_bytes(data) for data in contents]
    with store.keeper() as keeper:
        for digest, data in zip(digests, contents, strict=True):
            keeper.keep_bytes(digest, data)
    return digests


def files_below(root: Path) -> list[str]:
    """Return the paths of all files in a store, or a directory, below its root."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def flip(path: Path, position: int) -> None:
    """Change one bit of a file, whatever its permissions."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
