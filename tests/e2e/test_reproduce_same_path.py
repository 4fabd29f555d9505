"""A command that sees its place where the repository stood when the run was recorded, with the real bubblewrap."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from support.namespaces import needs_bubblewrap
from support.program import git_prov
from support.replayed import leftovers, recorded, reproduce
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

SAYS = """\
import os, pickle, subprocess
def git(*words):
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout
with open("data/rows.txt") as rows, open("said.pkl", "wb") as said:
    pickle.dump([os.getcwd(), rows.read(), git("rev-parse", "HEAD"), git("diff", "--cached", "--name-only")], said)
"""


def says(repo: RepoBuilder) -> str:
    """Have a run recorded that writes where it is into a file that is compared by its bytes; return its id."""
    repo.commit("says", {"sub/say.py": "", "say.py": SAYS, ".gitignore": "data/\nsaid.pkl\n"})
    repo.write("data/rows.txt", "1 2 3\n")
    run = recorded(repo, "python3", "say.py")
    repo.commit("later")
    repo.write("say.py", "raise SystemExit(3)\n")
    return run


def replication(path: Path, run: str, *options: str, **environ: str) -> dict[str, Any]:
    """Reproduce; return the record with the run that it was."""
    outcome = reproduce(path, run, "--json", *options, **environ)
    assert outcome.status in (0, 1), outcome.stderr
    (found,) = json.loads(outcome.stdout)["replications"]
    return dict(found)


@needs_bubblewrap
@pytest.mark.parametrize("options", [(), ("--sandbox",), ("--trace", "python"), ("--trace", "off")])
def test_in_the_clone_itself_the_path_is_the_same_and_the_working_tree_is_not_seen(
    repo: RepoBuilder, options: tuple[str, ...]
) -> None:
    run = says(repo)
    before = repo.git("status", "--porcelain", "--ignored")

    elsewhere, same = replication(repo.path, run, *options), replication(repo.path, run, "--same-path", ".", *options)

    assert elsewhere["verdict"] == "not-comparable"  # a pickle, in which another path is
    assert (same["verdict"], same.get("deviation")) == ("identical", None)
    rerun = same["rerun_record"]
    assert [one["path"] for one in rerun["output"]] == ["said.pkl"]
    if options != ("--trace", "off"):
        assert [one["path"] for one in rerun["input"]] == ["data/rows.txt"]
    assert repo.git("status", "--porcelain", "--ignored") == before
    assert leftovers(repo) == []


@needs_bubblewrap
@pytest.mark.parametrize("is_there", [True, False], ids=["there", "not there"])
def test_a_clone_that_has_moved_is_seen_where_it_stood(repo: RepoBuilder, tmp_path: Path, is_there: bool) -> None:
    run = says(repo)
    then, now = repo.path, tmp_path / "moved/deep"
    now.parent.mkdir()
    shutil.move(then, now)
    if is_there:
        then.mkdir()
        (then / "data").write_text("somebody else's")
    done = replication(now, run, "--same-path", str(then))
    assert (done["verdict"], done.get("deviation")) == ("identical", None)
    assert [one["path"] for one in done["rerun_record"]["input"]] == ["data/rows.txt"]
    assert then.exists() is is_there, "nothing is made on the machine"


@needs_bubblewrap
def test_it_is_shown_before_anybody_is_asked(repo: RepoBuilder) -> None:
    run = says(repo)
    outcome = git_prov("reproduce", run, "--env", "current", "--same-path", ".", cwd=repo.path)
    assert outcome.status == 129
    assert f"Seen as {repo.path}" in " ".join(outcome.stderr.split())


def test_what_it_cannot_be_shown_at_is_refused(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(repo, "true")
    (tmp_path / "file").write_text("")
    for path, why in (
        ("/", "is no directory for it"),
        (tmp_path / "file", "is no directory for it"),
        (repo.path / ".git", "is where git keeps the repository"),
        (repo.path.parent, "is above this repository"),
    ):
        outcome = reproduce(repo.path, run, "--same-path", str(path))
        assert (outcome.status, why in outcome.stderr) == (129, True), outcome.stderr


def test_without_bubblewrap_nothing_runs_and_it_is_said(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(repo, "true")
    for name in ("git", "git-prov", "python3"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    outcome = reproduce(repo.path, run, "--same-path", ".", PATH=str(tmp_path))
    assert outcome.status == 128
    assert "--same-path needs bubblewrap, which is not on PATH" in outcome.stderr
    assert os.listdir(repo.path / ".git/prov").count("replays") == 0
