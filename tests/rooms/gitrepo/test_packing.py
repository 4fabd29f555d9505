"""Many blobs in one pack: whole in the repository or not at all."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.packing import packing
from gitprov.gitrepo.repo import Repo
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


@pytest.fixture(params=["sha1", "sha256"])
def either(request: pytest.FixtureRequest, make_repo: RepoMaker) -> RepoBuilder:
    object_format: ObjectFormat = request.param
    return make_repo(object_format=object_format)


def pack_blobs(repo: RepoBuilder, where: Path, contents: Iterable[bytes]) -> list[str]:
    with packing(Repo.open(str(repo.path), os.environ), str(where / "pack")) as pack:
        return [pack.blob(data) for data in contents]


def fail_at(number: int, contents: list[bytes]) -> Iterator[bytes]:
    yield from contents[:number]
    raise KeyError


def counted(repo: RepoBuilder) -> dict[str, int]:
    rows = (line.split(": ") for line in repo.git("count-objects", "-v").splitlines())
    return {name: int(count) for name, count in rows if name in ("count", "in-pack", "packs", "garbage")}


def blobs(number: int) -> list[bytes]:
    return [b"", b"\0" * 70_000, *(b"blob %d\n" % n * 40 for n in range(number - 2))]


@pytest.mark.parametrize("number", [3, 300])
def test_blobs_are_stored_byte_for_byte_under_the_ids_git_gives_them(
    either: RepoBuilder, tmp_path: Path, number: int
) -> None:
    wanted = blobs(number)

    oids = pack_blobs(either, tmp_path, wanted)

    for oid, data in zip(oids[:3], wanted, strict=False):
        assert either.git("hash-object", "--stdin", stdin=data) == oid
        assert either.git_bytes("cat-file", "blob", oid) == data
    asked = either.git("cat-file", "--batch-check=%(objecttype)", stdin="\n".join(oids))
    assert asked.split() == ["blob"] * number
    assert os.listdir(tmp_path) == [either.path.name]
    either.fsck()


def test_few_become_loose_objects_and_many_stay_one_pack(repo: RepoBuilder, tmp_path: Path) -> None:
    before = counted(repo)

    pack_blobs(repo, tmp_path, blobs(99))
    few = counted(repo)
    pack_blobs(repo, tmp_path, blobs(500))

    assert few == {**before, "count": before["count"] + 99}
    assert counted(repo) == {**few, "in-pack": 500, "packs": 1}


def test_a_blob_given_twice_is_one_object(repo: RepoBuilder, tmp_path: Path) -> None:
    pack_blobs(repo, tmp_path, blobs(150) * 2)

    assert counted(repo)["in-pack"] == 150


def test_of_a_block_that_fails_nothing_is_stored(repo: RepoBuilder, tmp_path: Path) -> None:
    before = counted(repo)

    with pytest.raises(KeyError):
        pack_blobs(repo, tmp_path, fail_at(2, blobs(5)))

    assert counted(repo) == before
    assert os.listdir(tmp_path) == [repo.path.name]


def test_a_block_without_blobs_does_not_trouble_git(repo: RepoBuilder, tmp_path: Path) -> None:
    before = counted(repo)

    pack_blobs(repo, tmp_path, [])

    assert counted(repo) == before
    assert os.listdir(tmp_path) == [repo.path.name]


def test_what_git_cannot_take_in_is_its_error(repo: RepoBuilder, tmp_path: Path) -> None:
    shelf = repo.path / ".git/objects/pack"
    shelf.rmdir()
    shelf.write_text("no directory")

    with pytest.raises(GitFailed, match="git index-pack"):
        pack_blobs(repo, tmp_path, blobs(150))

    assert os.listdir(tmp_path) == [repo.path.name]
