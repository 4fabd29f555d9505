"""What holds of every kind of remote that can be written to, each a real one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitprov.artifacts.remotes import Item, Remote, check, fetch, open_remote, push
from gitprov.artifacts.store import Store
from gitprov.artifacts.store.layout import object_path
from gitprov.errors import ProvError
from support.remote_data import MIB, filled, flipped, unheard
from support.remote_places import KINDS, Place, place_of

_KEY = re.compile(r"objects/[0-9a-f]{2}/[0-9a-f]{62}|packs/[0-9a-f]{64}\.(pack|idx)")


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a place of each kind; servers are started once."""
    with place_of(request.param, tmp_path_factory.mktemp(request.param)) as place:
        yield place


@pytest.fixture
def place(server: Place) -> Place:
    """Give an empty place."""
    for key in server.contents.keys():  # noqa: SIM118  # it is no dictionary
        server.contents.remove(key)
    return server


@pytest.fixture
def remote(place: Place) -> Iterator[Remote]:
    """Give the remote at the place."""
    with open_remote("there", place.url, environ=place.environ) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give the store that is pushed from."""
    return Store(str(tmp_path / "store"))


@pytest.fixture
def clone(tmp_path: Path) -> Store:
    """Give an empty store of somebody else."""
    return Store(str(tmp_path / "clone"))


def test_what_is_pushed_can_be_fetched_elsewhere_and_every_byte_verifies(
    store: Store, clone: Store, place: Place, remote: Remote
) -> None:
    items = filled(store, large=(70_000, 3 * MIB, 17 * MIB))

    pushed = push(store, items, remote, unheard)
    fetched = fetch(items, remote, clone, unheard)

    assert (pushed.sent, pushed.there, pushed.missing, pushed.damaged) == (len(items), 0, (), ())
    assert (fetched.got, fetched.here, fetched.missing, fetched.damaged) == (len(items), 0, (), ())
    assert sorted(clone.digests()) == sorted(item.digest for item in items)
    assert list(clone.verify()) == []
    assert all(clone.read(item.digest) == store.read(item.digest) for item in items)
    assert [key for key in place.contents.keys() if not _KEY.fullmatch(key)] == []  # noqa: SIM118


def test_small_files_travel_as_one_pack(store: Store, place: Place, remote: Remote) -> None:
    items = filled(store, small=300, large=())

    push(store, items, remote, unheard)

    assert len(place.contents.keys()) == 2


def test_what_is_there_is_not_sent_again(store: Store, clone: Store, remote: Remote) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    fetch(items, remote, clone, unheard)

    pushed = push(store, items, remote, unheard)
    fetched = fetch(items, remote, clone, unheard)

    assert (pushed.sent, pushed.size, pushed.there) == (0, 0, len(items))
    assert (fetched.got, fetched.size, fetched.here) == (0, 0, len(items))


def test_only_what_is_new_is_sent(store: Store, remote: Remote) -> None:
    push(store, filled(store), remote, unheard)
    more = filled(store, small=10, large=(100_000,), seed=2)

    pushed = push(store, more, remote, unheard)

    assert pushed.sent == len(more) - 1  # the empty file is there
    assert pushed.size < sum(item.size for item in more) + 4096


def test_progress_adds_up_to_the_bytes_of_all_files(store: Store, clone: Store, remote: Remote) -> None:
    items = filled(store)
    up: list[int] = []
    down: list[int] = []

    push(store, items, remote, up.append)
    fetch(items, remote, clone, down.append)

    assert sum(up) == sum(down) == sum(item.size for item in items)


def test_a_few_of_many_small_files_are_read_without_the_rest(store: Store, clone: Store, remote: Remote) -> None:
    items = filled(store, small=300, large=())
    push(store, items, remote, unheard)

    fetched = fetch(items[:3], remote, clone, unheard)

    assert fetched.got == 3
    assert fetched.size <= sum(item.size for item in items) / 4


@pytest.mark.parametrize("where", [0, 12_345, -1])
def test_a_flipped_bit_in_a_large_file_is_named_and_never_delivered(
    store: Store, clone: Store, place: Place, remote: Remote, where: int
) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    key = object_path(items[-1].digest)
    place.contents.write(key, flipped(place.contents.read(key), where % items[-1].size))

    fetched = fetch(items, remote, clone, unheard)

    assert [(damage.digest, damage.place) for damage in fetched.damaged] == [(items[-1].digest, f"there:{key}")]
    assert not clone.has(items[-1].digest)
    assert fetched.got == len(items) - 1
    assert [damage.digest for damage in check(items, remote, unheard)] == [items[-1].digest]
    assert [damage.digest for damage in check(None, remote, unheard)] == [items[-1].digest]


def test_a_flipped_bit_in_a_pack_spoils_one_file_and_no_other(
    store: Store, clone: Store, place: Place, remote: Remote
) -> None:
    items = filled(store, large=())
    push(store, items, remote, unheard)
    key = next(key for key in place.contents.keys() if key.endswith(".pack"))  # noqa: SIM118
    place.contents.write(key, flipped(place.contents.read(key), 5))

    fetched = fetch(items, remote, clone, unheard)

    assert len(fetched.damaged) == 1
    assert not clone.has(fetched.damaged[0].digest)
    assert fetched.got == len(items) - 1
    assert [damage.digest for damage in check(None, remote, unheard)] == [fetched.damaged[0].digest]


def test_an_index_with_a_flipped_bit_is_named_and_its_pack_gives_it_back(
    store: Store, clone: Store, place: Place, remote: Remote
) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    key = next(key for key in place.contents.keys() if key.endswith(".idx"))  # noqa: SIM118
    sound = place.contents.read(key)
    place.contents.write(key, flipped(sound, 2000))

    fetched = fetch(items, remote, clone, unheard)

    assert (fetched.got, fetched.missing, fetched.damaged) == (len(items), (), ())
    assert [damage.place for damage in check(None, remote, unheard)] == [f"there:{key}"]
    assert push(store, items, remote, unheard).sent == 0
    assert place.contents.read(key) == sound
    assert list(check(None, remote, unheard)) == []


def test_an_index_that_is_damaged_twice_is_named_and_nothing_is_taken_from_its_pack(
    store: Store, clone: Store, place: Place, remote: Remote
) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    key = next(key for key in place.contents.keys() if key.endswith(".idx"))  # noqa: SIM118
    place.contents.write(key, flipped(place.contents.read(key), 2000))
    pack = key.replace(".idx", ".pack")
    place.contents.write(pack, flipped(place.contents.read(pack), len(place.contents.read(pack)) - 100))

    fetched = fetch(items, remote, clone, unheard)

    assert [damage.place for damage in fetched.damaged] == [f"there:{key}"]
    assert sorted(fetched.missing) == sorted(item.digest for item in items[:-1])
    assert fetched.got == 1
    assert f"there:{key}" in [damage.place for damage in check(None, remote, unheard)]


def test_a_damaged_copy_of_the_index_in_a_pack_is_found_by_checking(store: Store, place: Place, remote: Remote) -> None:
    push(store, filled(store), remote, unheard)
    key = next(key for key in place.contents.keys() if key.endswith(".pack"))  # noqa: SIM118
    place.contents.write(key, flipped(place.contents.read(key), len(place.contents.read(key)) - 3))

    assert [damage.place for damage in check(None, remote, unheard)] == [f"there:{key}"]


def test_an_index_that_was_damaged_after_it_was_read_is_named_and_its_pack_is_not(
    store: Store, place: Place, remote: Remote
) -> None:
    push(store, filled(store), remote, unheard)
    assert not list(check(None, remote, unheard, store))
    key = next(key for key in place.contents.keys() if key.endswith(".idx"))  # noqa: SIM118
    place.contents.write(key, flipped(place.contents.read(key), 2000))

    assert [damage.place for damage in check(None, remote, unheard, store)] == [f"there:{key}"]


@pytest.mark.parametrize("change", [b"", b"x", None])
def test_a_file_of_another_size_is_named_and_sent_again(
    store: Store, clone: Store, place: Place, remote: Remote, change: bytes | None
) -> None:
    items = filled(store, small=1)
    push(store, items, remote, unheard)
    key = object_path(items[-1].digest)
    place.contents.write(key, place.contents.read(key)[:-1] if change is None else change)
    if change == b"x":
        place.contents.write(key, store.read(items[-1].digest) + b"x")

    assert [damage.digest for damage in fetch(items, remote, clone, unheard).damaged] == [items[-1].digest]
    assert [damage.digest for damage in check(items, remote, unheard)] == [items[-1].digest]
    assert push(store, items, remote, unheard).sent == 1
    assert fetch(items, remote, clone, unheard).got == 1
    assert list(check(None, remote, unheard)) == []


def test_what_the_remote_has_not_is_named_and_the_rest_arrives(store: Store, clone: Store, remote: Remote) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    unknown = [Item(f"b3:{'0' * 64}", 70_000), Item(f"b3:{'1' * 64}", 5), Item(f"b3:{'2' * 64}", 0)]

    fetched = fetch([*items, *unknown], remote, clone, unheard)

    assert sorted(fetched.missing) == [item.digest for item in unknown]
    assert fetched.got == len(items)
    assert sorted(damage.digest for damage in check([*items, *unknown], remote, unheard)) == sorted(fetched.missing)


def test_what_is_damaged_or_missing_here_is_named_and_the_rest_is_sent(
    store: Store, clone: Store, remote: Remote, tmp_path: Path
) -> None:
    items = filled(store, large=(2 * MIB, 3 * MIB))
    broken = tmp_path / "store" / object_path(items[-1].digest)
    broken.chmod(0o600)
    broken.write_bytes(flipped(broken.read_bytes(), 1 << 20))
    store.remove([items[0].digest, items[-2].digest])

    pushed = push(store, items, remote, unheard)

    assert [damage.digest for damage in pushed.damaged] == [items[-1].digest]
    assert sorted(pushed.missing) == sorted([items[0].digest, items[-2].digest])
    assert pushed.sent == len(items) - 3
    assert list(check(None, remote, unheard)) == []
    assert fetch(items, remote, clone, unheard).got == len(items) - 3


def test_names_that_no_store_has_are_passed_over(store: Store, clone: Store, place: Place, remote: Remote) -> None:
    items = filled(store)
    push(store, items, remote, unheard)
    for key in ("packs/evil.idx", "packs/evil.pack", f"packs/{'0' * 64}.idx", "objects/ab/readme", "objects/zz/x"):
        place.contents.write(key, b"made up")

    assert fetch(items, remote, clone, unheard).got == len(items)
    assert list(check(None, remote, unheard)) == []


def test_a_place_that_is_not_there_is_one_error_with_a_hint(place: Place, store: Store) -> None:
    url = "s3://no-such-bucket/x" if place.kind == "s3" else f"{place.url}/not/there"

    with (
        open_remote("gone", url, environ=place.environ) as remote,
        pytest.raises(ProvError, match=r"'gone'.*there is no") as caught,
    ):
        push(store, filled(store), remote, unheard)

    assert caught.value.hint
