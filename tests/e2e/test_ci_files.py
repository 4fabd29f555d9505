"""The files for GitHub Actions and GitLab CI in `docs/ci`, each line run as the machine runs it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from support.enforced import Enforced
from support.forge import ZEROS, Job, github, gitlab
from support.program import git_prov, run_program
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, made

pytestmark = pytest.mark.e2e

RESULT = "results/auc.json"
REVIEWED = '[rules.needs-review]\nlevel = "block"\npaths = ["results/**"]\ntags = ["v*"]\n'
UNSUPPORTED = f"{RESULT} is new, and no run made it"


@pytest.fixture
def enforced(tmp_path: Path) -> Enforced:
    """A hub whose main has rules, and a clone whose hooks send records along."""
    enforced = Enforced.make(tmp_path)
    assert git_prov("init", "-q", cwd=enforced.repo.path).status == 0
    enforced.hold(NEED_RUN + REVIEWED)
    return enforced


def commit(repo: RepoBuilder, files: dict[str, str]) -> str:
    """Commit past the hooks, as who says SKIP does."""
    for name, content in files.items():
        repo.write(name, content)
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "change", env={"SKIP": "git-prov-check"})
    return repo.head


def push(repo: RepoBuilder, *refs: str, remote: str = "origin") -> None:
    """Push by the hooks, so that the records go along."""
    done = run_program("git", "push", "-q", remote, *refs, cwd=repo.path, env={"SKIP": "git-prov-check"})
    assert done.status == 0, done


def result(repo: RepoBuilder, *, by_run: bool) -> str:
    """Commit a result on a new branch, and something after it."""
    repo.branch("topic")
    if by_run:
        made(repo, RESULT, "0.9")
    commit(repo, {RESULT: "0.9"})
    return commit(repo, {"notes.md": "More to come.\n"})


# --- GitHub ---


def pull_request(enforced: Enforced, where: Path, fork: RepoBuilder | None = None, depth: int = 0) -> Job:
    """Open a pull request of the hub's, or a fork's, branch, after main has gone on; run its job."""
    repo, hub = enforced
    base = repo.git("rev-parse", "origin/main")
    if fork is None:
        push(repo, "topic")
    tip = repo.git("rev-parse", "topic")
    repo.git("switch", "-q", "main")
    commit(repo, {"main.md": "main went on\n"})
    push(repo, "main")
    repo.git("switch", "-q", "--detach", "main")
    repo.git("merge", "-q", "--no-ff", "--no-verify", "-m", "merge", tip)
    repo.git("push", "-q", "--no-verify", "origin", "HEAD:refs/pull/1/merge")
    head = {"sha": tip, "repo": {"fork": fork is not None, "clone_url": str(fork.path) if fork else ""}}
    event = {
        "action": "synchronize",
        "before": base,
        "pull_request": {"base": {"ref": "main", "sha": base}, "head": head},
    }
    return github(hub, where, repo.head, "refs/pull/1/merge", event, depth=depth)


def test_a_pull_request_with_a_result_that_no_run_made_is_stopped(enforced: Enforced, tmp_path: Path) -> None:
    result(enforced.repo, by_run=False)

    job = pull_request(enforced, tmp_path / "clone")

    assert job.status == 1
    assert f"::error file={RESULT}" in job.log
    assert UNSUPPORTED in job.log
    assert "results-need-run" in job.summary


def test_a_pull_request_with_what_a_run_made_passes(enforced: Enforced, tmp_path: Path) -> None:
    result(enforced.repo, by_run=True)

    job = pull_request(enforced, tmp_path / "clone")

    assert job.status == 0, job.log
    assert "in order, by" in job.log


@pytest.mark.parametrize("by_run", [True, False])
def test_records_of_a_fork_are_fetched_from_there(enforced: Enforced, tmp_path: Path, by_run: bool) -> None:
    repo, hub = enforced
    shutil.copytree(hub.path, tmp_path / "fork.git")
    fork = RepoBuilder(tmp_path / "fork.git")
    repo.git("remote", "add", "fork", fork.path)
    result(repo, by_run=by_run)
    push(repo, "topic", remote="fork")
    assert len(fork.refs("refs/prov/log")) == int(by_run)
    for ref in repo.refs("refs/prov/log"):
        repo.git("update-ref", "-d", ref)  # what is pushed to the hub later comes without them

    job = pull_request(enforced, tmp_path / "clone", fork)

    assert not hub.refs("refs/prov/log")
    assert job.status == (0 if by_run else 1), job.log


def test_history_that_was_cut_off_is_an_error_that_says_so(enforced: Enforced, tmp_path: Path) -> None:
    result(enforced.repo, by_run=True)

    job = pull_request(enforced, tmp_path / "clone", depth=2)

    assert job.status == 128
    assert "fetch-depth: 0" in job.log


def pushed(enforced: Enforced, where: Path, before: str, ref: str = "refs/heads/main", **fields: Any) -> Job:  # noqa: ANN401 - any field
    event = {"before": before, "created": before == ZEROS, "repository": {"default_branch": "main"}, **fields}
    return github(enforced.hub, where, enforced.repo.head, ref, event)


def test_a_push_is_judged_from_where_the_branch_was(enforced: Enforced, tmp_path: Path) -> None:
    repo = enforced.repo
    before = repo.head
    commit(repo, {RESULT: "0.9"})
    between = commit(repo, {"notes.md": "More to come.\n"})
    push(repo, "main")

    assert pushed(enforced, tmp_path / "clone", before).status == 1
    commit(repo, {"notes.md": "Nothing of results.\n"})
    push(repo, "main")
    assert pushed(enforced, tmp_path / "again", between).status == 0


def test_a_new_branch_is_judged_from_where_it_left_the_default_branch(enforced: Enforced, tmp_path: Path) -> None:
    result(enforced.repo, by_run=False)
    push(enforced.repo, "topic")

    job = pushed(enforced, tmp_path / "clone", ZEROS, "refs/heads/topic")

    assert job.status == 1
    assert UNSUPPORTED in job.log


def test_a_branch_that_was_pushed_by_force_is_judged_whole(enforced: Enforced, tmp_path: Path) -> None:
    repo = enforced.repo
    result(repo, by_run=False)
    push(repo, "topic")

    job = pushed(enforced, tmp_path / "clone", "1" * 40, "refs/heads/topic", created=True)

    assert job.status == 1
    assert UNSUPPORTED in job.log


def test_a_tag_is_held_against_the_rules_for_tags(enforced: Enforced, tmp_path: Path) -> None:
    repo = enforced.repo
    made(repo, RESULT, "0.9")
    commit(repo, {RESULT: "0.9"})
    commit(repo, {"notes.md": "More to come.\n"})
    repo.git("tag", "-a", "-m", "one", "v1.0")
    push(repo, "main", "v1.0")

    job = pushed(enforced, tmp_path / "clone", ZEROS, "refs/tags/v1.0")

    assert job.status == 1
    assert "was accepted by nobody else" in job.log


# --- GitLab ---


def merge_request(enforced: Enforced, where: Path, **variables: str) -> Job:
    repo, hub = enforced
    push(repo, "topic")
    base = repo.git("merge-base", "origin/main", "topic")
    said = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    said |= {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_BEFORE_SHA": ZEROS}
    return gitlab(hub, where, repo.git("rev-parse", "topic"), {**said, **variables})


@pytest.mark.parametrize("by_run", [True, False])
def test_a_merge_request_is_judged_from_its_base(enforced: Enforced, tmp_path: Path, by_run: bool) -> None:
    result(enforced.repo, by_run=by_run)

    job = merge_request(enforced, tmp_path / "clone")

    assert job.status == (0 if by_run else 1), job.log
    report = (job.where / "provenance.xml").read_text()
    assert ("<failure" in report) is not by_run


def test_a_merge_request_of_a_fork_that_cannot_be_reached_is_judged_without_its_records(
    enforced: Enforced, tmp_path: Path
) -> None:
    result(enforced.repo, by_run=False)

    job = merge_request(enforced, tmp_path / "clone", CI_MERGE_REQUEST_SOURCE_PROJECT_URL=f"file://{tmp_path}/nowhere")

    assert job.status == 1
    assert "no records could be fetched from" in job.log
    assert UNSUPPORTED in job.log


def test_a_push_to_gitlab_is_judged_from_where_the_branch_was(enforced: Enforced, tmp_path: Path) -> None:
    repo, hub = enforced
    before = repo.head
    commit(repo, {RESULT: "0.9"})
    commit(repo, {"notes.md": "More to come.\n"})
    push(repo, "main")
    said = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}

    job = gitlab(hub, tmp_path / "clone", repo.head, {**said, "CI_COMMIT_BEFORE_SHA": before})
    newest = gitlab(hub, tmp_path / "first", repo.head, {**said, "CI_COMMIT_BEFORE_SHA": ZEROS})

    assert job.status == 1
    assert UNSUPPORTED in job.log
    assert newest.status == 0
    assert "commit " in newest.log
