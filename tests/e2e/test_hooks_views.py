"""What git log shows follows what git does: commits, amends, rebases, fetches."""

from pathlib import Path

import pytest

from support.gits import KINDS, Kind, use_git
from support.planted import plant_run
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

SHOWN = "run abababa "


@pytest.fixture(params=KINDS, autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind: Kind = request.param
    use_git(kind, monkeypatch)
    return kind


def no_python(repo: RepoBuilder, *args: str) -> Outcome:
    """Run git where no Python would start: a hook that has nothing to do must not need one."""
    return run_program("git", *args, cwd=repo.path, env={"PYTHONHOME": "/nowhere"})


def test_an_amended_commit_shows_the_run_of_the_one_before(repo: RepoBuilder) -> None:
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)

    repo.git("commit", "-q", "--amend", "-m", "better words")

    assert SHOWN in repo.git("log", "-1")


def test_every_commit_of_a_rebase_is_looked_at(repo: RepoBuilder) -> None:
    git_prov("init", "-q", cwd=repo.path)
    repo.commit("with the run", {"a.txt": "a"})
    plant_run(repo.path)
    repo.commit("after it", {"b.txt": "b"})

    repo.git(
        "-c",
        "sequence.editor=sed -i 1s/pick/reword/",
        "rebase",
        "-q",
        "-i",
        "HEAD~2",
        env={"GIT_EDITOR": "sed -i 1s/$/!/"},
    )

    assert repo.git("log", "-1", "--format=%s", "HEAD~1") == "with the run!"
    assert SHOWN in repo.git("log", "-1", "HEAD~1")
    assert SHOWN not in repo.git("log", "-1", "HEAD")


def test_a_pull_shows_what_it_has_brought(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    repo.git("push", "-q", "-u", "origin", "main")
    other = hub.clone(tmp_path / "other")
    assert git_prov("init", "-q", cwd=other.path) == Outcome(0, "", "")
    git_prov("init", "-q", cwd=repo.path)
    repo.commit("next", {"next.txt": "next"})
    plant_run(repo.path)
    repo.git("push", "-q", "origin", "main")

    other.git("pull", "-q")

    assert other.head == repo.head
    assert SHOWN in other.git("log", "-1")
    assert [*other.refs("refs/prov/remotes/origin/log").values()] == [*repo.refs("refs/prov/log").values()]


def test_a_fetch_shows_at_the_next_thing_git_does(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    repo.git("push", "-q", "-u", "origin", "main")
    other = hub.clone(tmp_path / "other")
    git_prov("init", "-q", cwd=other.path)
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    repo.git("push", "-q", "origin", "main")

    other.git("fetch", "-q")
    other.git("switch", "-q", "-c", "side")

    assert SHOWN in other.git("log", "-1")


def test_hooks_with_nothing_to_do_do_not_start_python(repo: RepoBuilder) -> None:
    git_prov("init", "-q", cwd=repo.path)
    repo.git("branch", "side")
    assert no_python(repo, "commit", "-q", "--allow-empty", "-m", "before any run") == Outcome(0, "", "")
    plant_run(repo.path)
    repo.write("next.txt", "next")
    repo.git("add", "-A")

    for words in (
        ("commit", "-q", "-m", "another tree"),
        ("commit", "-q", "--amend", "-m", "another message"),
        ("checkout", "-q", "side"),
        ("merge", "-q", "main"),
        ("checkout", "-q", "--", "README.md"),
    ):
        assert no_python(repo, *words) == Outcome(0, "", ""), words


def test_a_linked_worktree_is_served_like_the_main_one(repo: RepoBuilder, tmp_path: Path) -> None:
    git_prov("init", "-q", cwd=repo.path)
    linked = repo.worktree(tmp_path / "linked", "side")
    plant_run(linked.path)

    linked.git("commit", "-q", "--amend", "-m", "better words")

    assert SHOWN in linked.git("log", "-1")
    assert no_python(linked, "commit", "-q", "--allow-empty", "-m", "same tree").status == 0
    linked.commit("other", {"other.txt": "other"})
    assert no_python(linked, "commit", "-q", "--allow-empty", "-m", "other tree") == Outcome(0, "", "")


def test_a_hook_that_cannot_write_its_view_leaves_the_commit_alone(repo: RepoBuilder) -> None:
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    (repo.path / ".git/refs/prov/view/summary.lock").mkdir()

    done = run_program("git", "commit", "-q", "--amend", "-m", "better words", cwd=repo.path)

    assert done.status == 0
    assert done.stderr.startswith("git prov: ")
    assert repo.git("log", "-1", "--format=%s") == "better words"
