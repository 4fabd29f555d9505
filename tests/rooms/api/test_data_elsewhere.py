"""Bytes that are referred to where they are: an address, Git LFS, DVC."""

import hashlib
import http.server
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.get import GetOptions, get
from gitprov.api.data.ls import ls
from gitprov.api.data.relocate import relocate
from gitprov.api.data.saying import by
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import ProvError, UsageError
from gitprov.model.data import FETCHED, MISSING
from gitprov.records import pointers, writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition
from support.records import session_in
from support.repo import RepoBuilder
from support.web import serving


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not talk."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A directory, and the address at which a server on this machine serves it."""
    root = tmp_path / "site"
    root.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield root, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_referred_to_and_fetched_from(repo: RepoBuilder, site: tuple[Path, str]) -> None:
    root, url = site
    (root / "a.csv").write_text("x\n1\n")
    file = repo.write("a.csv", "x\n1\n")
    session = session_in(repo.path)
    (one,) = add(session, AddOptions(["a.csv"], url=f"{url}/a.csv")).items
    assert (one.kept, one.locations) == (False, (f"{url}/a.csv",))
    assert not (repo.path / ".git/prov/store/packs").exists()
    file.unlink()
    (got,) = get(session, GetOptions(["a.csv"])).items

    assert (got.state, got.sources) == (FETCHED, ("its address",))
    assert file.read_text() == "x\n1\n"


def test_what_came_before_a_break_is_not_asked_for_again(repo: RepoBuilder) -> None:
    content = bytes(range(256)) * 1000
    file = repo.write("a.bin", content)
    session = session_in(repo.path)
    with serving() as web:
        web.files["/a.bin"] = content
        add(session, AddOptions(["a.bin"], url=f"{web.url}/a.bin"))
        file.unlink()
        web.breaks_after = [100_000, 0, 0, 0]
        broken = get(session, GetOptions(["a.bin"]))
        assert [one.state for one in broken.items] == [MISSING]
        assert not file.exists()
        web.asked.clear()
        (got,) = get(session, GetOptions(["a.bin"])).items

        assert [asked.range for asked in web.asked] == ["bytes=100000-"]
    assert got.state == FETCHED
    assert file.read_bytes() == content
    assert not list((repo.path / ".git/prov/store/tmp").iterdir())


@pytest.mark.parametrize(
    "location",
    [
        {"kind": "url", "url": "file://{file}"},
        {"kind": "s3", "url": "file://{file}"},
        {"kind": "dvc", "md5": "0" * 32, "url": "file://{file}"},
        {"kind": "remote", "url": "file://{file}", "remote": "theirs"},
        {"kind": "lfs", "oid": "../../../../{file}"},
        {"kind": "annex", "key": "WORM--../../../../{file}"},
    ],
)
def test_no_place_that_somebody_states_is_a_file_of_this_machine(
    repo: RepoBuilder, tmp_path: Path, location: dict[str, str]
) -> None:
    private = tmp_path / "private"
    private.write_bytes(b"private")
    session = session_in(repo.path)
    at = {name: value.format(file=private) for name, value in location.items()}
    with depositing(session.repo, session.state) as deposit:
        said = {**by(session), "digest": digest_bytes(b"private"), "path": "a", "size": 7, "location": [at]}
        deposit.statement(pointers.stating(said))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))

    assert [one.state for one in get(session, GetOptions(["a"])).items] == [MISSING]
    assert not (repo.path / "a").exists()


def test_no_place_sends_more_than_is_wanted(repo: RepoBuilder) -> None:
    file = repo.write("a.bin", b"a" * 1000)
    session = session_in(repo.path)
    with serving() as web:
        web.files["/a.bin"] = b"a" * 1000
        add(session, AddOptions(["a.bin"], url=f"{web.url}/a.bin"))
        file.unlink()
        web.files["/a.bin"] += b"b" * 5_000_000
        answer = get(session, GetOptions(["a.bin"]))

    assert [one.state for one in answer.items] == [MISSING]
    assert "more than the 1000 bytes" in answer.problems[0].reason
    assert not list((repo.path / ".git/prov/store/tmp").iterdir())


def test_what_has_changed_at_an_address_is_not_taken(repo: RepoBuilder, site: tuple[Path, str]) -> None:
    root, url = site
    (root / "a.csv").write_text("x\n1\n")
    repo.write("a.csv", "x\n1\n").touch()
    session = session_in(repo.path)
    add(session, AddOptions(["a.csv"], url=f"{url}/a.csv"))
    (root / "a.csv").write_text("x\n2\n")
    (repo.path / "a.csv").unlink()
    answer = get(session, GetOptions(["a.csv"]))

    assert [one.state for one in answer.items] == [MISSING]
    assert f"last seen in {url}/a.csv on " in answer.items[0].reason
    assert answer.problems
    assert not (repo.path / "a.csv").exists()


def test_a_new_address_has_its_own_entity_tag_and_kind(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    digest = digest_bytes(b"1")
    copy = {"kind": "s3", "url": "s3://old/a", "version": "v1", "etag": '"1"', "size": 1}
    with depositing(session.repo, session.state) as deposit:
        deposit.statement(pointers.stating({**by(session), "digest": digest, "location": [copy]}))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))
    relocate(session, "s3://old", "https://example.org/new")

    (known,) = ls(session, [digest[:10]]).items
    assert known.location == ({"kind": "url", "url": "https://example.org/new/a", "size": 1},)


def test_an_address_with_other_bytes_is_refused(repo: RepoBuilder, site: tuple[Path, str]) -> None:
    root, url = site
    (root / "a.csv").write_text("x\n1\n")
    repo.write("a.csv", "another length")
    session = session_in(repo.path)

    with pytest.raises(ProvError, match="has 4 bytes, and the file here 14"):
        add(session, AddOptions(["a.csv"], url=f"{url}/a.csv"))
    with pytest.raises(ProvError):
        add(session, AddOptions(["a.csv"], url=f"{url}/gone.csv"))
    assert not repo.refs("refs/prov")


def test_an_address_is_that_of_a_file(repo: RepoBuilder) -> None:
    repo.write("data/a.csv", "x")
    with pytest.raises(UsageError, match="address of one file"):
        add(session_in(repo.path), AddOptions(["data"], url="https://example.org/data"))


def dvc(repo: RepoBuilder, name: str, content: bytes) -> None:
    """Let DVC have a file: in its cache, beside a `.dvc` file."""
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    repo.write(".dvc/config", "")
    repo.write(f".dvc/cache/files/md5/{md5[:2]}/{md5[2:]}", content)
    base = Path(name).name
    repo.write(f"{name}.dvc", f"outs:\n- md5: {md5}\n  size: {len(content)}\n  hash: md5\n  path: {base}\n")
    repo.write(name, content)


def test_what_dvc_has_is_referred_to_and_the_rest_of_a_directory_is_kept(repo: RepoBuilder) -> None:
    dvc(repo, "data/big.bin", b"b" * 1000)
    repo.write("data/own.bin", b"o" * 1000)
    session = session_in(repo.path)
    (one,) = add(session, AddOptions(["data"])).items
    assert (one.kept, one.locations) == (True, ("DVC",))
    shutil.rmtree(repo.path / "data")
    (got,) = get(session, GetOptions(["data"])).items

    assert (got.state, got.sources) == (FETCHED, ("DVC", "the store"))
    assert (repo.path / "data/big.bin").read_bytes() == b"b" * 1000


def test_a_file_that_dvc_no_longer_has_as_it_is_is_kept(repo: RepoBuilder) -> None:
    dvc(repo, "big.bin", b"b" * 1000)
    repo.write("big.bin", b"c" * 1000)
    (one,) = add(session_in(repo.path), AddOptions(["big.bin"])).items

    assert (one.kept, one.locations) == (True, ())


def test_what_dvc_has_and_was_removed_here_is_no_part_of_what_is_added(repo: RepoBuilder) -> None:
    dvc(repo, "data/big.bin", b"b" * 1000)
    repo.write("data/own.bin", b"o" * 1000)
    (repo.path / "data/big.bin").unlink()
    (one,) = add(session_in(repo.path), AddOptions(["data"])).items

    assert (one.files, one.locations) == (2, ())


def lfs(repo: RepoBuilder, path: str, content: bytes) -> str:
    """Let Git LFS have a file: the pointer staged, the bytes in the file and the local store; returns the pointer."""
    oid = hashlib.sha256(content).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    repo.write(".gitattributes", "*.bin filter=lfs\n")
    repo.write(path, pointer)
    repo.git("-c", "filter.lfs.clean=cat", "add", "-A")
    repo.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", content)
    repo.write(path, content)
    return pointer


def test_the_bytes_take_the_place_of_their_own_pointer_and_of_no_other(repo: RepoBuilder) -> None:
    pointer = lfs(repo, "data/a.bin", b"a" * 1000)
    repo.write("data/b.txt", "b")
    session = session_in(repo.path)
    (one,) = add(session, AddOptions(["data"])).items
    assert one.locations == ("Git LFS",)
    file = repo.write("data/a.bin", pointer)
    (got,) = get(session, GetOptions(["data"])).items
    assert (got.state, file.read_bytes()) == (FETCHED, b"a" * 1000)
    another = pointer.replace("size 1000", "size 1001")
    file.write_text(another)

    with pytest.raises(ProvError, match="would be overwritten"):
        get(session, GetOptions(["data"]))
    file.unlink()
    file.symlink_to("pointer")
    (repo.path / "data/pointer").write_text(pointer)
    with pytest.raises(ProvError, match="would be overwritten"):
        get(session, GetOptions(["data"]))
    assert file.is_symlink()


def test_a_pointer_of_git_lfs_is_not_taken_for_the_bytes(repo: RepoBuilder) -> None:
    repo.write("model.bin", f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 100000\n")
    session = session_in(repo.path)

    with pytest.raises(ProvError, match="only stands for its bytes, which Git LFS has") as caught:
        add(session, AddOptions(["model.bin"]))
    assert caught.value.hint == "bring them first: git lfs pull -I model.bin"
    assert not ls(session, []).items
