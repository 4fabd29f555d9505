import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from gitprov.artifacts.beyond import Cluster, connect
from gitprov.artifacts.beyond.reading import hired, read_one
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import one
from gitprov.artifacts.store import Store
from support.daskers import Daskers, daskers
from support.scanned import grown, leaves, scanned

FILES = {
    **{f"{n % 7}/{n % 31}/{n % 3}/f{n}": b"%d" % n * (n % 50) for n in range(5000)},
    **{f"flat/{n:05d}": b"flat %d" % n for n in range(2000)},
    **{f"large {n}": bytes([n]) * (3 << 20) for n in range(5)},
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daskers]:
    with daskers(tmp_path_factory.mktemp("dask"), workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = grown(tmp_path_factory.mktemp("data") / "root", FILES)
    (root / "link").symlink_to("large 1")
    (root / "out").symlink_to("/etc/hosts")
    os.link(root / "large 2", root / "0" / "twin")
    os.mkfifo(root / "pipe")
    (root / "empty").mkdir()
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / os.fsdecode(b"caf\xe9\tau\nlait")).write_bytes(b"1")
    return root


@pytest.fixture
def cluster(running: Daskers, root: Path, tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "store").mkdir()
    with connect(running.address, [os.fsencode(root), os.fsencode(tmp_path / "store")]) as found:
        yield found


def test_a_cluster_finds_what_one_machine_finds(cluster: Cluster, root: Path) -> None:
    told: dict[str, list[int]] = {"there": [], "here": []}
    there = scanned(root, workers=hired(cluster, None), tell=told["there"].append)
    assert there == scanned(root, workers=0, tell=told["here"].append)
    assert sum(told["there"]) == sum(told["here"])
    assert len(there[0].skipped) == len(there[0].remarks) == 1


def test_workers_fill_the_store(cluster: Cluster, root: Path, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    with store.keeper() as keeper:
        there = scanned(root, workers=hired(cluster, store), keep=keeper, missing=store.missing)
    assert there == scanned(root, workers=0)
    assert store.missing(digest_bytes(content) for content in FILES.values()) == []
    assert list(store.verify()) == []


def test_what_a_cluster_has_read_is_remembered(cluster: Cluster, root: Path, tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    first = scanned(root, workers=hired(cluster, None), cache=cache)[0]
    assert first.hashed > 7000
    assert scanned(root, workers=0, cache=cache)[0] == first._replace(hashed=0)


def test_one_file_is_read_and_kept_there(cluster: Cluster, root: Path, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    path = os.fsencode(root / "large 1")
    assert read_one(cluster, path, None, lambda _: None) == one(path)
    assert read_one(cluster, path, store, lambda _: None) == one(path)
    assert store.has(one(path).digest)


def test_a_killed_worker_changes_nothing(root: Path, tmp_path: Path) -> None:
    """Its work is done again by the other one."""
    store = Store(str(tmp_path / "store"))
    seen = [os.fsencode(root), os.fsencode(os.path.dirname(store.workspace()))]
    with daskers(tmp_path, workers=2) as running, connect(running.address, seen) as cluster, store.keeper() as keeper:
        killed: list[int] = []

        def kill(done: int) -> None:
            if not killed:
                running.kill(0)
                killed.append(done)

        there = scanned(root, workers=hired(cluster, store), keep=keeper, missing=store.missing, tell=kill)
    assert killed
    assert store.missing(digest_bytes(content) for content in FILES.values()) == []
    assert list(store.verify()) == []
    assert there == scanned(root, workers=0)
    assert len(leaves(there)) == len(FILES) + 5
