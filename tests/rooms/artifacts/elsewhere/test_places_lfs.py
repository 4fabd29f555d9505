import hashlib
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
from support.places import brought, needs, without_programs, world
from support.repo import RepoBuilder

CONTENT = bytes(range(256)) * 5000
OID = hashlib.sha256(CONTENT).hexdigest()
PLACE = Location("lfs", oid=OID, size=len(CONTENT))
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {len(CONTENT)}\n"


def test_a_pointer_in_the_working_tree_is_a_place(repo: RepoBuilder) -> None:
    repo.write("data/a.bin", POINTER)
    repo.write("data/b.csv", "1,2\n")
    assert locate("data/a.bin", world(repo.path)) == [PLACE]
    assert locate("data/b.csv", world(repo.path)) == []
    assert locate("data/gone", world(repo.path)) == []


def smudged(repo: RepoBuilder, path: str = "a.bin") -> Path:
    """Leave a repository as Git LFS does: the pointer staged, the bytes in the file and in the local store."""
    repo.write(".gitattributes", "*.bin filter=lfs\n")
    repo.write(path, POINTER)
    repo.git("-c", "filter.lfs.clean=cat", "add", "-A")
    repo.write(path, CONTENT)
    stored = repo.path / ".git/lfs/objects" / OID[:2] / OID[2:4] / OID
    stored.parent.mkdir(parents=True)
    stored.write_bytes(CONTENT)
    return stored


@pytest.mark.parametrize("path", ["a.bin", "déjà [vu]/*b\n.bin"])
def test_a_file_with_its_real_bytes_is_known_by_what_git_has_staged(
    repo: RepoBuilder, tmp_path: Path, path: str
) -> None:
    stored = smudged(repo, path)
    here = world(repo.path)
    assert locate(path, here) == [PLACE]
    assert list(locate_tree("", here)) == [(path, PLACE)]
    assert list(locate_tree("elsewhere", here)) == []
    assert proves(PLACE, str(repo.path / path)) is True
    assert at_hand(PLACE, here) == str(stored)
    assert brought(PLACE, CONTENT, tmp_path / "target", here) == CONTENT


def test_a_file_that_was_removed_is_known_by_what_git_has_staged(repo: RepoBuilder) -> None:
    shutil.rmtree(smudged(repo).parents[3])
    for name in ("a.bin", ".gitattributes"):
        (repo.path / name).unlink()
    assert locate("a.bin", world(repo.path)) == [PLACE]


def test_a_file_that_was_changed_since_is_no_longer_there(repo: RepoBuilder) -> None:
    smudged(repo)
    repo.write("a.bin", CONTENT + b"more")
    assert locate("a.bin", world(repo.path)) == []
    assert list(locate_tree("", world(repo.path))) == []
    repo.write("a.bin", CONTENT[::-1])  # which only a hash can tell
    assert locate("a.bin", world(repo.path)) == [PLACE]
    assert proves(PLACE, str(repo.path / "a.bin")) is False


def test_a_damaged_object_is_found_and_nothing_is_kept_of_it(repo: RepoBuilder, tmp_path: Path) -> None:
    stored = smudged(repo)
    stored.write_bytes(b"\x01" + CONTENT[1:])
    with pytest.raises(Disagrees, match="is not b3:"):
        brought(PLACE, CONTENT, tmp_path / "target", world(repo.path))
    stored.write_bytes(CONTENT + b"x")
    with pytest.raises(Disagrees, match="more than the 1280000 bytes"):
        brought(PLACE, CONTENT, tmp_path / "target", world(repo.path))
    assert (tmp_path / "target").read_bytes() == b""


def test_an_object_that_is_not_here_needs_git_lfs(repo: RepoBuilder, tmp_path: Path) -> None:
    shutil.rmtree(smudged(repo).parent)
    with pytest.raises(NotFound, match="git-lfs is not installed") as caught:
        brought(PLACE, CONTENT, tmp_path / "target", world(repo.path, without_programs(tmp_path)))
    assert caught.value.hint == "install git-lfs"


@pytest.mark.parametrize("oid", ["", "../../../etc/passwd", "--help", OID[:-1], OID.upper(), OID + "\n"])
def test_a_name_that_is_no_object_is_refused_before_anything_is_looked_at(
    repo: RepoBuilder, tmp_path: Path, oid: str
) -> None:
    with pytest.raises(InvalidRecord, match="not the name of a Git LFS object"):
        fetch(Location("lfs", oid=oid, size=5), digest_bytes(b""), str(tmp_path / "target"), world(repo.path))


@needs("git-lfs")
def test_git_lfs_brings_back_what_is_only_on_the_server(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    repo.git("lfs", "install", "--local")
    repo.git("lfs", "track", "*.bin")
    repo.commit("data", {"a.bin": CONTENT, "dir/b.bin": b"small", "c.txt": "text"})
    repo.git("push", "-q", "origin", "HEAD:refs/heads/main")
    places = dict(locate_tree("", world(repo.path)))
    assert places == {"a.bin": PLACE, "dir/b.bin": locate("dir/b.bin", world(repo.path))[0]}
    assert all(proves(place, str(repo.path / path)) for path, place in places.items())

    shutil.rmtree(repo.path / ".git/lfs/objects")
    (repo.path / "a.bin").unlink()
    here = world(repo.path)
    assert at_hand(PLACE, here) == ""
    assert brought(PLACE, CONTENT, tmp_path / "target", here) == CONTENT
    assert at_hand(PLACE, here) != ""  # Git LFS keeps it

    shutil.rmtree(repo.path / ".git/lfs/objects")
    shutil.rmtree(hub.path / "lfs")
    with pytest.raises(ProvError, match="git lfs: "):
        brought(PLACE, CONTENT, tmp_path / "other", here)
    assert (tmp_path / "other").read_bytes() == b""
