"""Object ids are git's own, and what is stored is what was made, in either object format."""

import os
import random

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.objects import Objects, Signature, TreeEntry, parse_tree
from gitprov.gitrepo.repo import Repo
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

BOTH = pytest.mark.parametrize("object_format", ["sha1", "sha256"])
ANA = Signature("Ana Lima <ana@example.org>", 1_700_000_000, "+0100")


def made(make_repo: RepoMaker, object_format: ObjectFormat) -> tuple[RepoBuilder, Repo, Objects]:
    repo = make_repo(object_format=object_format)
    return repo, Repo.open(str(repo.path), os.environ), Objects(object_format)


@BOTH
def test_blobs_of_any_content_have_gits_ids_and_bytes(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo, opened, objects = made(make_repo, object_format)
    chance = random.Random(object_format)
    contents = [b"", b"\0", b"text\n", *(chance.randbytes(size) for size in (1, 15, 16, 127, 128, 2047, 2048, 300_000))]

    oids = [objects.blob(content) for content in contents]
    objects.store(opened.git)

    assert oids == [repo.git("hash-object", "--stdin", stdin=content) for content in contents]
    assert [repo.git_bytes("cat-file", "blob", oid) for oid in oids] == contents


@BOTH
def test_trees_are_in_gits_order_whatever_the_order_they_were_given_in(
    make_repo: RepoMaker, object_format: ObjectFormat
) -> None:
    repo, opened, objects = made(make_repo, object_format)
    blob = objects.blob(b"x")
    below = objects.tree([TreeEntry("100644", b"f", blob)])
    entries = [
        TreeEntry("40000", b"a", below),
        TreeEntry("100644", b"a.b", blob),
        TreeEntry("100755", b"a-b", blob),
        TreeEntry("120000", b"a0", blob),
        TreeEntry("100644", "é".encode(), blob),
        TreeEntry("100644", b"caf\xe9\n", blob),
        TreeEntry("160000", b"sub", opened.null_oid.replace("0", "1")),
    ]
    random.Random(7).shuffle(entries)

    tree = objects.tree(entries)
    objects.store(opened.git)

    assert tree == repo.git("mktree", "-z", "--missing", stdin=repo.git_bytes("ls-tree", "-z", tree))
    assert set(parse_tree(repo.git_bytes("cat-file", "tree", tree), object_format)) == set(entries)
    assert parse_tree(b"", object_format) == []


@BOTH
def test_commits_have_gits_ids(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo, opened, objects = made(make_repo, object_format)
    tree = repo.git("rev-parse", "HEAD^{tree}")
    ours = objects.commit(tree, [repo.head], ANA, "Ümlaut\n\nand more\n")
    merge = objects.commit(tree, [repo.head, ours], ANA, b"merge\n", Signature("Bo <bo@example.org>", 5))
    objects.store(opened.git)

    dates = {"GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_DATE": "1700000000 +0100"}
    assert ours == repo.git("commit-tree", tree, "-p", repo.head, stdin="Ümlaut\n\nand more\n", env=dates)
    assert repo.git("log", "-1", "--format=%P %cn %ct", merge) == f"{repo.head} {ours} Bo 5"
    repo.git("update-ref", "refs/heads/made", merge)
    repo.fsck()


def test_nothing_is_stored_before_it_is_asked_for_and_nothing_twice(make_repo: RepoMaker) -> None:
    repo, opened, objects = made(make_repo, "sha1")
    oid = objects.blob(b"kept")
    assert objects.pending(oid) == b"kept"
    with pytest.raises(AssertionError):
        repo.git("cat-file", "-e", oid)

    objects.store(opened.git)

    assert objects.pending(oid) is None
    assert repo.git("cat-file", "-t", oid) == "blob"
    before = repo.git("count-objects")
    again = Objects("sha1")
    again.blob(b"kept")
    again.store(opened.git)
    assert repo.git("count-objects") == before


def test_many_objects_of_one_change_are_stored_together(make_repo: RepoMaker) -> None:
    repo, opened, objects = made(make_repo, "sha1")
    oids = [objects.blob(b"%d" % number) for number in range(3000)]

    objects.store(opened.git)

    listed = repo.git("cat-file", "--batch-check=%(objecttype)", stdin="".join(f"{oid}\n" for oid in oids))
    assert listed.splitlines() == ["blob"] * 3000


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_store_that_cannot_be_written_is_an_error_with_gits_words(make_repo: RepoMaker) -> None:
    repo, opened, objects = made(make_repo, "sha1")
    objects.blob(b"new")
    (repo.path / ".git/objects").chmod(0o500)

    with pytest.raises(GitFailed, match="ermission"):
        objects.store(opened.git)
