import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import SMALL, Damaged, Store
from gitprov.errors import NotFound
from support.stores import files_below, flip, keep

LARGE = bytes(range(256)) * (SMALL // 256 * 40)
Ask = Callable[[Store, str, Path], object]

ASKS: dict[str, Ask] = {
    "read": lambda store, digest, _: store.read(digest),
    "open": lambda store, digest, _: store.open(digest),
    "stream": lambda store, digest, _: store.stream(digest).read(),
    "take": lambda store, digest, out: store.take(digest, str(out)),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASKS[request.param]


def place_of(store: Store, digest: str) -> Path:
    return Path(store.root, "objects", digest[3:5], digest[5:])


def the(store: Store, kind: str) -> Path:
    (path,) = Path(store.root, "packs").glob(f"*.{kind}")
    return path


def quarantined(store: Store) -> list[Path]:
    return sorted(Path(store.root, "quarantine").iterdir())


@pytest.mark.parametrize("position", [0, len(LARGE) // 2, -1])
def test_a_flipped_bit_in_an_object_is_found_and_never_delivered(
    store: Store, tmp_path: Path, ask: Ask, position: int
) -> None:
    digest, sound = keep(store, LARGE, b"sound")
    place = place_of(store, digest)
    flip(place, position)
    wrong = place.read_bytes()

    with pytest.raises(Damaged, match=digest) as raised:
        ask(store, digest, tmp_path / "out")

    assert str(place) in raised.value.message
    assert "remote" in raised.value.hint
    assert [path.read_bytes() for path in quarantined(store)] == [wrong]
    assert not (tmp_path / "out").exists()
    assert not store.has(digest)
    with pytest.raises(NotFound):
        ask(store, digest, tmp_path / "out")
    assert store.read(sound) == b"sound"
    keep(store, LARGE)
    assert store.read(digest) == LARGE


def test_a_stream_gives_no_last_bytes_of_a_damaged_object(store: Store) -> None:
    (digest,) = keep(store, LARGE)
    flip(place_of(store, digest), 0)
    stream = store.stream(digest)
    pieces: list[bytes] = []
    with pytest.raises(Damaged):
        pieces.extend(iter(lambda: stream.read(4096), b""))
    assert sum(map(len, pieces)) < len(LARGE)


@pytest.mark.parametrize("change", [lambda path: os.truncate(path, 100), lambda path: path.write_bytes(LARGE + b"x")])
def test_an_object_of_another_length_is_damaged(
    store: Store, tmp_path: Path, ask: Ask, change: Callable[[Path], None]
) -> None:
    (digest,) = keep(store, LARGE)
    place_of(store, digest).chmod(0o644)
    change(place_of(store, digest))
    with pytest.raises(Damaged, match=digest):
        ask(store, digest, tmp_path / "out")


def test_a_flipped_bit_in_a_pack_costs_one_object(store: Store, tmp_path: Path, ask: Ask) -> None:
    contents = [b"%d" % number * 100 for number in range(10)]
    digests = keep(store, *contents)
    pack = the(store, "pack")
    flip(pack, pack.read_bytes().index(contents[4]) + 7)

    with pytest.raises(Damaged, match=digests[4]) as raised:
        ask(store, digests[4], tmp_path / "out")

    assert str(pack) in raised.value.message
    assert not (tmp_path / "out").exists()
    assert store.missing(digests) == [digests[4]]
    assert all(store.read(digest) == data for digest, data in zip(digests, contents, strict=True) if data[:1] != b"4")
    assert pack.stem in {path.name.partition(".")[0] for path in quarantined(store)}
    assert list(store.verify()) == []


def test_a_pack_that_is_cut_off_keeps_what_is_whole(store: Store) -> None:
    contents = [b"%d" % number * 1000 for number in range(10)]
    digests = keep(store, *contents)
    pack = the(store, "pack")
    pack.chmod(0o644)
    os.truncate(pack, 4500)
    damages = list(store.verify())
    assert {damage.digest for damage in damages} == {*digests[4:], ""}
    assert store.missing(digests) == digests[4:]
    assert store.read(digests[3]) == contents[3]


def index_positions() -> list[int]:
    header, fan, rows = 24, 1024, 40 * 10
    return [0, 8, 15, header, header + 500, header + fan + 3, header + fan + 40 * 5 + 33, header + fan + rows - 1]


@pytest.mark.parametrize("position", index_positions())
def test_a_flipped_bit_in_an_index_delivers_nothing_wrong_and_is_mended(store: Store, position: int) -> None:
    contents = [b"%d" % number * 100 for number in range(10)]
    digests = keep(store, *contents)
    index = the(store, "idx")
    sound = index.read_bytes()
    flip(index, position)
    fresh = Store(store.root)
    assert [fresh.read(digest) for digest in digests] == contents
    assert list(Store(store.root).verify()) == [] or index.read_bytes() == sound


@pytest.mark.parametrize("position", index_positions())
def test_verify_names_a_damaged_index(store: Store, position: int) -> None:
    digests = keep(store, *(b"%d" % number * 100 for number in range(10)))
    index = the(store, "idx")
    sound = index.read_bytes()
    flip(index, position)
    (damage,) = Store(store.root).verify()
    assert (damage.digest, damage.place) == ("", str(index))
    assert "taken from the pack anew" in str(damage)
    assert index.read_bytes() == sound
    assert [path.name[:68] for path in quarantined(store)] == [index.name]
    assert store.missing(digests) == []


def test_an_index_that_is_lost_is_taken_from_its_pack(store: Store) -> None:
    (digest,) = keep(store, b"a")
    the(store, "idx").unlink()
    assert Store(store.root).read(digest) == b"a"
    assert the(store, "idx").exists()


def test_a_pack_whose_both_indexes_are_damaged_is_put_aside_whole(store: Store) -> None:
    (digest,) = keep(store, b"a")
    flip(the(store, "idx"), 30)
    flip(the(store, "pack"), 30)
    fresh = Store(store.root)
    damages = [str(damage) for damage in fresh.verify()]
    assert any("no sound copy" in text for text in damages)
    assert fresh.missing([digest]) == [digest]
    assert len(quarantined(store)) == 2


def test_a_damaged_copy_of_the_index_is_made_anew(store: Store) -> None:
    (digest,) = keep(store, b"a" * 50)
    pack = the(store, "pack")
    flip(pack, -1)
    (damage,) = store.verify()
    assert (damage.place, damage.reason) == (str(pack), "has a damaged copy of its index")
    assert list(store.verify()) == []
    assert store.read(digest) == b"a" * 50


def test_verify_names_every_damage_once(store: Store) -> None:
    told: list[int] = []
    digests = keep(store, LARGE, b"p" * 70_000, b"small one", b"small two")
    flip(place_of(store, digests[0]), 5)
    pack = the(store, "pack")
    flip(pack, pack.read_bytes().index(b"small two"))
    assert {damage.digest for damage in store.verify(tell=told.append)} == {digests[0], digests[3]}
    assert sum(told) == len(LARGE) + 70_000 + 18
    assert list(store.verify()) == []
    assert store.missing(digests) == [digests[0], digests[3]]


def test_verify_of_some_reads_only_these(store: Store) -> None:
    large, small, other = keep(store, LARGE, b"small one", b"p" * 70_000)
    flip(place_of(store, large), 5)
    flip(place_of(store, other), 5)
    pack = the(store, "pack")
    flip(pack, pack.read_bytes().index(b"small one"))
    assert [damage.digest for damage in store.verify([small, large, digest_bytes(b"not here")])] == [small, large]
    assert store.has(other)


def test_a_hard_linked_file_that_was_edited_in_place_is_never_served(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)
    store = Store(str(tmp_path / "store"), link="hardlink")
    with store.keeper() as keeper:
        digest = keeper.keep(str(path)).digest
    place = place_of(store, digest)
    if not place.samefile(path):
        pytest.skip("this file system shares blocks instead")
    flip(path, 0)
    with pytest.raises(Damaged, match=digest):
        store.read(digest)
    assert path.read_bytes() != LARGE
    assert files_below(Path(store.root, "objects")) == []


def test_a_link_in_the_place_of_an_object_is_not_followed(store: Store, tmp_path: Path, ask: Ask) -> None:
    (digest,) = keep(store, LARGE)
    place = place_of(store, digest)
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Damaged, match="is no file"):
        ask(store, digest, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_put_aside_is_still_not_served(
    store: Store, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = keep(store, LARGE, b"small")
    flip(place_of(store, large), 9)
    flip(the(store, "pack"), 1)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    for digest in (large, small, large, small):
        with pytest.raises(Damaged, match=digest):
            ask(store, digest, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_the_disk_has_lost_is_damaged(
    store: Store, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = keep(store, LARGE, b"small")

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    for call in ("pread", "preadv", "readv"):
        monkeypatch.setattr(os, call, fail)
    for digest in (small, large):
        with pytest.raises(Damaged, match=digest):
            ask(store, digest, tmp_path / "out")
    monkeypatch.undo()
    assert not (tmp_path / "out").exists()
    keep(store, LARGE)
    for call in ("pread", "preadv"):
        monkeypatch.setattr(os, call, fail)
    assert [damage.digest for damage in store.verify([large])] == [large]
