from pathlib import Path

import pytest

from gitprov.api import log as history
from gitprov.errors import GitFailed, UsageError
from gitprov.model.answers import CommitRuns, History
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder
from support.templates import RepoMaker


def log(path: Path, *args: str, whole: bool = True) -> History:
    with opened(path) as session:
        return history.log(session, args, whole=whole)


def output(path: Path, *args: str) -> str:
    """What a person sees who has no terminal; the line of a run is its id."""
    with opened(path) as session:
        found = history.log(session, args, whole=False)
        lines = {
            commit.commit: "".join(f"{run.id}\n" for run in commit.runs) for commit in found.commits if commit.runs
        }
        return b"".join(history.output(session, args, lines, environ={}, colour=False)).decode()


def short(answer: CommitRuns) -> tuple[list[str], list[str]]:
    return [f"{run.id[:4]} {run.grade}" for run in answer.runs], [run[:4] for run in answer.uncommitted]


ONE, TWO = record_id(1)[:4], record_id(2)[:4]


@pytest.fixture
def two(repo: RepoBuilder) -> RepoBuilder:
    """Two commits, a run on each, that of the second uncommitted on the first as well."""
    first = repo.head
    second = repo.commit("second", {"a": "1"})
    trees = {oid: repo.git("rev-parse", f"{oid}^{{tree}}") for oid in (first, second)}
    append(
        repo.path,
        run_record(1, code={"commit": first, "tree": trees[first]}),
        run_record(2, code={"commit": "7" * 40, "tree": trees[second], "base": first}),
        run_record(3),
    )
    return repo


def test_each_commit_comes_with_its_runs_in_the_order_of_git_log(two: RepoBuilder) -> None:
    answer = log(two.path)
    assert [commit.commit for commit in answer.commits] == [two.head, two.git("rev-parse", "HEAD~")]
    assert list(map(short, answer.commits)) == [([f"{TWO} same-tree"], []), ([f"{ONE} exact"], [TWO])]
    assert set(answer.runs) == {record_id(1), record_id(2)}
    assert answer.problems == []
    assert answer.notes == []


def test_only_the_commits_asked_for_are_answered(two: RepoBuilder) -> None:
    assert [commit.commit for commit in log(two.path, "-n", "1").commits] == [two.head]
    assert [commit.commit for commit in log(two.path, "--reverse", "HEAD~..HEAD").commits] == [two.head]
    assert len(log(two.path, "--", "README.md").commits) == 1


def test_all_means_all_history_and_not_the_refs_that_records_are_kept_in(two: RepoBuilder) -> None:
    two.git("notes", "add", "-m", "a note")
    two.branch("side", "HEAD~")
    side = two.commit("on the side", {"b": "1"})
    two.git("switch", "-q", "main")
    assert {commit.commit for commit in log(two.path, "--all").commits} == {
        two.head,
        side,
        two.git("rev-parse", "HEAD~"),
    }
    assert "on the side" in output(two.path, "--all")
    assert "refs/prov" not in output(two.path, "--all", "--decorate=full")
    assert log(two.path, "-n", "1", "--", "--all").commits == []  # a path


def test_the_output_is_that_of_git_log_with_the_runs_in_it(two: RepoBuilder) -> None:
    told = two.git("log", "-n", "1")
    assert output(two.path, "-n", "1") == f"{told}\n\nRuns:\n    {record_id(2)}\n"
    assert output(two.path, "--format=%s") == f"second\n    {record_id(2)}\n\nfirst\n    {record_id(1)}\n\n"


def test_runs_are_not_shown_a_second_time_by_the_display_of_plain_git_log(two: RepoBuilder) -> None:
    two.git("config", "notes.displayRef", "refs/prov/view/*")
    said = output(two.path)
    assert "view/summary" in two.git("log")  # where init was run, plain git log shows them in its way
    assert "view/summary" not in said
    assert said.count("Runs:") == 2


def test_beyond_what_is_graded_at_once_older_commits_still_show_their_own_runs(
    two: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "EAGER", 1)
    answer = log(two.path, whole=False)
    graded = {commit.commit: short(commit) for commit in answer.commits}
    assert graded[two.git("rev-parse", "HEAD~")] == ([f"{ONE} exact"], [TWO])
    assert record_id(1) in output(two.path)
    assert len(log(two.path, whole=True).commits) == 2


def test_before_the_first_commit_there_is_nothing_and_that_is_no_error(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    append(repo.path, run_record(1))
    answer = log(repo.path)
    assert answer.commits == []
    assert "no commit yet" in answer.notes[0]


def test_what_git_refuses_and_what_cannot_be_handed_on_are_refused(two: RepoBuilder) -> None:
    with pytest.raises(GitFailed, match="nowhere"):
        log(two.path, "nowhere")
    for odd in ("--output=x", "--output", "--stdin"):
        with pytest.raises(UsageError) as caught:
            log(two.path, odd, "x")
        assert caught.value.hint
    assert not (two.path / "x").exists()


@pytest.mark.parametrize("options", [("--depth=1",), ("--filter=blob:none",), ("--bare",)])
def test_shallow_partial_and_bare_clones_show_their_history(
    two: RepoBuilder, tmp_path: Path, options: tuple[str]
) -> None:
    two.git("config", "uploadpack.allowFilter", "true")
    clone = two.clone(tmp_path / "clone", *options)
    clone.git("fetch", "-q", "origin", "refs/prov/log/*:refs/prov/remotes/origin/log/*")

    answer = log(clone.path)

    assert short(answer.commits[0]) == ([f"{TWO} same-tree"], [])
    assert len(answer.commits) == (1 if options == ("--depth=1",) else 2)
    assert record_id(2) in output(clone.path)


def test_a_detached_head_and_a_linked_worktree_show_theirs(two: RepoBuilder, tmp_path: Path) -> None:
    linked = two.worktree(tmp_path / "linked", "topic")
    two.git("switch", "-q", "--detach", "HEAD~")
    assert short(log(two.path).commits[0]) == ([f"{ONE} exact"], [TWO])
    assert short(log(linked.path).commits[0]) == ([f"{TWO} same-tree"], [])
