"""Both readers give the same answers, and `pick_reader` takes the one that can."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pygit2
import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.read import CatFile, Libgit2, history, pick_reader
from gitprov.gitrepo.reader import GitObject, Reader
from gitprov.gitrepo.repo import Repo
from support.gits import use_reftable_git
from support.repo import RepoBuilder
from support.templates import RepoMaker

MakeReader = Callable[[Path], Reader]
ABSENT = "1" * 40


@pytest.fixture(params=["cat-file", "libgit2"])
def reader_of(request: pytest.FixtureRequest) -> Iterator[MakeReader]:
    """Return what opens a reader on a repository; it is closed with the test."""
    opened: list[Reader] = []

    def open_reader(path: Path) -> Reader:
        repo = Repo.open(str(path), os.environ)
        opened.append(CatFile(repo) if request.param == "cat-file" else Libgit2(pygit2.Repository(repo.git_dir)))
        return opened[-1]

    yield open_reader
    for reader in opened:
        reader.close()


def store(repo: RepoBuilder, *contents: bytes) -> list[str]:
    """Put blobs into the object store, and return their ids."""
    return [repo.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]


def loose_file(repo: RepoBuilder, oid: str) -> Path:
    return repo.path / ".git/objects" / oid[:2] / oid[2:]


# --- one object ---


@pytest.mark.parametrize("content", [b"", b"\n", b"text\n", b"\0\xff" * 40_000, b"x missing\n"])
def test_a_blob_is_given_byte_for_byte(repo: RepoBuilder, reader_of: MakeReader, content: bytes) -> None:
    [oid] = store(repo, content)

    assert reader_of(repo.path).get(oid) == GitObject(oid, "blob", len(content), content)


@pytest.mark.parametrize(
    ("kind", "name"), [("commit", "HEAD"), ("tree", "HEAD^{tree}"), ("blob", "HEAD:README.md"), ("tag", "v1")]
)
def test_every_kind_of_object_is_what_git_says_it_is(
    repo: RepoBuilder, reader_of: MakeReader, kind: str, name: str
) -> None:
    repo.git("tag", "-a", "v1", "-m", "first")
    oid = repo.git("rev-parse", name)
    data = repo.git_bytes("cat-file", kind, oid)

    assert reader_of(repo.path).get(oid) == GitObject(oid, kind, len(data), data)


def test_an_empty_tree_is_an_object_like_others(repo: RepoBuilder, reader_of: MakeReader) -> None:
    oid = repo.git("mktree")

    assert reader_of(repo.path).get(oid) == GitObject(oid, "tree", 0, b"")


def test_what_is_not_there_is_none(repo: RepoBuilder, reader_of: MakeReader) -> None:
    reader = reader_of(repo.path)

    assert reader.get(ABSENT) is None
    assert reader.get("") is None
    assert reader.get("no such thing 5") is None
    assert reader.get("two\nlines") is None


def test_a_replaced_object_is_what_its_id_says(repo: RepoBuilder, reader_of: MakeReader) -> None:
    oid, other = store(repo, b"this", b"that")
    repo.git("replace", oid, other)

    assert reader_of(repo.path).get(oid) == GitObject(oid, "blob", 4, b"this")


# --- many ---


def test_many_come_in_the_order_asked_for_and_as_often(repo: RepoBuilder, reader_of: MakeReader) -> None:
    oids = store(repo, b"b", b"a", b"c")
    asked = [oids[2], oids[0], oids[2], oids[1]]

    assert [item.oid for item in reader_of(repo.path).many(asked)] == asked


def test_the_missing_are_left_out_of_many(repo: RepoBuilder, reader_of: MakeReader) -> None:
    one, other = store(repo, b"one", b"other")

    assert [item.data for item in reader_of(repo.path).many([ABSENT, one, ABSENT, other])] == [b"one", b"other"]


def test_none_asked_for_gives_none(repo: RepoBuilder, reader_of: MakeReader) -> None:
    assert list(reader_of(repo.path).many([])) == []


def test_the_bytes_of_what_is_over_the_limit_are_left_out_and_those_after_it_are_right(
    repo: RepoBuilder, reader_of: MakeReader
) -> None:
    oids = store(repo, b"x" * 10, b"y" * 3_000_000, b"z" * 11, b"")

    read = list(reader_of(repo.path).many(oids, limit=10))

    assert [(item.size, item.data) for item in read] == [(10, b"x" * 10), (3_000_000, b""), (11, b""), (0, b"")]


def test_a_reader_can_be_asked_in_the_midst_of_many(repo: RepoBuilder, reader_of: MakeReader) -> None:
    oids = store(repo, *(b"%d" % number for number in range(5)))
    reader = reader_of(repo.path)

    pairs = [(item.data, reader.get(oids[-1])) for item in reader.many(oids)]

    assert [data for data, _ in pairs] == [b"0", b"1", b"2", b"3", b"4"]
    assert {again.data for _, again in pairs if again} == {b"4"}


def test_more_objects_than_a_pipe_holds_are_read(repo: RepoBuilder, reader_of: MakeReader) -> None:
    contents = [f"content {number}\n".encode() * 20 for number in range(12_000)]
    stream = b"".join(b"blob\nmark :%d\ndata %d\n%b\n" % (at, len(data), data) for at, data in enumerate(contents, 1))
    marks = repo.path / "marks"
    repo.git("fast-import", "--quiet", f"--export-marks={marks}", stdin=stream)
    oids = [
        line.split(" ")[1] for line in sorted(marks.read_text().splitlines(), key=lambda row: int(row[1:].split()[0]))
    ]

    assert [item.data for item in reader_of(repo.path).many(iter(oids))] == contents


# --- where objects are ---


def test_packed_objects_and_deltas_are_read(repo: RepoBuilder, reader_of: MakeReader) -> None:
    base = os.urandom(5000)
    oids = [repo.git("rev-parse", f"{repo.commit('more', {'f': base + bytes([number])})}:f") for number in range(5)]
    repo.git("gc", "-q")

    assert [item.data for item in reader_of(repo.path).many(oids)] == [base + bytes([number]) for number in range(5)]


def test_objects_of_an_alternate_are_read(repo: RepoBuilder, reader_of: MakeReader) -> None:
    borrower = RepoBuilder(repo.path.parent / "borrower")
    repo.git("clone", "-q", "--shared", repo.path, borrower.path)

    read = reader_of(borrower.path).get(repo.head)

    assert read is not None
    assert read.kind == "commit"


def test_an_object_that_came_after_the_reader_is_read(repo: RepoBuilder, reader_of: MakeReader) -> None:
    reader = reader_of(repo.path)
    assert reader.get(repo.head) is not None
    [loose] = store(repo, b"loose")
    assert reader.get(loose) is not None
    packed = repo.commit("packed", {"packed": os.urandom(100)})
    repo.git("gc", "-q")

    assert reader.get(packed) is not None


def test_objects_are_read_from_inside_a_linked_worktree(repo: RepoBuilder, reader_of: MakeReader) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")

    assert reader_of(linked.path).get(repo.head) is not None


# --- damage ---


def damage(repo: RepoBuilder, oid: str, content: bytes) -> None:
    file = loose_file(repo, oid)
    file.chmod(0o644)
    file.write_bytes(content)


def assert_only_the_others_are_read(reader: Reader, before: str, hurt: str, after: str) -> None:
    assert [item.data for item in reader.many([before, hurt, after, hurt, before])] == [b"before", b"after", b"before"]
    assert reader.get(hurt) is None
    assert reader.get(after) is not None


@pytest.mark.parametrize("content", [b"", b"no zlib at all"])
def test_a_damaged_object_is_left_out_and_the_others_are_read(
    repo: RepoBuilder, reader_of: MakeReader, content: bytes
) -> None:
    before, hurt, after = store(repo, b"before", os.urandom(100_000), b"after")
    damage(repo, hurt, content)

    assert_only_the_others_are_read(reader_of(repo.path), before, hurt, after)


def test_an_object_that_is_cut_short_is_left_out_by_cat_file(repo: RepoBuilder) -> None:
    # libgit2 1.9 never comes back from such a file.
    before, hurt, after = store(repo, b"before", os.urandom(100_000), b"after")
    damage(repo, hurt, loose_file(repo, hurt).read_bytes()[:1000])
    reader = CatFile(Repo.open(str(repo.path), os.environ))

    assert_only_the_others_are_read(reader, before, hurt, after)
    reader.close()


def test_a_git_that_does_not_start_is_an_error_and_not_an_empty_answer(repo: RepoBuilder) -> None:
    reader = CatFile(Repo.open(str(repo.path), os.environ))
    (repo.path / ".git/config").write_text("[core]\n\trepositoryFormatVersion = 99\n")

    with pytest.raises(GitFailed, match="ended early"):
        list(reader.many([ABSENT] * 5))
    reader.close()


# --- names: for `git cat-file` alone ---


def test_cat_file_resolves_names(repo: RepoBuilder) -> None:
    reader = CatFile(Repo.open(str(repo.path), os.environ))

    found = reader.get("HEAD:train.py")
    reader.close()

    assert found is not None
    assert found.data == b"print('trained')\n"


def test_a_closed_reader_starts_again_when_it_is_asked(repo: RepoBuilder) -> None:
    reader = CatFile(Repo.open(str(repo.path), os.environ)).start()
    reader.close()

    assert reader.get("HEAD") is not None
    reader.close()


# --- which reader ---


def picked(path: Path, **environ: str) -> type[Reader]:
    reader = pick_reader(Repo.open(str(path), {**os.environ, **environ}))
    reader.close()
    return type(reader)


def test_an_ordinary_repository_is_read_by_libgit2(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")

    assert picked(repo.path) is Libgit2
    assert picked(linked.path) is Libgit2


def test_a_sha256_repository_is_read_by_git(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256")

    assert picked(repo.path) is CatFile
    reader = pick_reader(Repo.open(str(repo.path), os.environ))
    read = reader.get(repo.head)
    reader.close()
    assert read is not None
    assert read.oid == repo.head


def test_a_partial_clone_is_read_by_git_which_fetches_what_is_missing(repo: RepoBuilder) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    oid = repo.git("rev-parse", "HEAD:train.py")
    clone = repo.clone(repo.path.parent / "partial", "--filter=blob:none", "--no-checkout")

    assert picked(clone.path) is CatFile
    reader = pick_reader(Repo.open(str(clone.path), os.environ))
    read = reader.get(oid)
    reader.close()
    assert read is not None
    assert read.data == b"print('trained')\n"


def test_a_reftable_repository_is_read_by_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_reftable_git(monkeypatch)
    repo = RepoBuilder.init(tmp_path / "repo", ref_format="reftable")
    commit = repo.commit("first")

    reader = pick_reader(Repo.open(str(repo.path), os.environ))
    read = reader.get(commit)
    reader.close()

    assert type(reader) is CatFile
    assert read is not None
    assert read.oid == commit


@pytest.mark.parametrize("name", ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"])
def test_objects_that_only_gits_environment_names_are_read_by_git(repo: RepoBuilder, name: str) -> None:
    assert picked(repo.path, **{name: str(repo.path / ".git/objects")}) is CatFile


def test_a_path_that_is_no_text_is_read_all_the_same(repo: RepoBuilder) -> None:
    strange = os.path.join(os.fsencode(repo.path.parent), b"caf\xe9\n")
    os.rename(repo.path, strange)

    opened = Repo.open(os.fsdecode(strange), os.environ)
    reader = pick_reader(opened)
    read = reader.get(opened.git.line("rev-parse", "HEAD"))
    reader.close()

    assert read is not None


# --- history ---


def test_history_is_oldest_first_and_stops_at_what_is_hidden(repo: RepoBuilder) -> None:
    commits = [repo.head, *(repo.commit(f"{number}") for number in range(4))]
    opened = Repo.open(str(repo.path), os.environ)

    assert history(opened, [commits[-1]]) == commits
    assert history(opened, [commits[-1], commits[2]], hide=[commits[1]]) == commits[2:]
    assert history(opened, [], hide=[commits[1]]) == []


def test_history_that_breaks_is_an_error(repo: RepoBuilder) -> None:
    first, last = repo.head, repo.commit("second")
    loose_file(repo, first).unlink()

    with pytest.raises(GitFailed):
        history(Repo.open(str(repo.path), os.environ), [last])
