"""What pre-commit starts answers before anything is imported where git says that no rule is asked; never elsewhere."""

import os
import sys
from collections.abc import Mapping

import pytest

from gitprov.hooks.calm import is_calm
from support.program import git_prov, run_program
from support.repo import RepoBuilder

RULE = '[rules.results-need-run]\nlevel = "block"\npaths = ["results/**"]\n'
REMEMBERED = ".git/prov/calm"


@pytest.fixture
def ruled(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """Stand in a repository whose rule a hook has read, for a commit that has nothing to do with it."""
    monkeypatch.chdir(repo.path)
    repo.commit("policy", {".gitprov.toml": RULE, "results/a.json": "1", "code.py": "1"})
    repo.commit("more", {"code.py": "2"})
    staged(repo, "code.py", "3")
    assert not calm()
    assert git_prov("hook", "check", "code.py", cwd=repo.path) == (0, "", "")
    return repo


def calm(event: str = "check", environ: Mapping[str, str] | None = None) -> bool:
    return is_calm(event, {**os.environ, **(environ or {})})


def staged(repo: RepoBuilder, name: str, content: str) -> None:
    repo.write(name, content)
    repo.git("add", name)


@pytest.mark.usefixtures("ruled")
def test_a_commit_that_is_no_rules_concern_is_calm() -> None:
    assert calm()


@pytest.mark.parametrize("name", ["results/a.json", "results/new.json", ".gitprov.toml"])
def test_one_that_may_be_is_not(ruled: RepoBuilder, name: str) -> None:
    staged(ruled, name, RULE + "# more\n")
    assert not calm()


def test_a_removal_may_be_a_rules_concern(ruled: RepoBuilder) -> None:
    ruled.git("rm", "-q", "--cached", "results/a.json")
    assert not calm()


def test_an_amended_commit_is_judged_with_what_it_holds(ruled: RepoBuilder) -> None:
    staged(ruled, "results/a.json", "2")
    ruled.git("commit", "-q", "-m", "results")
    staged(ruled, "code.py", "4")
    assert not calm()


def test_the_index_that_git_commits_from_is_the_one_that_is_asked(ruled: RepoBuilder) -> None:
    ruled.write("results/a.json", "2")
    index = str(ruled.path / ".git/other-index")
    ruled.git("add", "results/a.json", env={"GIT_INDEX_FILE": index})
    assert calm()
    assert not calm(environ={"GIT_INDEX_FILE": index})


@pytest.mark.usefixtures("ruled")
@pytest.mark.parametrize("name", ["PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_FROM_REF"])
def test_a_push_or_a_range_is_never_taken_for_a_commit(name: str) -> None:
    assert not calm(environ={name: "origin"})


@pytest.mark.parametrize("text", ["", "\n", "{policy}\n", "{policy}\n\n", "--help\n:/x\n", "é"])
def test_what_is_remembered_and_makes_no_sense_calms_nobody(ruled: RepoBuilder, text: str) -> None:
    policy = ruled.git("rev-parse", ":.gitprov.toml")
    staged(ruled, "results/a.json", "2")
    ruled.write(REMEMBERED, text.format(policy=policy))
    assert not calm()


def test_before_the_first_commit_nothing_is_calm(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo.path)
    staged(repo, ".gitprov.toml", RULE)
    git_prov("hook", "check", ".gitprov.toml", cwd=repo.path)
    assert not calm()


def test_messages_are_calm_where_no_rule_is_about_them(ruled: RepoBuilder) -> None:
    assert calm("message")
    staged(ruled, ".gitprov.toml", RULE + '[rules.message-names-run]\nlevel = "warn"\npaths = ["results/**"]\n')
    assert not calm("message")
    ruled.git("rm", "-q", "--cached", ".gitprov.toml")
    assert calm("message")


@pytest.mark.usefixtures("ruled")
def test_other_events_are_never_calm() -> None:
    assert not any(calm(event) for event in ("", "pre-commit", "commit-msg", "post", "pre-push"))


def test_next_to_nothing_is_imported(ruled: RepoBuilder) -> None:
    program = "import sys; before = set(sys.modules); import gitprov.hooks.calm; print(*set(sys.modules) - before)"
    done = run_program(sys.executable, "-I", "-c", program, cwd=ruled.path)
    assert sorted(done.stdout.split()) == ["gitprov", "gitprov.hooks", "gitprov.hooks.calm"]
