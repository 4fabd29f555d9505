"""The exact code of a run: HEAD when clean, a snapshot of what is on disk when not."""

import os
from pathlib import Path

import pytest

from gitprov.capture.code import Code, Limits, code_state
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.worktree import read_status, start_status
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

LIMITS = Limits()


def state(where: Path, limits: Limits = LIMITS) -> Code:
    repo = Repo.open(str(where), os.environ)
    reader = CatFile(repo)
    try:
        return code_state(repo, reader, read_status(start_status(repo)), limits)
    finally:
        reader.close()


@pytest.fixture(params=["sha1", "sha256"])
def either(request: pytest.FixtureRequest, make_repo: RepoMaker) -> RepoBuilder:
    """A repository of either object format."""
    formats: dict[str, ObjectFormat] = {"sha1": "sha1", "sha256": "sha256"}
    return make_repo(object_format=formats[request.param])


def test_a_clean_tree_is_head(either: RepoBuilder) -> None:
    code = state(either.path)
    assert code.fields == {"commit": either.head, "tree": either.git("rev-parse", "HEAD^{tree}")}
    assert not code.snapshot


def test_a_snapshot_checks_out_byte_for_byte(either: RepoBuilder, tmp_path: Path) -> None:
    either.commit("more", {"gone.txt": "x", "dir/file": "y", "plain": "z"})
    either.write("train.py", b"print('changed')\r\n\x00\xff")
    either.write("new dir/with space\nand newline", b"\x00\x01\x02" * 5000)
    either.write("run.sh", "#!/bin/sh\n", executable=True)
    (either.path / "link").symlink_to("train.py")
    (either.path / "broken link").symlink_to("no/where")
    os.remove(either.path / "gone.txt")
    os.remove(either.path / "dir/file")
    (either.path / "dir").rmdir()
    either.write("dir", "a file where a directory was")
    os.remove(either.path / "plain")
    either.write("plain/now", "a directory where a file was")
    either.write(".gitignore", "ignored.bin\n")
    either.write("ignored.bin", "not in it")
    either.write(os.fsdecode(b"caf\xe9"), "name that is not UTF-8")
    before = _on_disk(either.path)

    code = state(either.path)

    either.git("worktree", "add", "-q", "--detach", tmp_path / "out", code.fields["commit"])
    assert _on_disk(tmp_path / "out") == {name: what for name, what in before.items() if name != b"ignored.bin"}
    assert code.fields["base"] == either.head
    assert either.git("rev-parse", f"{code.fields['commit']}^") == either.head


def test_a_snapshot_leaves_index_stash_reflog_and_worktree_alone(repo: RepoBuilder) -> None:
    repo.write("train.py", "stashed")
    repo.git("stash")
    repo.write("train.py", "staged")
    repo.git("add", "train.py")
    repo.write("train.py", "on disk")
    index = repo.path / ".git/index"
    before = (index.read_bytes(), index.stat().st_mtime_ns, repo.git("stash", "list"), repo.git("reflog"))
    on_disk = _on_disk(repo.path)
    state(repo.path)
    assert (index.read_bytes(), index.stat().st_mtime_ns, repo.git("stash", "list"), repo.git("reflog")) == before
    assert _on_disk(repo.path) == on_disk
    assert not list((repo.path / ".git/prov/tmp").iterdir())


def test_the_same_uncommitted_work_is_the_same_commit(repo: RepoBuilder) -> None:
    repo.write("train.py", "changed")
    first = state(repo.path)
    repo.clock.advance(1000)
    assert state(repo.path) == first


def test_before_the_first_commit_the_snapshot_has_no_parent(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    repo.write("train.py", "print(1)")
    code = state(repo.path)
    assert "base" not in code.fields
    assert repo.git("cat-file", "-p", code.fields["commit"]).count("parent ") == 0
    assert repo.git("show", f"{code.fields['commit']}:train.py") == "print(1)"


def test_an_empty_repository_has_a_commit_of_the_empty_tree(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    code = state(repo.path)
    assert repo.git("ls-tree", code.fields["commit"]) == ""


def test_from_a_subdirectory_and_a_linked_worktree_the_whole_tree_is_taken(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.commit("sub", {"sub/a": "1"})
    linked = repo.worktree(tmp_path / "linked", "side")
    for where in (repo, linked):
        where.write("top.txt", "new")
        where.write("sub/a", "2")
        code = state(where.path / "sub")
        assert where.git("show", f"{code.fields['commit']}:top.txt") == "new"
        assert where.git("show", f"{code.fields['commit']}:sub/a") == "2"


def test_files_over_the_cap_are_left_out_and_named(repo: RepoBuilder) -> None:
    repo.write("big.bin", b"x" * 2000)
    repo.write("small.txt", "x")
    code = state(repo.path, Limits(file=1000))
    assert code.fields["omitted"] == [{"path": "big.bin", "why": "larger than 1000 bytes", "size": 2000}]
    assert repo.git("ls-tree", "--name-only", code.fields["commit"]).split() == ["README.md", "small.txt", "train.py"]


def test_a_changed_tracked_file_over_the_cap_keeps_its_committed_version(repo: RepoBuilder) -> None:
    repo.write("train.py", b"x" * 2000)
    code = state(repo.path, Limits(file=1000))
    assert code.fields["commit"] == repo.head
    assert not code.snapshot
    assert [left["path"] for left in code.fields["omitted"]] == ["train.py"]


def test_the_snapshot_stops_at_its_total(repo: RepoBuilder) -> None:
    for number in range(5):
        repo.write(f"part{number}", b"x" * 400)
    code = state(repo.path, Limits(file=1000, total=1000))
    assert [left["path"] for left in code.fields["omitted"]] == ["part2", "part3", "part4"]


def test_a_file_with_a_key_is_left_out_named_and_in_no_object(repo: RepoBuilder) -> None:
    key = "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH " + "PRIVATE KEY-----\n"
    repo.write("deploy_key", key)
    repo.write("new.py", "print(2)")
    code = state(repo.path)
    (left,) = code.fields["omitted"]
    assert left["path"] == "deploy_key"
    assert left["why"].startswith("holds a secret: ")
    everything = repo.git_bytes("cat-file", "--batch-all-objects", "--batch")
    assert b"b3BlbnNzaC1rZXktdjEAAAAA" not in everything


def test_unchanged_filtered_files_are_not_run_through_their_filter_again(repo: RepoBuilder, tmp_path: Path) -> None:
    counter = tmp_path / "cleaned"
    repo.write("clean.sh", f"#!/bin/sh\necho x >>{counter}\ncat\n", executable=True)
    repo.git("config", "filter.count.clean", f"sh {repo.path / 'clean.sh'}")
    for name in ("a.dat", "b.dat"):
        os.utime(repo.write(name, name), (1_000_000_000, 1_000_000_000))  # older than the index: not racily clean
    repo.commit("filtered", {".gitattributes": "*.dat filter=count\n"})
    counter.unlink()
    repo.write("train.py", "changed")
    state(repo.path)
    assert not counter.exists()
    repo.write("a.dat", "longer than before")
    code = state(repo.path)
    assert counter.exists()
    assert repo.git("show", f"{code.fields['commit']}:a.dat") == "longer than before"


@pytest.mark.parametrize(
    "attributes", ["*.txt text=auto\n", "*.txt text eol=lf\n", "*.txt working-tree-encoding=UTF-16\n"]
)
def test_what_git_converts_and_does_not_restore_is_named(repo: RepoBuilder, attributes: str) -> None:
    repo.commit("text", {".gitattributes": attributes})
    repo.write("windows.txt", "a\r\nb\r\n".encode("utf-16" if "UTF" in attributes else "ascii"))
    repo.write("plain.txt", "a\nb\n".encode("utf-16" if "UTF" in attributes else "ascii"))
    code = state(repo.path)
    assert code.altered == ([] if "UTF" in attributes else ["windows.txt"])


def test_an_untracked_repository_inside_is_left_out_and_named(repo: RepoBuilder) -> None:
    RepoBuilder.init(repo.path / "nested").commit("inner", {"x": "1"})
    repo.write("new.py", "x")
    code = state(repo.path)
    assert code.fields["omitted"] == [{"path": "nested", "why": "a repository of its own"}]
    assert "nested" not in repo.git("ls-tree", "--name-only", code.fields["commit"]).split()


def test_submodules_are_recorded_with_commit_and_dirtiness(repo: RepoBuilder, make_repo: RepoMaker) -> None:
    library = make_repo("library")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", library.path, "lib")
    repo.commit("with library")
    clean = state(repo.path)
    assert clean.fields["submodules"] == [{"path": "lib", "commit": library.head, "dirty": False}]
    (repo.path / "lib/train.py").write_text("changed inside")
    dirty = state(repo.path)
    assert dirty.fields["submodules"] == [{"path": "lib", "commit": library.head, "dirty": True}]
    assert dirty.fields["commit"] == repo.head


def test_a_conflicted_merge_is_taken_as_it_is_on_disk(repo: RepoBuilder) -> None:
    repo.branch("side")
    repo.commit("theirs", {"train.py": "theirs\n"})
    repo.git("switch", "-q", "-")
    repo.commit("ours", {"train.py": "ours\n"})
    with pytest.raises(AssertionError):
        repo.git("merge", "side")
    on_disk = (repo.path / "train.py").read_text()
    assert "<<<<" in on_disk
    code = state(repo.path)
    assert repo.git("show", f"{code.fields['commit']}:train.py") + "\n" == on_disk


def _on_disk(top: Path) -> dict[bytes, tuple[str, bytes, bool]]:
    """Every file below, by name: kind, bytes, executable."""
    found = {}
    for directory, directories, names in os.walk(os.fsencode(top)):
        directories[:] = [name for name in directories if name != b".git"]
        for name in names:
            path = os.path.join(directory, name)
            if name == b".git":
                continue
            if os.path.islink(path):
                what = ("link", os.readlink(path), False)
            else:
                with open(path, "rb") as file:
                    what = ("file", file.read(), os.access(path, os.X_OK))
            found[os.path.relpath(path, os.fsencode(top))] = what
    return found
