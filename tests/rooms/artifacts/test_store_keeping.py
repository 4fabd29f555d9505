import os
import stat
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import SMALL, Stats, Store, local, packwriter
from gitprov.artifacts.store.filling import Link, fill
from gitprov.errors import ConfigError, InvalidRecord, NotFound, ProvError
from support.stores import files_below, keep

LARGE = bytes(range(256)) * (SMALL // 256 + 7)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


def test_what_is_kept_is_read_back(store: Store) -> None:
    contents = [b"", b"a", b"b" * (SMALL - 1), LARGE]
    digests = keep(store, *contents)
    assert [store.read(digest) for digest in digests] == contents
    assert [store.open(digest).read() for digest in digests] == contents
    assert [store.stream(digest).read() for digest in digests] == contents
    assert list(map(store.has, digests)) == [True] * 4
    assert store.stats() == Stats(4, sum(map(len, contents)), 1)
    assert sorted(store.digests()) == sorted(digests)
    assert list(store.verify()) == []


def test_small_files_share_a_pack_and_large_ones_stand_alone(store: Store, tmp_path: Path) -> None:
    *_, digest = keep(store, b"one", b"two", LARGE)
    loose, index, pack = files_below(tmp_path / "store")
    assert loose == f"objects/{digest[3:5]}/{digest[5:]}"
    assert index.removesuffix(".idx") == pack.removesuffix(".pack")
    assert {stat.S_IMODE((tmp_path / "store" / name).stat().st_mode) for name in (loose, index, pack)} == {0o444}


def test_a_store_without_anything_has_nothing_and_makes_nothing(store: Store, tmp_path: Path) -> None:
    digest = digest_bytes(b"a")
    assert not store.has(digest)
    assert store.missing([digest, digest]) == [digest]
    assert store.stats() == Stats(0, 0, 0)
    with pytest.raises(NotFound, match="is not in the store"):
        store.open(digest)
    store.keeper().close()
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("digest", ["b3:../../../etc/passwd", "git:" + "0" * 40, "b3:" + "A" * 64, ""])
def test_what_is_no_digest_leads_nowhere(store: Store, digest: str) -> None:
    for ask in (store.has, store.read, store.open, lambda wrong: store.missing([wrong])):
        with pytest.raises(InvalidRecord, match="is not a digest"):
            ask(digest)


@pytest.mark.parametrize("link", ["auto", "copy", "hardlink"])
@pytest.mark.parametrize("data", [b"small", LARGE], ids=["small", "large"])
def test_a_file_is_kept_by_any_way(tmp_path: Path, link: Link, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    store = Store(str(tmp_path / "store"), link=link)
    told: list[int] = []
    with store.keeper() as keeper:
        found = keeper.keep(str(path), told.append)
        keeper.keep_file(found.digest, str(path))
    assert (found.digest, found.size, found.changed, sum(told)) == (digest_bytes(data), len(data), False, len(data))
    assert store.read(found.digest) == data


def test_a_hard_linked_file_is_read_only_and_one_with_the_store(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)
    path.chmod(0o755)
    store = Store(str(tmp_path / "store"), link="hardlink")
    with store.keeper() as keeper:
        digest = keeper.keep(path.as_posix()).digest
    kept = tmp_path / "store/objects" / digest[3:5] / digest[5:]
    assert kept.samefile(path) or kept.stat().st_ino != path.stat().st_ino  # or their blocks are shared
    if kept.samefile(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o555


def test_only_known_ways_fill_a_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="symlink"):
        Store(str(tmp_path), link="symlink")  # type: ignore[arg-type]


def test_reflink_alone_refuses_where_blocks_cannot_be_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitprov.artifacts.store.filling.clone", lambda *_: False)
    (tmp_path / "file").write_bytes(LARGE)
    store = Store(str(tmp_path / "store"), link="reflink")
    with pytest.raises(ProvError, match="cannot share"), store.keeper() as keeper:
        keeper.keep(str(tmp_path / "file"))
    assert files_below(tmp_path / "store") == []


def test_holes_stay_holes(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.seek(1 << 22)
        file.write(b"x")
        file.truncate(1 << 23)
    store = Store(str(tmp_path / "store"), link="copy")
    with store.keeper() as keeper:
        digest = keeper.keep(str(tmp_path / "sparse")).digest
    kept = tmp_path / "store/objects" / digest[3:5] / digest[5:]
    assert kept.read_bytes() == (tmp_path / "sparse").read_bytes()
    assert kept.stat().st_blocks <= (tmp_path / "sparse").stat().st_blocks + 8


@pytest.mark.parametrize("data", [b"small", LARGE], ids=["small", "large"])
def test_a_file_that_is_another_by_now_is_not_kept(store: Store, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ProvError, match="changed meanwhile"), store.keeper() as keeper:
        keeper.keep_file(digest_bytes(b"as it was"), str(path))
    assert files_below(tmp_path / "store") == []


def test_a_file_that_changes_while_it_is_copied_makes_no_wrong_object(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)

    def fill_and_change(source: int, target: int, link: Link) -> None:
        fill(source, target, link)
        path.write_bytes(b"other" + LARGE)

    monkeypatch.setattr("gitprov.artifacts.store.sources.fill", fill_and_change)
    with store.keeper() as keeper:
        assert keeper.keep(str(path)) == (digest_bytes(b"other" + LARGE), len(LARGE) + 5, True)
    assert list(store.verify()) == []


def test_a_file_of_ones_own_is_moved_in(store: Store, tmp_path: Path) -> None:
    for data in (b"small", LARGE):
        path = tmp_path / "mine"
        path.write_bytes(data)
        with store.keeper() as keeper:
            with pytest.raises(ProvError, match="changed meanwhile"):
                keeper.adopt(digest_bytes(b"other"), str(path))
            assert path.exists()
            keeper.adopt(digest_bytes(data), str(path))
        assert store.read(digest_bytes(data)) == data
        assert not path.exists()


def test_what_is_no_file_is_not_waited_for(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProvError, match="is not a regular file"), store.keeper() as keeper:
        keeper.keep(str(tmp_path / "pipe"))


def test_a_keeper_that_is_left_by_an_error_leaves_nothing_half(store: Store, tmp_path: Path) -> None:
    def be_interrupted() -> None:
        with store.keeper() as keeper:
            keeper.keep_bytes(digest_bytes(LARGE), LARGE)
            keeper.keep_bytes(digest_bytes(b"x"), b"x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert files_below(tmp_path / "store") == []


def test_the_same_is_kept_once(store: Store, tmp_path: Path) -> None:
    keep(store, b"a", b"a", LARGE, LARGE)
    before = files_below(tmp_path / "store")
    keep(store, b"a", LARGE)
    keep(Store(store.root), b"a", LARGE)
    assert files_below(tmp_path / "store") == before


def test_a_pack_that_is_full_is_followed_by_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packwriter, "MOST_ROWS", 10)
    contents = [b"%d" % number for number in range(25)]
    digests = keep(store, *contents)
    assert store.stats() == Stats(25, sum(map(len, contents)), 3)
    assert [store.read(digest) for digest in digests] == contents
    assert store.missing([*digests, digest_bytes(b"no")]) == [digest_bytes(b"no")]


def test_very_many_are_looked_for_at_once(store: Store) -> None:
    digests = keep(store, *(b"%d" % number for number in range(1500)))
    others = [digest_bytes(b"no %d" % number) for number in range(10)]
    assert store.missing(digests + others) == others


def _fill_in_worker(root: str, number: int) -> None:
    store = Store(root)
    with store.keeper().fork(number) as keeper:
        for content in range(300):
            keeper.keep_bytes(digest_bytes(b"%d" % content), b"%d" % content)
        keeper.keep_bytes(digest_bytes(LARGE), LARGE)


def test_processes_may_keep_the_same_at_once(store: Store, tmp_path: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=_fill_in_worker, args=(store.root, number)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert list(store.verify()) == []
    assert store.read(digest_bytes(b"299")) == b"299"
    assert [name for name in files_below(tmp_path / "store") if name.startswith("tmp")] == []


def test_another_process_sees_what_came_later(store: Store) -> None:
    keep(store, b"a")
    assert store.has(digest_bytes(b"a"))
    keep(Store(store.root), b"b")
    assert store.read(digest_bytes(b"b")) == b"b"
    assert store.missing([digest_bytes(b"a"), digest_bytes(b"b")]) == []


_KILLED = """
import os, signal, sys
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import Store
real, left = os.{call}, int(sys.argv[2])
def call(*args, **options):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **options)
os.{call} = call
with Store(sys.argv[1]).keeper() as keeper:
    for data in (b"a", b"b", b"c" * 70000, b"d" * 80000):
        keeper.keep_bytes(digest_bytes(data), data)
"""


@pytest.mark.parametrize("call", ["rename", "fsync", "write"])
@pytest.mark.parametrize("after", range(4))
def test_killed_at_any_point_it_leaves_a_sound_store(store: Store, tmp_path: Path, call: str, after: int) -> None:
    command = [sys.executable, "-c", _KILLED.format(call=call), store.root, str(after)]
    assert subprocess.run(command, check=False).returncode == -9
    assert list(store.verify()) == []
    contents = (b"a", b"b", b"c" * 70000, b"d" * 80000)
    digests = keep(store, *contents)
    assert [store.read(digest) for digest in digests] == list(contents)
    assert list(Store(store.root).verify()) == []
    os.makedirs(tmp_path / "store/tmp", exist_ok=True)
    for left in (tmp_path / "store/tmp").iterdir():
        os.utime(left, (0, 0))
    store.tidy()
    assert list((tmp_path / "store/tmp").iterdir()) == []


def test_what_is_being_written_is_not_swept(store: Store) -> None:
    fresh = Path(store.workspace()) / "fresh"
    fresh.write_bytes(b"")
    store.keeper().close()
    assert fresh.exists()


_LIMITED = """
import resource, sys
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
size = int(sys.argv[2])
try:
    with Store(sys.argv[1]).keeper() as keeper:
        for number in range(200_000 // size):
            data = bytes([number]) * size
            keeper.keep_bytes(digest_bytes(data), data)
except ProvError as error:
    print(error.message, error.hint)
"""


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_without_room_nothing_half_is_left_and_it_is_said(store: Store, tmp_path: Path, size: int) -> None:
    done = subprocess.run([sys.executable, "-c", _LIMITED, store.root, str(size)], stdout=subprocess.PIPE, check=True)
    assert store.root.encode() in done.stdout
    assert b"no room" in done.stdout
    assert b"free some space" in done.stdout
    assert files_below(tmp_path / "store") == []


def test_a_shared_store_is_for_the_group_whatever_the_umask(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"), shared=True)
    before = os.umask(0o077)
    try:
        keep(store, b"a", LARGE)
        store.workspace()
    finally:
        os.umask(before)
    for path in (tmp_path / "store", *(tmp_path / "store").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o2775 if path.is_dir() else 0o444), path


def test_a_store_of_ones_own_obeys_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        keep(Store(str(tmp_path / "store")), b"a", LARGE)
    finally:
        os.umask(before)
    for path in (tmp_path / "store", *(tmp_path / "store").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o400), path


@pytest.mark.parametrize("place", ["objects", "packs", "tmp", "objects/" + digest_bytes(LARGE)[3:5]])
def test_a_link_planted_in_a_store_is_not_followed(store: Store, tmp_path: Path, place: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    planted = tmp_path / "store" / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.symlink_to(elsewhere)
    with pytest.raises(ProvError, match="link stands on the way"):
        keep(store, b"a", LARGE)
    assert files_below(elsewhere) == []


def test_objects_are_removed_alone_and_from_packs(store: Store) -> None:
    a, b, large = keep(store, b"a", b"b", LARGE)
    assert store.remove([a, large, digest_bytes(b"not here")]) == 2
    assert store.missing([a, b, large]) == [a, large]
    assert store.read(b) == b"b"
    assert store.remove([b]) == 1
    assert store.stats() == Stats(0, 0, 0)


def little_packs(store: Store) -> list[str]:
    """Fill as many packs as are worth joining, and return what is in them."""
    return [keep(store, b"%d" % number)[0] for number in range(local._MANY)]


def test_many_little_packs_become_one(store: Store) -> None:
    digests = little_packs(store)
    assert store.stats().packs == local._MANY
    store.tidy()
    assert store.stats().packs == 1
    assert store.missing(digests) == []
    assert list(store.verify()) == []


def test_who_knew_the_packs_before_they_were_joined_finds_all(store: Store) -> None:
    digests = little_packs(store)
    reader = Store(store.root)
    assert reader.missing(digests) == []
    store.tidy()
    assert [reader.read(digest) for digest in digests] == [b"%d" % number for number in range(local._MANY)]


def test_a_pack_that_is_joined_before_it_is_verified_is_no_damage(store: Store) -> None:
    little_packs(store)
    other = Store(store.root)
    parts = other.parts()
    store.tidy()
    assert [damage for part in parts for damage in other.verify_part(part)] == []
    assert list(store.verify()) == []


def test_a_damaged_pack_is_not_joined_so_that_verifying_names_it(store: Store, tmp_path: Path) -> None:
    digests = little_packs(store)
    pack = next(path for path in (tmp_path / "store").rglob("*.pack") if path.read_bytes().startswith(b"3"))
    pack.chmod(0o600)
    pack.write_bytes(b"x" + pack.read_bytes()[1:])
    with pytest.raises(ProvError, match="damaged"):
        store.tidy()
    assert store.stats().packs == local._MANY
    assert [damage.digest for damage in Store(store.root).verify()] == [digests[3]]


@pytest.mark.parametrize("data", [b"small", LARGE], ids=["small", "large"])
def test_a_file_is_taken_out_in_one_step(store: Store, tmp_path: Path, data: bytes) -> None:
    (digest,) = keep(store, data)
    (tmp_path / "out").mkdir()
    target = tmp_path / "out/file"
    target.write_bytes(b"old")
    assert store.take(digest, str(target), 0o755) == len(data)
    assert target.read_bytes() == data
    assert stat.S_IMODE(target.stat().st_mode) == 0o755
    with pytest.raises(NotFound):
        store.take(digest_bytes(b"not here"), str(target))
    assert target.read_bytes() == data
    assert files_below(tmp_path / "out") == ["file"]
