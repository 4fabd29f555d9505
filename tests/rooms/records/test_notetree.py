"""The tree of notes is the one git writes, in either object format, however the notes came together."""

import os
import random
from collections.abc import Iterable

import pytest

from gitprov.gitrepo.objects import Objects
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.records.notetree import NoteTree
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


class Forest:
    """A repository in which trees of notes are made, by us and by git."""

    def __init__(self, repo: RepoBuilder) -> None:
        self.repo = repo
        self.opened = Repo.open(str(repo.path), os.environ)
        self.blob = repo.git("hash-object", "-w", "--stdin", stdin="the note\n")

    def ours(self, oids: Iterable[str], root: str = "", blob: str = "") -> str:
        """Return our tree with notes on these objects, on top of another."""
        objects, reader = Objects(self.opened.object_format), CatFile(self.opened)
        try:
            tree = NoteTree(objects, lambda oid: found.data if (found := reader.get(oid)) else b"", root)
            for oid in oids:
                tree.set(oid, blob or self.blob)
            written = tree.write()
        finally:
            reader.close()
        objects.store(self.opened.git)
        return written

    def gits(self, oids: list[str]) -> str:
        """Return the tree that `git notes` makes of the same notes."""
        ref = ("notes", "--ref=judge")
        self.repo.git("update-ref", "-d", "refs/notes/judge")
        self.repo.git(*ref, "add", "-C", self.blob, self.repo.head)
        self.repo.git(*ref, "copy", "--stdin", "--force", stdin="".join(f"{self.repo.head} {oid}\n" for oid in oids))
        self.repo.git(*ref, "remove", "HEAD")
        return self.repo.git("rev-parse", "refs/notes/judge^{tree}")

    def get(self, root: str, oid: str) -> str:
        """Return the note that we find on an object in a tree."""
        objects, reader = Objects(self.opened.object_format), CatFile(self.opened)
        try:
            return NoteTree(objects, lambda oid: found.data if (found := reader.get(oid)) else b"", root).get(oid)
        finally:
            reader.close()


@pytest.fixture(params=["sha1", "sha256"])
def forest(request: pytest.FixtureRequest, make_repo: RepoMaker) -> Forest:
    object_format: ObjectFormat = request.param
    return Forest(make_repo(object_format=object_format))


def some_oids(forest: Forest, count: int, chance: random.Random, prefix: str = "") -> list[str]:
    width = len(forest.opened.null_oid)
    return [prefix + f"{chance.getrandbits(4 * (width - len(prefix))):0{width - len(prefix)}x}" for _ in range(count)]


@pytest.mark.parametrize("count", [1, 2, 31, 32, 64, 70, 100, 200, 257, 1000, 6000])
def test_it_is_the_tree_that_git_writes(forest: Forest, count: int) -> None:
    oids = some_oids(forest, count, random.Random(count))

    assert forest.ours(oids) == forest.gits(oids)


def test_no_notes_are_the_empty_tree(forest: Forest) -> None:
    assert forest.ours([]) == forest.repo.git("mktree")


@pytest.mark.parametrize("prefix", ["a", "ab", "abc", "abcd", "00", "fffff"])
def test_it_is_gits_tree_for_notes_that_crowd_together_too(forest: Forest, prefix: str) -> None:
    chance = random.Random(prefix)
    oids = some_oids(forest, 80, chance, prefix) + some_oids(forest, 40, chance)

    assert forest.ours(oids) == forest.gits(oids)


def test_each_first_digit_twice_is_where_the_tree_spreads(forest: Forest) -> None:
    chance = random.Random(16)
    twice = [oid for digit in "0123456789abcdef" for oid in some_oids(forest, 2, chance, digit)]

    for oids in (twice, twice[:-1]):
        tree = forest.ours(oids)
        assert tree == forest.gits(oids)
        assert ("040000" in forest.repo.git("ls-tree", tree)) == (len(oids) == 32)


def test_growing_step_by_step_in_any_order_gives_the_same_tree(forest: Forest) -> None:
    chance = random.Random(3)
    oids = some_oids(forest, 700, chance)
    whole = forest.ours(oids)

    for _ in range(3):
        chance.shuffle(oids)
        tree, waiting = "", list(oids)
        while waiting:
            size = chance.randint(1, 300)
            tree = forest.ours(waiting[:size], tree)
            del waiting[:size]
        assert tree == whole


def test_a_note_is_found_and_replaced_at_any_depth(forest: Forest) -> None:
    oids = some_oids(forest, 600, random.Random(9))
    tree = forest.ours(oids)
    other = forest.repo.git("hash-object", "-w", "--stdin", stdin="another note\n")

    changed = forest.ours(oids[:1], tree, other)

    assert forest.get(changed, oids[0]) == other
    assert forest.get(changed, oids[1]) == forest.blob
    assert forest.get(changed, forest.opened.null_oid) == ""
    assert forest.ours(oids[:1], changed) == tree
    forest.repo.git("update-ref", "refs/notes/ours", forest.repo.git("commit-tree", changed, "-m", "x"))
    assert len(forest.repo.git("notes", "--ref=ours", "list").splitlines()) == 600
    forest.repo.fsck()


def test_setting_what_is_there_makes_nothing_new(forest: Forest) -> None:
    oids = some_oids(forest, 300, random.Random(4))
    tree = forest.ours(oids)
    before = forest.repo.git("count-objects")

    assert forest.ours(oids, tree) == tree
    assert forest.repo.git("count-objects") == before


def test_what_is_no_note_stands_beside_them_and_is_carried_along(forest: Forest) -> None:
    objects = Objects(forest.opened.object_format)
    oids = some_oids(forest, 100, random.Random(1))
    first = NoteTree(objects, lambda _: b"", "")
    first.set_extra("covered", objects.blob(b"state"))
    root = first.write()
    objects.store(forest.opened.git)

    tree = forest.ours(oids, root)

    state = forest.repo.git("hash-object", "--stdin", stdin="state")
    assert f"100644 blob {state}\tcovered" in forest.repo.git("ls-tree", tree).splitlines()
    assert forest.get(tree, oids[0]) == forest.blob
