import hashlib
import subprocess
from pathlib import Path

import pytest

from gitprov.artifacts.elsewhere.fetching import at_hand, fetch
from gitprov.artifacts.elsewhere.finding import locate, locate_tree
from gitprov.artifacts.elsewhere.location import Location
from gitprov.artifacts.elsewhere.proof import proves
from gitprov.artifacts.elsewhere.texts import object_paths
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import InvalidRecord, NotFound, ProvError
from support.places import brought, needs, without_programs, world
from support.repo import RepoBuilder

CONTENT = b"hello\n"
KEY = f"SHA256E-s6--{hashlib.sha256(CONTENT).hexdigest()}.csv"
PLACE = Location("annex", key=KEY, size=6)


def annexed(repo: RepoBuilder, path: str) -> Path:
    """Leave a file as git-annex does when it is locked: a link into the annex, with the bytes at its end."""
    stored = repo.path / ".git/annex/objects" / object_paths(KEY)[0]
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(CONTENT)
    link = repo.path / path
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(Path("../" * path.count("/")) / ".git/annex/objects" / object_paths(KEY)[0])
    return stored


def test_a_locked_file_is_known_by_its_link(repo: RepoBuilder, tmp_path: Path) -> None:
    stored = annexed(repo, "data/a.csv")
    here = world(repo.path)
    assert locate("data/a.csv", here) == [PLACE]
    assert at_hand(PLACE, here) == str(stored)
    assert proves(PLACE, str(repo.path / "data/a.csv")) is True
    assert brought(PLACE, CONTENT, tmp_path / "target", here) == CONTENT
    assert list(locate_tree("", here)) == []  # git does not know of it yet
    repo.git("add", "-A")
    assert list(locate_tree("data", here)) == [("data/a.csv", PLACE)]


def test_a_link_whose_bytes_are_not_here_is_a_place_all_the_same(repo: RepoBuilder, tmp_path: Path) -> None:
    annexed(repo, "a.csv").unlink()
    here = world(repo.path, without_programs(tmp_path))
    assert locate("a.csv", here) == [PLACE]
    assert at_hand(PLACE, here) == ""
    with pytest.raises(NotFound, match="git-annex is not installed"):
        brought(PLACE, CONTENT, tmp_path / "target", here)


@pytest.mark.parametrize("key", ["", "--force", "SHA256", "../SHA256--a", "SHA256-s6--a\nb", "SHA256--\x1b[0m"])
def test_a_key_that_is_none_is_refused_before_anything_is_looked_at(
    repo: RepoBuilder, tmp_path: Path, key: str
) -> None:
    with pytest.raises(InvalidRecord, match="is not a git-annex key"):
        fetch(Location("annex", key=key), digest_bytes(b""), str(tmp_path / "target"), world(repo.path))


@pytest.mark.parametrize(
    ("key", "proved"),
    [
        (KEY, True),
        (KEY.replace("-s6", "-s7"), False),
        ("MD5-s6--b1946ac92492d2347c6235b4d2611184", True),
        ("SHA1E--f572d396fae9206628714fb2ce00f72e94f2258f.csv", True),
        ("SHA1E--f572d396fae9206628714fb2ce00f72e94f2258e.csv", False),
        (f"SHA3_256-s6--{hashlib.sha3_256(CONTENT).hexdigest()}", True),
        (f"BLAKE2B256E-s6--{hashlib.blake2b(CONTENT, digest_size=32).hexdigest()}.tar.gz", True),
        (f"BLAKE2S160-s6--{hashlib.blake2s(CONTENT, digest_size=20).hexdigest()}", True),
        ("WORM-s6-m1795273232--a.csv", None),
        ("URL--https://example.org/a.csv", None),
        ("SKEIN256-s6--00", None),
    ],
)
def test_a_key_proves_what_its_backend_hashes(tmp_path: Path, key: str, proved: bool | None) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    assert proves(Location("annex", key=key), str(tmp_path / "a")) is proved


@pytest.fixture
def annex(repo: RepoBuilder) -> RepoBuilder:
    """Return a repository that git-annex itself has made."""
    repo.git("annex", "init", "-q", "here")
    for path, content, options in (
        ("a.csv", CONTENT, ()),
        ("d/b%&:c.tar.gz", b"b" * 5000, ()),
        ("m.txt", b"m\n", ("--backend=MD5E",)),
        ("w.txt", b"w\n", ("--backend=WORM",)),
        ("u.bin", b"unlocked", ("--force-large",)),
    ):
        repo.write(path, content)
        repo.git("annex", "add", "-q", *options, path)
    repo.git("annex", "unlock", "-q", "u.bin")
    repo.commit("annexed", {"code.py": "print()\n"})
    return repo


@needs("git-annex")
def test_what_git_annex_made_is_found_and_proved(annex: RepoBuilder, tmp_path: Path) -> None:
    here = world(annex.path)
    places = dict(locate_tree("", here))
    assert set(places) == {"a.csv", "d/b%&:c.tar.gz", "m.txt", "w.txt", "u.bin"}
    for path, place in places.items():
        assert locate(path, here) == [place]
        assert place.key == annex.git("annex", "lookupkey", path)
        assert at_hand(place, here) == str(annex.path / annex.git("annex", "contentlocation", place.key))
        assert proves(place, str(annex.path / path)) is (None if path == "w.txt" else True)
        assert brought(place, (annex.path / path).read_bytes(), tmp_path / "target", here)


@needs("git-annex")
def test_git_annex_brings_what_only_another_repository_has(annex: RepoBuilder, tmp_path: Path) -> None:
    clone = annex.clone(tmp_path / "clone")
    here = world(clone.path)
    [place] = locate("a.csv", here)
    with pytest.raises(NotFound, match="not set up") as caught:
        brought(place, CONTENT, tmp_path / "target", here)
    assert caught.value.hint == "git annex init"
    assert not (clone.path / ".git/annex").exists()
    clone.git("annex", "init", "-q", "clone")
    here = world(clone.path)
    assert set(dict(locate_tree("", here))) == {"a.csv", "d/b%&:c.tar.gz", "m.txt", "w.txt", "u.bin"}
    for path, content in (("a.csv", CONTENT), ("u.bin", b"unlocked")):
        [place] = locate(path, here)
        assert at_hand(place, here) == ""
        assert brought(place, content, tmp_path / "target", here) == content
    clone.git("remote", "remove", "origin")
    [lost] = locate("m.txt", here)
    with pytest.raises(ProvError):
        brought(lost, b"m\n", tmp_path / "target", here)
    for at in (annex.path, clone.path):  # so that the directory can be removed
        subprocess.run(["chmod", "-R", "u+w", at], check=True)
