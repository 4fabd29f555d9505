"""The code of a run on uncommitted work stays, byte for byte, whatever becomes of the branch, here and in a clone."""

import json
import os
import stat
from pathlib import Path

import pytest

from support.program import Outcome, git_prov
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e


def on_disk(top: Path) -> dict[bytes, tuple[int, bytes]]:
    """Every file and link below a directory, by its name as bytes: what kind it is, and its content or target."""
    found = {}
    for folder, folders, names in os.walk(os.fsencode(top)):
        if b".git" in folders:
            folders.remove(b".git")
        for name in [*names, *(one for one in folders if os.path.islink(os.path.join(folder, one)))]:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode
            content = os.readlink(path) if stat.S_ISLNK(mode) else Path(os.fsdecode(path)).read_bytes()
            found[os.path.relpath(path, os.fsencode(top))] = (stat.S_IFMT(mode) | mode & stat.S_IXUSR, content)
    found.pop(b".git", None)
    return found


def make_a_mess(repo: RepoBuilder) -> None:
    """Leave uncommitted work of every kind."""
    repo.commit("more", {"gone": "1", "dir/inner": "1", "plain": "1"})
    repo.write("train.py", b"print('changed')\r\n\x00\xff")
    repo.git("add", "train.py")
    repo.write("train.py", b"print('changed again')\n")
    repo.write("new folder/with\nnewline", os.urandom(70_000))
    repo.write(os.fsdecode(b"caf\xe9"), "a name that is no text")
    repo.write("run.sh", "#!/bin/sh\n", executable=True)
    (repo.path / "link").symlink_to("train.py")
    (repo.path / "dangling").symlink_to("no/where")
    (repo.path / "gone").unlink()
    (repo.path / "dir/inner").unlink()
    (repo.path / "dir").rmdir()
    repo.write("dir", "a file where a directory was")
    (repo.path / "plain").unlink()
    repo.write("plain/now", "a directory where a file was")


def checked_out(repo: RepoBuilder, commit: str, where: Path) -> dict[bytes, tuple[int, bytes]]:
    repo.git("worktree", "add", "-q", "--detach", where, commit)
    return on_disk(where)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("place", ["a clone", "a linked worktree"])
def test_a_snapshot_outlives_its_branch_and_gc_here_and_in_a_clone(
    make_repo: RepoMaker, tmp_path: Path, place: str, object_format: ObjectFormat
) -> None:
    main = make_repo(object_format=object_format)
    hub = main.bare_remote(tmp_path / "hub.git")
    main.git("push", "-q", "origin", "main")
    assert git_prov("init", "-q", cwd=main.path) == Outcome(0, "", "")
    if place == "a linked worktree":
        repo = main.worktree(tmp_path / "linked", "topic")
    else:
        main.branch("topic")
        repo = main
    make_a_mess(repo)
    before = on_disk(repo.path)

    assert git_prov("run", "--", "true", cwd=repo.path) == Outcome(0, "", "")
    [run] = json.loads(git_prov("ls", "--json", cwd=repo.path).stdout)["runs"]
    assert run["code"]["base"] == repo.head
    assert "omitted" not in run["code"]
    assert on_disk(repo.path) == before

    if place == "a linked worktree":
        main.git("worktree", "remove", "--force", repo.path)
    else:
        main.git("reset", "-q", "--hard")
        main.git("clean", "-qfdx")
        main.git("switch", "-q", "main")
    main.git("branch", "-D", "topic")
    main.git("reflog", "expire", "--expire=now", "--all")
    main.git("push", "-q", "origin", "main")
    colleague = hub.clone(tmp_path / "colleague")
    assert git_prov("init", "-q", cwd=colleague.path).status == 0
    assert git_prov("sync", cwd=colleague.path).status == 0

    for clone in (main, hub, colleague):
        clone.git("gc", "-q", "--prune=now")
        clone.fsck()
    assert json.loads(git_prov("ls", "--json", cwd=colleague.path).stdout)["runs"] == [run]
    assert checked_out(main, run["code"]["commit"], tmp_path / "again here") == before
    assert checked_out(colleague, run["code"]["commit"], tmp_path / "again there") == before
    assert run["code"]["tree"] == hub.git("rev-parse", f"{run['code']['commit']}^{{tree}}")


def test_snapshots_that_are_kept_at_home_stay_there_and_do_not_travel(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    repo.git("config", "prov.snapshots", "local")
    repo.write("secret plan", "x")

    assert git_prov("run", "--", "true", cwd=repo.path).status == 0
    assert git_prov("sync", cwd=repo.path).status == 0
    repo.git("gc", "-q", "--prune=now")

    [run] = json.loads(git_prov("ls", "--json", cwd=repo.path).stdout)["runs"]
    assert repo.git("show", f"{run['code']['commit']}:secret plan") == "x"
    with pytest.raises(AssertionError):
        hub.git("cat-file", "-e", run["code"]["commit"])
