"""What only some kinds of remote have, each tried against a real server."""

import io
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from gitprov.artifacts.remotes import check, fetch, open_remote, push
from gitprov.artifacts.remotes.backend import Outgoing, Unfit
from gitprov.artifacts.store import Store
from gitprov.artifacts.store.layout import object_path
from gitprov.errors import ProvError
from support.remote_data import MIB, filled, flipped, unheard
from support.remote_places import InBucket, Place, place_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Place]:
    with place_of("sftp", tmp_path) as place:
        yield place


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place_of("s3", tmp_path_factory.mktemp("s3")) as place:
        yield place


def refused(place: Place, url: str, store: Store) -> ProvError:
    """Return the one error with which a push ends."""
    with open_remote("there", url, environ=place.environ) as remote, pytest.raises(ProvError) as caught:
        push(store, filled(store, small=2, large=()), remote, unheard)
    assert caught.value.hint
    return caught.value


def test_a_host_whose_key_is_not_known_is_refused(sftp: Place, store: Store, tmp_path: Path) -> None:
    known = tmp_path / "ssh/known"
    known.write_text("")

    assert "host key of 127.0.0.1 is not known" in refused(sftp, sftp.url, store).message
    assert known.read_text() == ""
    assert list((tmp_path / "remote").iterdir()) == []


def test_a_host_whose_key_has_changed_is_refused(sftp: Place, store: Store, tmp_path: Path) -> None:
    known = tmp_path / "ssh/known"
    known.write_text(known.read_text().split(" ")[0] + " " + (tmp_path / "ssh/person.pub").read_text())

    assert "host key of 127.0.0.1 has changed" in refused(sftp, sftp.url, store).message


def test_a_key_that_the_server_does_not_know_is_refused(sftp: Place, store: Store, tmp_path: Path) -> None:
    (tmp_path / "ssh/person.pub").write_text((tmp_path / "ssh/host.pub").read_text())

    assert "accepts no key" in refused(sftp, sftp.url, store).message


def test_nothing_of_a_login_is_left_when_a_remote_is_closed(sftp: Place, store: Store, tmp_path: Path) -> None:
    logins = tmp_path / "logins"
    logins.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(logins))
        with open_remote("there", sftp.url, environ=sftp.environ) as remote:
            push(store, filled(store), remote, unheard)
            assert len(list(logins.iterdir())) == 1

    assert list(logins.iterdir()) == []


def test_s3_keeps_the_parts_that_are_the_same_and_sends_the_others(s3: Place, store: Store) -> None:
    """A try before this one has sent three parts, one of them of other bytes."""
    (item,) = filled(store, small=1, large=(30 * MIB,), seed=7)[1:]
    assert isinstance(s3.contents, InBucket)
    data = store.read(item.digest)
    s3.contents.begin_parts(
        object_path(item.digest), [data[: 8 * MIB], flipped(data[8 * MIB : 16 * MIB], 3), data[16 * MIB : 24 * MIB]]
    )

    with open_remote("there", s3.url, environ=s3.environ) as remote:
        pushed = push(store, [item], remote, unheard)
        assert list(check([item], remote, unheard)) == []

    assert pushed.size == 14 * MIB
    assert s3.contents.begun() == []


def test_s3_leaves_no_parts_of_a_file_that_is_damaged_here(s3: Place, store: Store, tmp_path: Path) -> None:
    (item,) = filled(store, small=1, large=(30 * MIB,), seed=8)[1:]
    assert isinstance(s3.contents, InBucket)
    path = tmp_path / "store" / object_path(item.digest)
    path.chmod(0o600)
    path.write_bytes(flipped(path.read_bytes(), 25 * MIB))

    with open_remote("there", s3.url, environ=s3.environ) as remote:
        pushed = push(store, [item], remote, unheard)

    assert [damage.digest for damage in pushed.damaged] == [item.digest]
    assert object_path(item.digest) not in s3.contents.keys()  # noqa: SIM118
    assert s3.contents.begun() == []


def test_s3_without_credentials_says_where_they_belong(
    s3: Place, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    error = refused(s3, s3.url, store)

    assert "no credentials" in error.message
    assert "aws" in error.hint


def test_an_s3_server_that_is_not_there_is_one_error(s3: Place, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("gitprov.artifacts.remotes.retry._FIRST_WAIT", 0.0)

    assert "does not answer" in refused(s3, s3.url, store).message


def test_s3_has_objects_whole_or_not_at_all(s3: Place) -> None:
    """Bytes that turn out wrong at the end were never seen under their name."""
    outgoing = Outgoing(f"b3:{'0' * 64}", 20 * MIB, lambda: io.BytesIO(bytes(20 * MIB)), Event(), unheard)
    with open_remote("there", s3.url, environ=s3.environ) as remote, pytest.raises(Unfit):
        remote.backend.send("objects/00/" + "0" * 62, outgoing)

    assert "objects/00/" + "0" * 62 not in s3.contents.keys()  # noqa: SIM118


def test_what_webdav_serves_can_be_read_over_http_as_well(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    pytest.importorskip("fsspec")
    items = filled(store, large=(17 * MIB,))
    with place_of("webdav", tmp_path) as place:
        with open_remote("there", place.url, environ=place.environ) as remote:
            push(store, items, remote, unheard)
        clone = Store(str(tmp_path / "clone"))
        with open_remote("web", place.url.replace("webdav", "http"), environ=place.environ) as remote:
            assert fetch(items, remote, clone, unheard).got == len(items)
            assert list(check(items, remote, unheard)) == []
            with pytest.raises(ProvError, match="'web' can only be read"):
                push(store, items, remote, unheard)

    assert list(clone.verify()) == []
