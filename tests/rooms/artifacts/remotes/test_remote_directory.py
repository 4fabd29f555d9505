"""A directory as a remote, where things go wrong."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.artifacts.remotes import Item, Pushed, check, fetch, open_remote, push
from gitprov.artifacts.store import Store
from gitprov.artifacts.store.layout import TMP, object_path
from gitprov.artifacts.store.packindex import FOOTER, FOOTER_MAGIC, name_of, place, render
from gitprov.errors import ConfigError, ProvError
from support.remote_data import MIB, filled, flipped, unheard


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


@pytest.fixture
def clone(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "clone"))


@pytest.fixture
def there(tmp_path: Path) -> Path:
    path = tmp_path / "there"
    path.mkdir()
    return path


def failing(code: int) -> Callable[..., int]:
    """Return a system call that fails."""

    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "is full"), (errno.EACCES, "permission denied")])
def test_a_remote_that_takes_no_more_is_one_error_and_the_next_try_goes_on(
    store: Store, there: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    items = filled(store)
    with open_remote("disk", str(there), environ={}) as remote:
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", failing(code))
            with pytest.raises(ProvError, match=f"'disk'.*{words}") as caught:
                push(store, items, remote, unheard)
        assert caught.value.hint

        assert push(store, items, remote, unheard).sent == len(items)
        assert list(check(None, remote, unheard)) == []


def test_a_full_disk_here_is_one_error_and_the_next_try_goes_on(
    store: Store, clone: Store, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = filled(store, small=1)
    with open_remote("disk", str(there), environ={}) as remote:
        push(store, items, remote, unheard)
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", failing(errno.ENOSPC))
            with pytest.raises(ProvError, match="no room") as caught:
                fetch(items, remote, clone, unheard)
        assert caught.value.hint

        assert fetch(items, remote, clone, unheard).missing == ()
        assert clone.missing(item.digest for item in items) == []


def test_a_part_that_was_spoilt_meanwhile_is_sent_anew(store: Store, there: Path) -> None:
    items = filled(store, small=1, large=(20 * MIB,))[1:]
    name = object_path(items[0].digest).replace("/", "").removeprefix("objects")
    part = there / TMP / f"{name}.part"
    part.parent.mkdir()
    part.write_bytes(flipped(store.read(items[0].digest)[: 10 * MIB], 5))

    with open_remote("disk", str(there), environ={}) as remote:
        pushed = push(store, items, remote, unheard)
        assert pushed.size == 30 * MIB  # what was missing, then all of it
        assert list(check(items, remote, unheard)) == []


def test_a_part_that_was_spoilt_here_is_fetched_anew(store: Store, clone: Store, there: Path, tmp_path: Path) -> None:
    items = filled(store, small=1, large=(20 * MIB,))[1:]
    part = tmp_path / "clone" / TMP / f"{items[0].digest[3:]}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(10 * MIB))

    with open_remote("disk", str(there), environ={}) as remote:
        push(store, items, remote, unheard)
        fetched = fetch(items, remote, clone, unheard)

    assert (fetched.got, fetched.damaged) == (1, ())
    assert list(clone.verify()) == []
    assert not part.exists()


def test_what_stands_in_the_way_under_a_name_is_never_written_through(
    store: Store, there: Path, tmp_path: Path
) -> None:
    items = filled(store, small=1)[1:]
    bystander = tmp_path / "bystander"
    bystander.write_text("mine")
    link = there / object_path(items[0].digest)
    link.parent.mkdir(parents=True)
    link.symlink_to(bystander)

    with open_remote("disk", str(there), environ={}) as remote:
        push(store, items, remote, unheard)
        assert list(check(items, remote, unheard)) == []

    assert bystander.read_text() == "mine"
    assert not link.is_symlink()


def test_an_index_that_lies_delivers_nothing(clone: Store, there: Path) -> None:
    """The index is sound by its name; where it says that things stand, they do not."""
    rows = {
        bytes([n]) * 32: place(offset, length) for n, (offset, length) in enumerate([(0, 10), (5, 4000), (1 << 31, 9)])
    }
    rows[b"\xff" * 32] = place(0, (1 << 32) - 1)
    table = render(rows, 100)
    (there / "packs").mkdir()
    (there / f"packs/{name_of(table)}.idx").write_bytes(table)
    (there / f"packs/{name_of(table)}.pack").write_bytes(bytes(5000) + table + FOOTER.pack(len(table), FOOTER_MAGIC))
    items = [Item(f"b3:{raw.hex()}", 10) for raw in rows]

    with open_remote("disk", str(there), environ={}) as remote:
        fetched = fetch(items, remote, clone, unheard)
        found = list(check(None, remote, unheard))

    assert fetched.got == 0
    assert sorted([*fetched.missing, *(damage.digest for damage in fetched.damaged)]) == sorted(
        item.digest for item in items
    )
    assert {damage.digest for damage in found} == {*(item.digest for item in items), ""}
    assert list(clone.digests()) == []


def test_two_who_push_the_same_at_once_both_succeed(store: Store, there: Path, tmp_path: Path) -> None:
    """The second finds the first one's half, finishes it, and the first finds it done."""
    items = filled(store, small=1, large=(20 * MIB,))[1:]
    other = Store(str(tmp_path / "other"))
    filled(other, small=1, large=(20 * MIB,))
    second_has_pushed: list[Pushed] = []

    def tell(_: int) -> None:
        if not second_has_pushed:
            with open_remote("disk", str(there), environ={}) as remote:
                second_has_pushed.append(push(other, items, remote, unheard))

    with open_remote("disk", str(there), environ={}) as remote:
        first = push(store, items, remote, lambda count: tell(count) if count else None)
        assert list(check(None, remote, unheard)) == []

    assert (first.damaged, second_has_pushed[0].damaged) == ((), ())
    assert sorted(path.name for path in (there / "tmp").iterdir()) == []


def test_an_error_in_a_url_or_an_option_names_the_remote() -> None:
    with pytest.raises(ConfigError, match=r"remote 'x': its URL holds"):
        open_remote("x", "s3://a:b@bucket", environ={})
    with pytest.raises(ConfigError, match=r"remote 'x': `workers`"):
        open_remote("x", "/data", {"workers": 0}, environ={})
