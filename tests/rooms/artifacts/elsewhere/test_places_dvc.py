import hashlib
import json
import shutil
from pathlib import Path

import pytest

from gitprov.artifacts.elsewhere.delivery import Disagrees
from gitprov.artifacts.elsewhere.fetching import at_hand, fetch
from gitprov.artifacts.elsewhere.finding import locate, locate_tree
from gitprov.artifacts.elsewhere.location import Location
from gitprov.artifacts.elsewhere.proof import proves
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import InvalidRecord, NotFound, ProvError
from support.places import brought, needs, world
from support.program import run_program
from support.repo import RepoBuilder
from support.web import serving

ONE = b"1,2\n"
DOS = b"a\r\nb\r\n"
CONFIG = """\
[core]
    analytics = false
    remote = store
['remote "store"']
    url = ../../store
['remote "other"']
    url = s3://bucket/dvc
"""


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def store(directory: Path, name: str, data: bytes, *, old: bool = False) -> None:
    """Put an object where DVC 3 (or the one before) keeps it."""
    path = directory / ("" if old else "files/md5") / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def project(repo: RepoBuilder) -> RepoBuilder:
    """Return a repository as DVC 3.67 leaves one: a file, a directory, the outs of a stage."""
    repo.write(".dvc/config", CONFIG)
    repo.write(".gitignore", "/one.csv\n/data/raw\n/two.csv\n/.dvc/cache\n")
    repo.write("one.csv", ONE)
    repo.write("one.csv.dvc", f"outs:\n- md5: {md5(ONE)}\n  size: 4\n  hash: md5\n  path: one.csv\n")
    repo.write("data/raw/x.csv", DOS)
    repo.write("data/raw/z/big", b"q" * 5000)
    listing = json.dumps([{"md5": md5(DOS), "relpath": "x.csv"}, {"md5": md5(b"q" * 5000), "relpath": "z/big"}])
    name = f"{md5(listing.encode())}.dir"
    repo.write("data/raw.dvc", f"outs:\n- md5: {name}\n  size: 5006\n  nfiles: 2\n  hash: md5\n  path: raw\n")
    repo.write("two.csv", ONE)
    stage = {"cmd": "cp one.csv two.csv", "outs": [{"path": "two.csv", "hash": "md5", "md5": md5(ONE), "size": 4}]}
    repo.write("dvc.lock", json.dumps({"schema": "2.0", "stages": {"cook": stage}}))
    cache = repo.path / ".dvc/cache"
    for key, data in ((md5(ONE), ONE), (md5(DOS), DOS), (md5(b"q" * 5000), b"q" * 5000), (name, listing.encode())):
        store(cache, key, data)
    repo.commit("data")
    return repo


def kept(data: bytes, size: int | None = None) -> Location:
    return Location("dvc", remote="store", md5=md5(data), size=size)


def test_a_file_a_directory_what_is_in_it_and_what_a_stage_made_are_found(project: RepoBuilder) -> None:
    here = world(project.path)
    [raw] = locate("data/raw", here)
    assert raw.md5.endswith(".dir")
    assert locate("one.csv", here) == [kept(ONE, 4)]
    assert locate("two.csv", here) == [kept(ONE, 4)]
    assert locate("data/raw/x.csv", here) == [kept(DOS)]
    assert locate("data/raw/none", here) == []
    assert locate("data", here) == []
    tree = {
        "one.csv": kept(ONE, 4),
        "two.csv": kept(ONE, 4),
        "data/raw": raw,
        "data/raw/x.csv": kept(DOS),
        "data/raw/z/big": kept(b"q" * 5000),
    }
    assert dict(locate_tree("", here)) == tree
    assert dict(locate_tree("data/raw/z", here)) == {"data/raw/z/big": kept(b"q" * 5000)}


def test_bytes_come_from_the_cache_and_then_from_a_remote_that_is_a_directory(
    project: RepoBuilder, tmp_path: Path
) -> None:
    here = world(project.path)
    assert at_hand(kept(ONE), here) == str(project.path / ".dvc/cache/files/md5" / md5(ONE)[:2] / md5(ONE)[2:])
    assert brought(kept(ONE), ONE, tmp_path / "target", here) == ONE
    (project.path / ".dvc/cache").rename(project.path.parent / "store")
    assert at_hand(kept(ONE), here) == str(project.path.parent / "store/files/md5" / md5(ONE)[:2] / md5(ONE)[2:])
    assert brought(kept(ONE), ONE, tmp_path / "target", here) == ONE


def test_a_copy_that_is_damaged_is_passed_over_for_the_next(project: RepoBuilder, tmp_path: Path) -> None:
    store(project.path.parent / "store", md5(ONE), ONE)
    store(project.path / ".dvc/cache", md5(ONE), b"1,3\n")
    here = world(project.path)
    assert brought(kept(ONE), ONE, tmp_path / "target", here) == ONE
    store(project.path.parent / "store", md5(ONE), b"1,4\n")
    with pytest.raises(Disagrees):
        brought(kept(ONE), ONE, tmp_path / "target", here)
    assert (tmp_path / "target").read_bytes() == b""


def test_the_layout_and_the_hash_of_older_dvc_are_known(project: RepoBuilder, tmp_path: Path) -> None:
    unix = md5(b"a\nb\n")  # DVC before 3 hashed text with its line ends as Unix has them
    project.write("old.csv", DOS)
    project.write("old.csv.dvc", f"outs:\n- md5: {unix}\n  size: 6\n  path: old.csv\n")
    store(project.path / ".dvc/cache", unix, DOS, old=True)
    here = world(project.path)
    [place] = locate("old.csv", here)
    assert proves(place, str(project.path / "old.csv")) is True
    assert brought(place, DOS, tmp_path / "target", here) == DOS
    project.write("old.csv", b"\0" + DOS)
    assert proves(place, str(project.path / "old.csv")) is False


def test_a_file_that_was_changed_since_is_no_longer_there(project: RepoBuilder) -> None:
    project.write("one.csv", "1,2,3\n")
    assert locate("one.csv", world(project.path)) == []
    (project.path / "one.csv").unlink()
    assert locate("one.csv", world(project.path)) == [kept(ONE, 4)]


def test_an_absent_object_is_said_with_what_to_do(project: RepoBuilder, tmp_path: Path) -> None:
    project.write(".dvc/config", CONFIG.partition("['remote \"other")[0])
    shutil.rmtree(project.path / ".dvc/cache")
    here = world(project.path)
    with pytest.raises(NotFound, match="in no cache or remote") as caught:
        brought(kept(ONE), ONE, tmp_path / "target", here)
    assert "dvc pull" in caught.value.hint
    [raw] = locate("data/raw", here)
    assert dict(locate_tree("data", here)) == {"data/raw": raw}  # its files cannot be named


def test_a_remote_on_a_web_server_is_read(project: RepoBuilder, tmp_path: Path) -> None:
    cache = project.path / ".dvc/cache"
    with serving() as web:
        project.write(".dvc/config", f"['remote \"web\"']\n    url = {web.url}/dvc/\n[core]\n    remote = web\n")
        here = world(project.path)
        [raw] = locate("data/raw", here)
        assert raw.url == f"{web.url}/dvc"
        for path in filter(Path.is_file, cache.rglob("*")):
            web.files[f"/dvc/{path.relative_to(cache)}"] = path.read_bytes()
        shutil.rmtree(cache)
        found = kept(DOS)._replace(url=raw.url, remote=raw.remote)
        assert brought(found, DOS, tmp_path / "target", here) == DOS
        (project.path / ".dvc/config").unlink()  # the address that was recorded is enough
        assert brought(found, DOS, tmp_path / "other", here) == DOS


def test_an_imported_file_has_its_address_as_well(project: RepoBuilder) -> None:
    project.write(
        "web.csv.dvc",
        f"frozen: true\ndeps:\n- checksum: '\"abc-1\"'\n  size: 4\n  hash: md5\n  path: https://example.org/f.csv\n"
        f"outs:\n- md5: {md5(ONE)}\n  size: 4\n  hash: md5\n  path: web.csv\n",
    )
    url = Location("url", url="https://example.org/f.csv", etag='"abc-1"', size=4)
    assert locate("web.csv", world(project.path)) == [kept(ONE, 4), url]


def test_a_project_in_a_directory_has_its_own_cache(project: RepoBuilder, tmp_path: Path) -> None:
    project.write("sub/.dvc/config", "[cache]\n    dir = ../../../shared\n")
    project.write("sub/s.txt", "s\n")
    project.write("sub/s.txt.dvc", f"outs:\n- md5: {md5(b's' + bytes([10]))}\n  size: 2\n  path: s.txt\n")
    store(project.path.parent / "shared", md5(b"s\n"), b"s\n")
    project.commit("sub")
    here = world(project.path)
    place = Location("dvc", md5=md5(b"s\n"), size=2)
    assert locate("sub/s.txt", here) == [place]
    assert list(locate_tree("sub", here)) == [("sub/s.txt", place)]
    assert brought(place, b"s\n", tmp_path / "target", here) == b"s\n"


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[" * 5000,
        "outs: 5",
        "outs:\n- 5\n- md5: zz\n  path: bad\n- md5: 3ecfad755fa825f7a17c5526ec44e651\n  path: 5\n",
        "outs:\n- md5: 3ecfad755fa825f7a17c5526ec44e651\n  path: ../../bad\n",
        "outs:\n- md5: 3ecfad755fa825f7a17c5526ec44e651\n  path: /etc/passwd\n",
        "outs:\n- md5: 3ecfad755fa825f7a17c5526ec44e651\n  path: .git/config\n",
        "outs:\n- md5: 3ecfad755fa825f7a17c5526ec44e651/../../x\n  path: bad\n",
        "!!python/object/apply:os.system ['touch hacked']",
        "a: &a [1,1]\nb: &b [*a,*a]\nouts: *b",
        "\x00\x01",
        "outs: &o\n- *o\n",
    ],
)
def test_a_file_of_dvc_that_is_not_as_it_must_be_says_nothing(project: RepoBuilder, document: str) -> None:
    project.write("bad.dvc", document)
    assert locate("bad", world(project.path)) == []
    assert "bad" not in dict(locate_tree("", world(project.path)))
    assert not Path("hacked").exists()


@pytest.mark.parametrize(
    "config", ["", "garbage", "[core\n", "\x00\xff", "[core]\nremote\n", "['remote \"store\"']\nurl=\n"]
)
def test_a_configuration_that_is_not_as_it_must_be_counts_as_empty(project: RepoBuilder, config: str) -> None:
    project.write(".dvc/config", config)
    assert locate("one.csv", world(project.path)) == [Location("dvc", md5=md5(ONE), size=4)]


@pytest.mark.parametrize("name", ["", "../../../../etc/passwd", "--help", md5(ONE)[:-1], md5(ONE).upper()])
def test_a_name_that_is_no_object_is_refused_before_anything_is_looked_at(
    project: RepoBuilder, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidRecord, match="not the name of an object of DVC"):
        fetch(Location("dvc", md5=name), digest_bytes(b""), str(tmp_path / "target"), world(project.path))


@pytest.mark.parametrize("url", ["gdrive://root/x", "simplecache::s3://bucket", "memory://x", "ssh"])
def test_a_remote_of_a_kind_that_nothing_here_reads_is_said(project: RepoBuilder, tmp_path: Path, url: str) -> None:
    place = Location("dvc", url=url, md5=md5(b"elsewhere"))
    project.write(".dvc/config", "")
    with pytest.raises(ProvError, match="nothing here reads such addresses"):
        brought(place, b"elsewhere", tmp_path / "target", world(project.path))


@needs("dvc")
def test_what_dvc_itself_made_is_found_proved_and_brought_back(repo: RepoBuilder, tmp_path: Path) -> None:
    dvc = shutil.which("dvc")
    assert dvc

    def run(*args: str) -> None:
        done = run_program(dvc, *args, cwd=repo.path, env={"DVC_NO_ANALYTICS": "1"})
        assert done.status == 0, done.stderr

    run("init", "-q")
    contents = {"one.csv": ONE, "data/raw/x.csv": DOS, "data/raw/é y": b"q", "data/raw/z/big": b"z" * 100_000}
    for path, content in contents.items():
        repo.write(path, content)
    run("add", "-q", "one.csv", "data/raw")
    run("remote", "add", "-q", "-d", "store", str(tmp_path / "remote"))
    run("push", "-q")
    repo.commit("data")
    here = world(repo.path)
    places = dict(locate_tree("", here))
    assert set(places) == {*contents, "data/raw"}
    assert all(proves(places[path], str(repo.path / path)) for path in contents)

    shutil.rmtree(repo.path / ".dvc/cache")
    shutil.rmtree(repo.path / "data/raw")
    for path, content in contents.items():
        assert brought(places[path], content, tmp_path / "target", here) == content
