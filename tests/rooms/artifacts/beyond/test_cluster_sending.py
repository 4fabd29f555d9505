import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from gitprov.artifacts.beyond import Cluster, connect
from gitprov.artifacts.beyond.checking import Digested, RemoteItems, check_remote, check_store, digested, digests
from gitprov.artifacts.beyond.keeping import File, keep, keep_all
from gitprov.artifacts.beyond.sending import Where, push
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.remotes import Item, Pushed
from gitprov.artifacts.store import Damage, Store
from gitprov.errors import ProvError
from support.daskers import Daskers, can_be_elsewhere, daskers, elsewhere
from support.stores import flip
from support.stores import keep as keep_here

CONTENTS = [*(b"%d" % n for n in range(3000)), *(bytes([n]) * 100_000 for n in range(20))]
ITEMS = [Item(digest_bytes(data), len(data)) for data in CONTENTS]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daskers]:
    with daskers(tmp_path_factory.mktemp("dask"), workers=2) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(str(tmp_path / "store"))
    store.workspace()
    return store


@pytest.fixture
def where(tmp_path: Path) -> Where:
    (tmp_path / "remote").mkdir()
    return Where("far", str(tmp_path / "remote"), {})


@pytest.fixture
def cluster(running: Daskers, store: Store, tmp_path: Path) -> Iterator[Cluster]:
    with connect(running.address, [os.fsencode(tmp_path), os.fsencode(store.root)]) as found:
        yield found


def sent(cluster: Cluster, store: Store, where: Where, told: list[int] | None = None) -> Pushed:
    return push(cluster, store, ITEMS, where, (told if told is not None else []).append, environ=os.environ)


def checked(cluster: Cluster, store: Store, where: Where, items: list[Item] | None) -> list[Damage]:
    with where.open(os.environ) as remote:
        return check_remote(cluster, store, RemoteItems(where, remote, items), lambda _: None)


def test_workers_send_what_the_remote_has_not(cluster: Cluster, store: Store, where: Where) -> None:
    keep_here(store, *CONTENTS)
    told: list[int] = []
    first = sent(cluster, store, where, told)
    assert (first.sent, first.there, first.missing, first.damaged) == (len(ITEMS), 0, (), ())
    assert sum(told) == sum(item.size for item in ITEMS)
    assert sent(cluster, store, where) == Pushed(there=len(ITEMS))
    assert checked(cluster, store, where, None) == checked(cluster, store, where, ITEMS) == []


def test_what_is_not_here_is_named(cluster: Cluster, store: Store, where: Where) -> None:
    keep_here(store, *CONTENTS[1:-1])
    done = sent(cluster, store, where)
    assert set(done.missing) == {ITEMS[0].digest, ITEMS[-1].digest}
    assert done.sent == len(ITEMS) - 2


def test_damage_of_a_remote_is_found(cluster: Cluster, store: Store, where: Where) -> None:
    keep_here(store, *CONTENTS)
    sent(cluster, store, where)
    digest = ITEMS[-1].digest
    key = f"objects/{digest[3:5]}/{digest[5:]}"
    flip(Path(where.url) / key, 7)
    expected = [Damage(digest, f"far:{key}", "is not what its name says")]
    assert checked(cluster, store, where, None) == checked(cluster, store, where, ITEMS) == expected


def test_damage_of_the_store_is_found_and_put_aside(cluster: Cluster, store: Store) -> None:
    keep_here(store, *CONTENTS)
    digest = ITEMS[-1].digest
    for items in (None, ITEMS):
        flip(Path(store.root, "objects", digest[3:5], digest[5:]), 7)
        (damage,) = check_store(cluster, store, items, lambda _: None)
        assert damage.digest == digest
        assert not store.has(digest)
        keep_here(store, CONTENTS[-1])
    assert check_store(cluster, store, None, lambda _: None) == []


@pytest.mark.skipif(not can_be_elsewhere(), reason="no mounts of one's own here")
def test_a_worker_that_sends_elsewhere_is_not_believed(tmp_path: Path, store: Store, where: Where) -> None:
    """The cluster was not told that the remote is a directory that all must see."""
    (tmp_path / "other").mkdir()
    keep_here(store, *CONTENTS)
    with daskers(tmp_path) as running:
        running.work(before=elsewhere(Path(where.url), tmp_path / "other"))
        with (
            connect(running.address, [os.fsencode(store.root)]) as cluster,
            pytest.raises(ProvError, match=f"have sent {len(ITEMS)} files, and remote 'far' as seen from here"),
        ):
            sent(cluster, store, where)


def test_files_are_kept_by_workers(cluster: Cluster, store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"changed")
    a, b, gone = (File(digest_bytes(name), 1, os.fsencode(tmp_path) + b"/" + name) for name in (b"a", b"b", b"gone"))
    assert list(keep(cluster, store, [a, b, gone])) == [a.digest]
    assert store.missing([a.digest]) == []
    keep_all(cluster, store, [a])
    with pytest.raises(ProvError, match="changed meanwhile"):
        keep_all(cluster, store, [a, b])


def test_files_are_read_again_by_workers(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "large").write_bytes(b"l" * (3 << 20))
    (tmp_path / "directory").mkdir()
    names = ("a", "link", "large", "directory", "gone")
    files = [File("", 0, os.fsencode(tmp_path / name), name == "link") for name in names]
    found = set(digests(cluster, files, lambda _: None))
    assert found == {digested(file) for file in files}
    assert Digested(files[0], digest_bytes(b"a")) in found
    assert Digested(files[1], digest_bytes(b"a")) in found  # the text of the link
    assert Digested(files[4]) in found
