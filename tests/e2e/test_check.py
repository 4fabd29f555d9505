"""`git prov check` as people, hooks and CI call it: what it says, how it ends, and which index it reads."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from support.program import git_prov, run_program
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, made, write_rules
from support.templates import RepoMaker

HOOK = "#!/bin/sh\nexec git-prov check >&2\n"


@pytest.fixture
def ruled(repo: RepoBuilder) -> RepoBuilder:
    write_rules(repo)
    return repo


@pytest.fixture
def hooked(ruled: RepoBuilder) -> RepoBuilder:
    ruled.write(".git/hooks/pre-commit", HOOK, executable=True)
    return ruled


def commit(repo: RepoBuilder, *args: str, cwd: Path | None = None) -> tuple[int, str]:
    done = run_program("git", "commit", "-q", "-m", "results", *args, cwd=cwd or repo.path)
    return done.status, done.stderr


def test_a_first_offence_is_explained_and_the_run_that_mends_it_passes(ruled: RepoBuilder) -> None:
    ruled.write("train.py", "open('results/auc.json', 'w').write('0.9')\n")
    ruled.write("results/auc.json", "0.5")
    ruled.git("add", ".")

    done = git_prov("check", cwd=ruled.path)

    assert (done.status, done.stderr) == (1, "")
    assert done.stdout == (
        "results-need-run (block)\n"
        "  results/auc.json is new, and no run made it\n"
        "  mend: git prov run -- COMMAND\n"
        "2 staged changes: 1 to mend, by 1 rule\n"
    )

    assert git_prov("run", "--", "python3", "train.py", cwd=ruled.path).status == 0
    ruled.git("add", ".")
    done = git_prov("check", cwd=ruled.path)
    assert (done.status, done.stdout) == (0, "2 staged changes: in order, by 1 rule\n")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_run_from_before_the_first_commit_was_on_no_committed_code(make_repo: RepoMaker, object_format: Any) -> None:  # noqa: ANN401 - what the maker takes
    repo = make_repo(empty=True, object_format=object_format)
    write = "mkdir results; echo 0.9 > results/auc.json"
    assert git_prov("run", "--", "sh", "-c", write, cwd=repo.path).status == 0
    repo.write(".gitprov.toml", '[rules.clean-tree]\nlevel = "block"\n')
    repo.git("add", ".")

    done = git_prov("check", cwd=repo.path)

    assert done.status == 1
    assert "ran on uncommitted changes" in done.stdout


def test_a_warning_is_said_and_stops_nobody(repo: RepoBuilder) -> None:
    write_rules(repo, NEED_RUN.replace("block", "warn"))
    repo.write("results/auc.json", "0.5")
    repo.git("add", ".")

    done = git_prov("check", cwd=repo.path)

    assert done.status == 0
    assert "results-need-run (warn)" in done.stdout
    assert done.stdout.endswith("1 staged change: 1 warning, by 1 rule\n")


def test_many_offences_of_a_rule_are_counted(ruled: RepoBuilder) -> None:
    for number in range(20):
        ruled.write(f"results/{number:02}.json", "1")
    ruled.git("add", ".")

    done = git_prov("check", cwd=ruled.path)

    assert done.stdout.splitlines() == [
        "results-need-run (block)",
        "  results/00.json is new, and no run made it",
        "  results/01.json is new, and no run made it",
        "  mend: git prov run -- COMMAND",
        "  and 18 more: git prov check --json",
        "20 staged changes: 20 to mend, by 1 rule",
    ]
    found = json.loads(git_prov("check", "--json", cwd=ruled.path).stdout)
    assert found["schema"] == 1
    assert len(found["findings"]) == 20


def test_what_shows_all_of_it_asks_the_same(ruled: RepoBuilder) -> None:
    base = ruled.head
    ruled.commit("results", {f"results/{number:02}.json": "1" for number in range(20)})

    done = git_prov("check", "--ci", "--range", f"{base}..HEAD", "--branch", "main", cwd=ruled.path)

    ask = f"git prov check --range {base}..HEAD --branch main --json"
    assert f"  and 18 more: {ask}\n" in done.stdout
    shown = run_program(*ask.split(), cwd=ruled.path)
    assert len(json.loads(shown.stdout)["findings"]) == 20

    ruled.write(".gitprov.toml", NEED_RUN + 'stages = ["pre-push"]\n')
    ruled.git("commit", "-qam", "rules")
    done = run_program(
        "sh", "-c", f"echo 'x {ruled.head} refs/heads/x {base}' | git prov check --stage pre-push up", cwd=ruled.path
    )
    ask = done.stdout.partition("more: ")[2].partition("\n")[0]
    assert len(json.loads(run_program("sh", "-c", ask, cwd=ruled.path).stdout)["findings"]) == 20


def test_nothing_to_judge_says_so(ruled: RepoBuilder) -> None:
    done = git_prov("check", cwd=ruled.path)
    assert (done.status, done.stdout) == (0, "nothing is staged: no rule is about it\n")
    assert json.loads(git_prov("check", "--json", cwd=ruled.path).stdout) == {"schema": 1, "findings": []}


def test_a_repository_without_rules_says_so(repo: RepoBuilder) -> None:
    repo.write("a", "1")
    repo.git("add", ".")

    done = git_prov("check", cwd=repo.path)

    assert (done.status, done.stdout) == (0, "1 staged change: no rule is about it\n")
    assert done.stderr == "note: there are no rules here: .gitprov.toml has none\n"


def test_a_malformed_policy_is_an_error_where_it_is_looked_at(ruled: RepoBuilder) -> None:
    ruled.write(".gitprov.toml", NEED_RUN.replace("block", "blok"))
    ruled.write("results/auc.json", "1")
    ruled.git("add", ".")

    done = git_prov("check", cwd=ruled.path)

    assert done.status == 128
    assert ".gitprov.toml:2: rules.results-need-run.level" in done.stderr


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (
            ("--rule", "results-needs-run"),
            129,
            "there is no rule 'results-needs-run'; did you mean 'results-need-run'?",
        ),
        (("--range", "HEAD"), 129, "'HEAD' is not a range"),
        (("--range", "x..HEAD"), 128, "x is no commit that is here"),
        (("--ci", "--stage", "pre-push"), 129, "--stage judges what a hook sees"),
        (("--stage", "post-commit"), 129, "'post-commit'"),
        (("--stage", "commit-msg"), 129, "--stage commit-msg judges one message"),
        (("--stage", "commit-msg", "nowhere"), 128, "nowhere: No such file"),
        (("--stage", "pre-push"), 129, "--stage pre-push needs to know the remote"),
        (("../elsewhere",), 129, "../elsewhere lies outside of this repository"),
    ],
)
def test_what_cannot_be_meant_is_refused(ruled: RepoBuilder, args: tuple[str, ...], status: int, words: str) -> None:
    ruled.write("results/auc.json", "1")
    ruled.git("add", ".")
    ruled.commit("more")
    ruled.write("results/auc.json", "2")
    ruled.git("add", ".")
    if "commit-msg" in args:
        write_rules(ruled, NEED_RUN.replace("results-need-run", "message-names-run"))
        ruled.write("results/auc.json", "3")
        ruled.git("add", ".")

    done = git_prov("check", *args, cwd=ruled.path)

    assert done.status == status
    assert words in done.stderr
    assert done.stdout == ""


def test_in_ci_nothing_but_the_verdict_is_said(ruled: RepoBuilder) -> None:
    base = ruled.head
    ruled.commit("wrong", {"results/auc.json": "1"})

    done = git_prov("check", "--ci", "--range", f"{base}..HEAD", cwd=ruled.path)

    assert (done.status, done.stderr) == (1, "")
    assert done.stdout.endswith(f"{base}..HEAD, 1 commit, 1 path: 1 to mend, by 1 rule\n")


def test_a_commit_that_no_rule_is_about_pays_for_nothing_but_git(ruled: RepoBuilder) -> None:
    ruled.commit("rules", {".gitprov.toml": NEED_RUN + "[rules.data-as-pointers]\n[rules.needs-review]\n"})
    ruled.write("src/model.py", "x = 1")
    ruled.git("add", ".")
    asked = (
        "import os, sys\nfrom gitprov.api.policy.stages import pre_commit\n"
        "from gitprov.api.session import open_session\n"
        "print(pre_commit(open_session(os.getcwd(), os.environ)).judged);"
        "print({'pydantic', 'pathspec', 'pygit2', 'click', 'rich', 'dataclasses'} & set(sys.modules))"
    )

    done = run_program(sys.executable, "-c", asked, cwd=ruled.path)

    assert done.stdout == "1 staged change\nset()\n"


def test_commit_all_is_judged_by_what_it_commits(hooked: RepoBuilder) -> None:
    hooked.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "x")
    made(hooked, "results/auc.json", "1")
    hooked.write("results/auc.json", "1")
    hooked.git("add", ".")
    assert commit(hooked)[0] == 0

    hooked.write("results/auc.json", "2")
    status, words = commit(hooked, "-a")
    assert status == 1
    assert "results/auc.json changed, and no run made it" in words

    made(hooked, "results/auc.json", "2")
    assert commit(hooked, "-a")[0] == 0


def test_a_commit_of_some_files_is_judged_by_these(hooked: RepoBuilder) -> None:
    hooked.write("results/auc.json", "1")
    hooked.git("add", ".")
    hooked.write("README.md", "more")

    assert commit(hooked, "README.md")[0] == 0
    status, words = commit(hooked, "results/auc.json")
    assert status == 1
    assert "results/auc.json is new" in words

    made(hooked, "results/auc.json", "2")
    hooked.write("results/auc.json", "2")
    assert commit(hooked, "auc.json", cwd=hooked.path / "results")[0] == 0


def test_part_of_a_file_is_judged_as_it_is_staged(hooked: RepoBuilder) -> None:
    made(hooked, "results/auc.json", "1\n")
    hooked.write("results/auc.json", "1\n")
    hooked.git("add", ".")
    hooked.write("results/auc.json", "1\n2\n")
    assert commit(hooked)[0] == 0

    assert commit(hooked, "-a")[0] == 1


def test_a_worktree_is_judged_in_its_own_index(hooked: RepoBuilder, tmp_path: Path) -> None:
    other = hooked.worktree(tmp_path / "other", "topic")
    other.write("results/auc.json", "1")
    other.git("add", ".")

    assert commit(other)[0] == 1
    assert commit(other, "-a", cwd=other.path / "results")[0] == 1
    made(other, "results/auc.json", "1")
    assert commit(other, cwd=other.path / "results")[0] == 0


def test_a_git_directory_that_is_named(hooked: RepoBuilder) -> None:
    hooked.write("results/auc.json", "1")
    aside = (f"--git-dir={hooked.path / '.git'}", f"--work-tree={hooked.path}")

    run_program("git", *aside, "add", ".", cwd=hooked.path)
    done = run_program("git", *aside, "commit", "-q", "-m", "x", cwd=hooked.path)

    assert done.status == 1
    assert "results/auc.json is new" in done.stderr


def test_a_merge_goes_through_and_its_own_changes_do_not(hooked: RepoBuilder) -> None:
    main = hooked.git("branch", "--show-current")
    hooked.branch("topic")
    hooked.write("results/theirs.json", "1")
    hooked.git("add", ".")
    hooked.git("commit", "-q", "--no-verify", "-m", "theirs")
    hooked.git("switch", "-q", main)
    hooked.git("commit", "-q", "--allow-empty", "-m", "ours")
    hooked.git("merge", "-q", "--no-commit", "topic")
    assert commit(hooked)[0] == 0

    hooked.git("reset", "-q", "--hard", "HEAD~1")
    hooked.git("merge", "-q", "--no-commit", "topic")
    hooked.write("results/theirs.json", "2")
    assert commit(hooked, "-a")[0] == 1


def test_the_hook_of_a_message_names_the_run(ruled: RepoBuilder) -> None:
    ruled.commit("rules", {".gitprov.toml": NEED_RUN.replace("results-need-run", "message-names-run")})
    ruled.write(
        ".git/hooks/commit-msg", '#!/bin/sh\nexec git-prov check --stage commit-msg "$1" >&2\n', executable=True
    )
    run = made(ruled, "results/auc.json", "1")
    ruled.write("results/auc.json", "1")

    ruled.git("add", ".")
    assert commit(ruled)[0] == 0

    assert ruled.git("log", "-1", "--format=%B") == f"results\n\nProv-Run: {run[:12]}\n"
    assert git_prov("check", "--ci", cwd=ruled.path).status == 0


def test_the_hook_of_a_push_stops_what_the_remote_is_not_to_have(ruled: RepoBuilder, tmp_path: Path) -> None:
    ruled.commit("rules", {".gitprov.toml": NEED_RUN + 'stages = ["pre-push"]\n'})
    ruled.bare_remote(tmp_path / "hub.git")
    ruled.write(".git/hooks/pre-push", '#!/bin/sh\nexec git-prov check --stage pre-push "$@" >&2\n', executable=True)
    branch = ruled.git("branch", "--show-current")
    assert run_program("git", "push", "-q", "origin", branch, cwd=ruled.path).status == 0
    ruled.commit("wrong", {"results/auc.json": "1"})

    done = run_program("git", "push", "-q", "origin", branch, cwd=ruled.path)

    assert done.status == 1
    assert f"branch {branch} to origin, 1 commit, 1 path: 1 to mend" in done.stderr


def test_a_fresh_shallow_clone_gives_the_verdict_once_it_has_what_it_needs(ruled: RepoBuilder, tmp_path: Path) -> None:
    base = ruled.head
    made(ruled, "results/auc.json", "1")
    ruled.commit("good", {"results/auc.json": "1"})
    ruled.commit("wrong", {"results/b.json": "1"})
    clone = ruled.clone(tmp_path / "clone", "--depth=1")
    asked = ("check", "--ci", "--range", f"{base}..HEAD")

    done = git_prov(*asked, cwd=clone.path)
    assert done.status == 128
    assert "git fetch --unshallow" in done.stderr

    clone.git("fetch", "-q", "--unshallow")
    done = git_prov(*asked, cwd=clone.path)
    assert done.status == 128
    assert "no records have been fetched from origin" in done.stderr

    _, _, command = done.stderr.partition("in CI: ")
    assert run_program("sh", "-c", command, cwd=clone.path).status == 0
    done = git_prov(*asked, cwd=clone.path)
    assert done.status == 1
    assert "results/b.json is new, and no run made it" in done.stdout
    assert "auc.json" not in done.stdout


def test_a_bare_repository_judges_ranges(ruled: RepoBuilder, tmp_path: Path) -> None:
    base = ruled.head
    ruled.commit("wrong", {"results/auc.json": "1"})
    hub = ruled.clone(tmp_path / "hub.git", "--bare")
    hub.git("remote", "remove", "origin")

    assert git_prov("check", "--range", f"{base}..HEAD", cwd=hub.path).status == 1
    done = git_prov("check", cwd=hub.path)
    assert done.status == 128
    assert "work tree" in done.stderr


def test_the_branch_that_something_goes_to_can_be_told(repo: RepoBuilder) -> None:
    write_rules(repo, NEED_RUN + 'branches = ["protected"]\n')
    repo.write("results/auc.json", "1")
    repo.git("add", ".")

    assert git_prov("check", cwd=repo.path).status == 0
    assert git_prov("check", "--branch", "protected", cwd=repo.path).status == 1
