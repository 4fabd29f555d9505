"""Git's own hooks ask the rules: they stop what blocks, nobody else, and stand beside the hooks of others."""

import os
from pathlib import Path

import pytest

from support.enforced import use_pre_commit
from support.gits import KINDS, Kind, use_git
from support.planted import plant_run
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, made

pytestmark = pytest.mark.e2e

RESULT = "results/auc.json"
REFUSED = f"results-need-run (block)\n  {RESULT} is new, and no run made it\n"
GONE = "git prov: git-prov is not installed here any more, so the rules were not asked\n"
NAME_RUN = '[rules.message-names-run]\nlevel = "block"\npaths = ["results/**"]\n'
REVIEW = '[rules.needs-review]\nlevel = "block"\npaths = ["results/**"]\n'


@pytest.fixture(params=KINDS, autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind: Kind = request.param
    use_git(kind, monkeypatch)
    return kind


@pytest.fixture
def ruled(repo: RepoBuilder) -> RepoBuilder:
    """A clone that is set up, with a rule, and a result that no run made, staged."""
    repo.commit("rules", {".gitprov.toml": NEED_RUN})
    assert git_prov("init", "-q", cwd=repo.path).status == 0
    repo.write(RESULT, "0.9")
    repo.git("add", ".")
    return repo


def commit(repo: RepoBuilder, *options: str, message: str = "results", **environ: str) -> Outcome:
    return run_program("git", "commit", "-q", "-m", message, *options, cwd=repo.path, env=environ)


def without_git_prov(repo: RepoBuilder) -> dict[str, str]:
    """An environment in which our hooks find no git-prov to start."""
    for directory in (repo.path / ".git/hooks", repo.path / ".git/prov/hooks"):
        for shim in directory.glob("*") if directory.is_dir() else ():
            if "git_prov=/" in shim.read_text():
                shim.write_text(shim.read_text().replace("git_prov=/", "git_prov=/gone/"))
    places = os.environ["PATH"].split(os.pathsep)
    return {"PATH": os.pathsep.join(place for place in places if not (Path(place) / "git-prov").exists())}


def test_what_blocks_stops_the_commit_and_says_what_mends_it(ruled: RepoBuilder) -> None:
    done = commit(ruled)

    assert done == Outcome(
        1,
        "",
        f"{REFUSED}  mend: git prov run -- COMMAND\n"
        "1 staged change: 1 to mend, by 1 rule\n"
        "git prov: nothing was committed; to commit all the same: SKIP=git-prov-check git commit (CI will ask again)\n",
    )


@pytest.mark.parametrize("skip", ["git-prov-check", "ruff, git-prov-check ,mypy"])
def test_skip_and_no_verify_are_what_they_are_elsewhere(ruled: RepoBuilder, skip: str) -> None:
    assert commit(ruled, SKIP="ruff,git-prov").status == 1
    assert commit(ruled, SKIP=skip) == Outcome(0, "", "")
    ruled.git("reset", "-q", "--soft", "HEAD^")
    assert commit(ruled, "--no-verify") == Outcome(0, "", "")


def test_what_only_warns_is_said_and_stops_nobody(ruled: RepoBuilder) -> None:
    ruled.write(".gitprov.toml", NEED_RUN.replace("block", "warn"))
    ruled.git("add", ".")

    done = commit(ruled)

    assert done.status == 0
    assert "results-need-run (warn)" in done.stderr


@pytest.mark.parametrize("options", [("-a",), (RESULT,)])
def test_the_index_that_git_commits_from_is_read(ruled: RepoBuilder, options: tuple[str, ...]) -> None:
    made(ruled, RESULT, "0.9")
    assert commit(ruled).status == 0
    ruled.write(RESULT, "0.95")
    assert commit(ruled, *options).status == 1

    made(ruled, RESULT, "0.95")
    assert commit(ruled, *options) == Outcome(0, "", "")


@pytest.mark.parametrize(
    "policy", [NEED_RUN.replace("block", "blok"), "[rules\n", "[rules]\nx = 1\ny = 2\n[rules.acceptance]\nlevel = 1\n"]
)
def test_a_malformed_policy_is_a_line_or_two_and_git_goes_on(ruled: RepoBuilder, policy: str) -> None:
    ruled.write(".gitprov.toml", policy)
    ruled.git("add", ".")

    done = commit(ruled)

    assert done.status == 0
    assert 1 <= len(done.stderr.splitlines()) <= 2
    assert ".gitprov.toml" in done.stderr


def test_a_git_prov_that_is_gone_is_one_line_where_there_are_rules(ruled: RepoBuilder) -> None:
    assert commit(ruled, **without_git_prov(ruled)) == Outcome(0, "", GONE)


@pytest.mark.parametrize("settings", ["", "[capture]\ntrace = 'off' # as rules go\n"])
def test_without_rules_python_is_not_started(repo: RepoBuilder, settings: str) -> None:
    if settings:
        repo.commit("settings", {".gitprov.toml": settings, "pyproject.toml": "[tool.ruff]\nline-length = 99\n"})
    git_prov("init", "-q", cwd=repo.path)
    hub = repo.bare_remote(repo.path.parent / "hub.git")
    environ = without_git_prov(repo)
    repo.write("a", "1")
    repo.git("add", ".")

    assert commit(repo, **environ) == Outcome(0, "", "")
    done = run_program("git", "push", "-q", "origin", "main", cwd=repo.path, env=environ)
    assert done == Outcome(0, "", "")
    assert hub.refs("refs/heads")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".gitprov.toml", "rules.results-need-run = { level = 'block', paths = ['results/**'] }\n"),
        (".gitprov.toml", '[ "rules" . results-need-run ]\nlevel = "block"\npaths = ["results/**"]\n'),
        (".gitprov.toml", "'rules'.results-need-run.level = 'block'\nrules.results-need-run.paths = ['results/**']\n"),
        ("pyproject.toml", '[tool.gitprov.rules.results-need-run]\nlevel = "block"\npaths = ["results/**"]\n'),
        ("pyproject.toml", "[tool]\ngitprov.rules.results-need-run = { level = 'block', paths = ['results/**'] }\n"),
    ],
)
def test_rules_are_found_however_they_are_written(repo: RepoBuilder, file: str, text: str) -> None:
    repo.commit("rules", {file: text})
    git_prov("init", "-q", cwd=repo.path)
    repo.write(RESULT, "0.9")
    repo.git("add", ".")

    done = commit(repo)

    assert done.status == 1
    assert REFUSED in done.stderr


def test_what_concerns_no_rule_does_not_start_python_again(ruled: RepoBuilder) -> None:
    ruled.git("rm", "-q", "--cached", RESULT)
    for number in range(3):
        ruled.write("model.py", f"a = {number}\n")
        ruled.git("add", "model.py")
        assert commit(ruled) == Outcome(0, "", "")
    environ = without_git_prov(ruled)
    ruled.write("model.py", "a = 4\n")
    ruled.git("add", "model.py")

    assert commit(ruled, **environ) == Outcome(0, "", "")
    ruled.git("add", RESULT)
    assert commit(ruled, **environ) == Outcome(0, "", GONE)
    assert commit(ruled, "--amend", **environ) == Outcome(0, "", GONE)
    ruled.write("model.py", "a = 5\n")
    ruled.git("add", "model.py")
    assert commit(ruled, "--amend", **environ) == Outcome(0, "", GONE)


def test_another_policy_is_read_before_it_is_gone_by(ruled: RepoBuilder) -> None:
    ruled.git("rm", "-q", "--cached", RESULT)
    for number in range(2):
        ruled.write("model.py", f"a = {number}\n")
        ruled.git("add", "model.py")
        assert commit(ruled).status == 0
    ruled.write(".gitprov.toml", NEED_RUN.replace("results/", "model"))
    ruled.write("model.py", "a = 4\n")
    ruled.git("add", ".gitprov.toml", "model.py")

    done = commit(ruled)

    assert done.status == 1
    assert "model.py changed, and no run made it" in done.stderr


def test_a_message_gets_the_run_that_made_its_results(ruled: RepoBuilder) -> None:
    ruled.commit("rules", {".gitprov.toml": NAME_RUN, RESULT: "0.8"})
    run = made(ruled, RESULT, "0.9")
    ruled.write(RESULT, "0.9")
    ruled.git("add", ".")

    assert commit(ruled) == Outcome(0, "", "")

    assert ruled.git("log", "-1", "--format=%(trailers:key=Prov-Run,valueonly)").strip() == run[:12]


def test_a_push_that_is_stopped_sends_nothing(ruled: RepoBuilder) -> None:
    hub = ruled.bare_remote(ruled.path.parent / "hub.git")
    ruled.git("push", "-q", "--no-verify", "origin", "main")
    git_prov("init", "-q", cwd=ruled.path)
    made(ruled, RESULT, "0.9")
    ruled.write(".gitprov.toml", REVIEW)
    ruled.git("add", ".")
    assert commit(ruled).status == 0

    done = run_program("git", "push", "-q", "origin", "main", cwd=ruled.path)

    assert done.status == 1
    assert "needs-review (block)" in done.stderr
    assert "git prov: nothing was pushed; to push all the same: SKIP=git-prov-check git push" in done.stderr
    assert not hub.refs("refs/prov")
    skipped = run_program("git", "push", "-q", "origin", "main", cwd=ruled.path, env={"SKIP": "git-prov-check"})
    assert skipped == Outcome(0, "", "")
    assert hub.refs("refs/prov/log")
    assert hub.refs("refs/heads")["refs/heads/main"] == ruled.head


def test_what_git_does_by_itself_is_not_asked_about(ruled: RepoBuilder) -> None:
    """Rebases, cherry-picks and reverts start none of git's commit hooks; CI asks about what came of them."""
    commit(ruled, "--no-verify")
    ruled.git("switch", "-q", "-c", "side", "HEAD^")
    ruled.commit("other", {"other": "1"})

    assert run_program("git", "cherry-pick", "main", cwd=ruled.path).status == 0
    assert run_program("git", "rebase", "-q", "main", cwd=ruled.path).status == 0
    assert run_program("git", "revert", "--no-edit", "HEAD", cwd=ruled.path).status == 0


def test_a_cherry_pick_that_a_person_ends_is_asked_about(ruled: RepoBuilder) -> None:
    commit(ruled, "--no-verify")
    picked = ruled.head
    ruled.git("switch", "-q", "-c", "side", "HEAD^")
    ruled.write(RESULT, "0.5")
    ruled.git("add", ".")
    commit(ruled, "--no-verify")
    assert run_program("git", "cherry-pick", picked, cwd=ruled.path).status == 1
    ruled.write(RESULT, "0.9")
    ruled.git("add", ".")

    done = run_program("git", "cherry-pick", "--continue", cwd=ruled.path)

    assert done.status == 1
    assert "results-need-run (block)" in done.stderr


def test_a_clone_that_was_taken_out_asks_nothing(ruled: RepoBuilder) -> None:
    git_prov("deinit", "-q", cwd=ruled.path)

    assert commit(ruled) == Outcome(0, "", "")


def test_with_hooks_for_every_clone_one_that_was_taken_out_asks_nothing(
    ruled: RepoBuilder, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_TEMPLATE_DIR")
    assert git_prov("init", "--global", "-q", cwd=ruled.path).status == 0
    clone = RepoBuilder(home / "clone")
    ruled.git("clone", "-q", ruled.path, clone.path)
    clone.write(RESULT, "0.9")
    clone.git("add", ".")
    assert commit(clone).status == 1

    git_prov("deinit", "-q", cwd=clone.path)

    assert commit(clone) == Outcome(0, "", "")


# --- beside the hooks of others ---


@pytest.mark.parametrize("place", [".git/hooks", ".githooks"])
@pytest.mark.parametrize("event", ["pre-commit", "commit-msg"])
def test_hooks_of_others_are_run_and_have_their_say(repo: RepoBuilder, kind: Kind, place: str, event: str) -> None:
    repo.commit("rules", {".gitprov.toml": NEED_RUN})
    repo.write(f"{place}/{event}", '#!/bin/sh\necho "theirs" >&2\nexit "${STATUS:-0}"\n', executable=True)
    if place != ".git/hooks":
        repo.git("config", "core.hooksPath", place)
    git_prov("init", "-q", cwd=repo.path)
    repo.write("unrelated", "1")
    repo.git("add", "unrelated")

    assert commit(repo, STATUS="3") == Outcome(1, "", "theirs\n")
    assert commit(repo) == Outcome(0, "", "theirs\n")
    repo.write(RESULT, "0.9")
    repo.git("add", RESULT)
    stopped = commit(repo)
    assert stopped.status == 1
    assert REFUSED in stopped.stderr
    if event == "pre-commit":
        assert stopped.stderr.count("theirs\n") == 1
        assert stopped.stderr.startswith("theirs\n") is (kind == "hook files")


@pytest.mark.parametrize("first", ["pre-commit", "init"])
def test_with_pre_commit_the_rules_are_asked_once(repo: RepoBuilder, first: str) -> None:
    repo.commit("rules", {".gitprov.toml": NEED_RUN})
    if first == "init":
        git_prov("init", "-q", cwd=repo.path)
    use_pre_commit(repo)
    if first == "pre-commit":
        git_prov("init", "-q", cwd=repo.path)
    repo.write(RESULT, "0.9")
    repo.git("add", RESULT)

    done = commit(repo)

    assert done.status == 1
    assert (done.stdout + done.stderr).count(REFUSED) == 1
    assert commit(repo, SKIP="git-prov-check").status == 0
    hub = repo.bare_remote(repo.path.parent / "hub.git")
    plant_run(repo.path)
    pushed = run_program("git", "push", "origin", "main", cwd=repo.path)
    assert pushed.status == 0
    assert "git prov check" in pushed.stdout + pushed.stderr
    assert hub.refs("refs/prov/log")


def test_pre_commit_that_asks_nothing_of_ours_changes_nothing(ruled: RepoBuilder) -> None:
    ruled.write(".pre-commit-config.yaml", "repos: []\n")
    ruled.git("add", ".")
    assert run_program("pre-commit", "install", cwd=ruled.path).status == 0

    done = commit(ruled)

    assert done.status == 1
    assert done.stderr.count(REFUSED) == 1
