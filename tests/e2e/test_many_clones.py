"""Many clones at once against one remote: no push of a branch fails, no record is lost, all come to one view."""

import json
from pathlib import Path

import pytest

from support.crowd import Shell, assert_sound, at_once, listed, noted
from support.gits import Kind, use_git
from support.program import Outcome, git_prov
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

CLONES = 8
ROUNDS = 5


def clones_of(hub: RepoBuilder, where: Path) -> list[RepoBuilder]:
    """Clones that are set up, each on a branch of its own."""
    clones = [hub.clone(where / f"clone-{number}") for number in range(CLONES)]
    for number, clone in enumerate(clones):
        assert git_prov("init", "-q", cwd=clone.path) == Outcome(0, "", "")
        clone.branch(f"branch-{number}")
    return clones


def work(clone: RepoBuilder, number: int, started: Path) -> Shell:
    """What a person does: commit, run, push, fetch; any failure of git's ends it."""
    line = f"""
        for n in $(seq {ROUNDS}); do
            echo $n > file-{number} && git add . && git commit -qm "{number}: $n" &&
            git-prov run -- sh -c 'echo $GIT_PROV_RUN >> "{started}"' &&
            git push -q origin HEAD &&
            git fetch -q || exit
        done"""
    return Shell(line, clone.path)


@pytest.mark.parametrize(("kind", "object_format"), [("hook files", "sha1"), ("config hooks", "sha256")])
def test_clones_that_push_and_fetch_at_once_lose_nothing_and_come_to_one_view(
    make_repo: RepoMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, object_format: ObjectFormat
) -> None:
    use_git(kind, monkeypatch)
    first = make_repo("first", object_format=object_format)
    hub = first.bare_remote(tmp_path / "hub.git")
    first.git("push", "-q", "origin", "main")
    clones = clones_of(hub, tmp_path)
    started = tmp_path / "started"

    ended = at_once([work(clone, number, started) for number, clone in enumerate(clones)])

    assert [status for status, _ in ended] == [0] * CLONES, ended
    for number, clone in enumerate(clones):
        assert hub.git("rev-parse", f"refs/heads/branch-{number}") == clone.head
    ids = sorted(started.read_text().split())
    assert len(set(ids)) == CLONES * ROUNDS
    for _ in range(2):
        for clone in clones:
            assert git_prov("sync", cwd=clone.path).status == 0
    for clone in clones:
        assert listed(clone.path) == noted(clone) == ids
        assert_sound(clone)
    assert len({clone.git("rev-parse", "refs/notes/prov") for clone in [*clones, hub]}) == 1
    hub.fsck()


def test_nothing_is_said_twice_once_all_agree(make_repo: RepoMaker, tmp_path: Path) -> None:
    first = make_repo("first")
    hub = first.bare_remote(tmp_path / "hub.git")
    first.git("push", "-q", "origin", "main")
    clones = clones_of(hub, tmp_path)[:2]
    for clone in clones:
        assert git_prov("run", "true", cwd=clone.path).status == 0
    for clone in [*clones, *clones]:
        git_prov("sync", cwd=clone.path)
    before = hub.refs()

    said = [json.loads(git_prov("sync", "--json", cwd=clone.path).stdout)["remotes"] for clone in clones]

    assert said == [[{"remote": "origin", "received": 0, "sent": 0, "refused": []}]] * 2
    assert hub.refs() == before
