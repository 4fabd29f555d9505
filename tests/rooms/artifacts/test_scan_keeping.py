import os
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import Scanned, one
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError
from support.scanned import apart, described, grown, later, leaves, scanned, with_full_store, with_store

FILES = {
    **{f"small/{number}": b"%d" % number for number in range(700)},
    "medium": b"m" * 100_000, "large": os.urandom(3 << 20), "twin": b"1", "empty": b"",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def kept(root: Path, store: Store, **options: object) -> Scanned:
    with store.keeper() as keeper:
        return scanned(root, keep=keeper, missing=store.missing, workers=0, **options)[0]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_what_is_scanned_is_in_the_store(tmp_path: Path, store: Store, workers: int) -> None:
    root = grown(tmp_path / "root", FILES)
    (root / "link").symlink_to("large")
    found = apart(with_store, root, tmp_path / "store", workers)
    assert found[0].digest == described(root)[0]
    assert store.missing(digest_bytes(content) for content in FILES.values()) == []
    assert list(store.verify()) == []
    assert not store.has(leaves(found)[b"link"].digest)  # its listing has all there is to know of it


def test_what_was_only_hashed_before_is_kept_although_it_is_known(tmp_path: Path, store: Store) -> None:
    root, cache = grown(tmp_path / "root", FILES), str(tmp_path / "cache")
    first = scanned(root, cache=cache)[0]
    assert kept(root, store, cache=cache) == first
    assert store.missing(digest_bytes(content) for content in FILES.values()) == []
    assert kept(root, store, cache=cache).hashed == 0


def test_without_being_told_what_is_missing_all_is_read(tmp_path: Path, store: Store) -> None:
    root, cache = grown(tmp_path / "root", {"a": b"1"}), str(tmp_path / "cache")
    scanned(root, cache=cache)
    with store.keeper() as keeper:
        assert scanned(root, cache=cache, keep=keeper, workers=0)[0].hashed == 1
    assert store.has(digest_bytes(b"1"))


def test_what_was_lost_from_the_store_is_kept_again(tmp_path: Path, store: Store) -> None:
    root, cache = grown(tmp_path / "root", {"a": b"1", "b": b"2"}), str(tmp_path / "cache")
    kept(root, store, cache=cache)
    store.remove([digest_bytes(b"1")])
    assert kept(root, store, cache=cache).hashed == 1
    assert store.has(digest_bytes(b"1"))


def test_a_store_that_cannot_be_written_ends_the_scan_with_the_reason(tmp_path: Path) -> None:
    root = grown(tmp_path / "root", FILES)
    message, hint = apart(with_full_store, root, tmp_path / "store")
    assert message == "the disk is full"
    assert hint == "make room"


def test_one_file_is_kept(tmp_path: Path, store: Store) -> None:
    grown(tmp_path, {"x": b"123"})
    with store.keeper() as keeper:
        assert one(str(tmp_path / "x"), cache=str(tmp_path / "cache"), keep=keeper, clock=later).size == 3
    assert store.read(digest_bytes(b"123")) == b"123"
    with store.keeper() as keeper, pytest.raises(ProvError, match="not a regular file"):
        one(str(tmp_path), keep=keeper)
