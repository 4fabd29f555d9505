"""Hooks of others are kept, still run with all they had, and are given back byte for byte."""

import hashlib
import shutil
from pathlib import Path

import pytest

from support.gits import KINDS, Kind, use_git
from support.planted import plant_run
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

TELLS = '#!/bin/sh\necho "$0 $*" >>"$TOLD"\ncat >>"$TOLD"\nexit "${STATUS:-0}"\n'
"""A hook that writes down how it was called."""


@pytest.fixture(params=KINDS, autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind: Kind = request.param
    use_git(kind, monkeypatch)
    return kind


@pytest.fixture
def hub(repo: RepoBuilder, tmp_path: Path) -> RepoBuilder:
    return repo.bare_remote(tmp_path / "hub.git")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where hooks write down how they were called."""
    path = tmp_path / "told"
    path.touch()
    monkeypatch.setenv("TOLD", str(path))
    return path


def hook(repo: RepoBuilder, name: str, text: str = TELLS) -> Path:
    return repo.write(name, text, executable=True)


def push_next(repo: RepoBuilder) -> Outcome:
    """Push a new commit, so that there is something to check."""
    repo.git("commit", "-q", "--allow-empty", "-m", "next")
    return push(repo, "-q", "origin", "main")


def push(repo: RepoBuilder, *args: str, status: str = "0") -> Outcome:
    return run_program("git", "push", *args, cwd=repo.path, env={"STATUS": status})


def footprint(directory: Path) -> dict[str, str]:
    """Every file below a directory, with its bytes, mode and link."""
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_symlink():
            found[str(path)] = str(path.readlink())
        elif path.is_file():
            found[str(path)] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found


def settings(repo: RepoBuilder) -> dict[str, str]:
    """What `deinit` has to put back: the hooks, the configuration, the working tree."""
    kept = ("/.git/hooks", "/.git/config")
    whole = footprint(repo.path)
    return {path: is_ for path, is_ in whole.items() if "/.git/" not in path or any(part in path for part in kept)}


def test_a_foreign_hook_gets_its_own_arguments_and_input_and_decides_about_the_push(
    repo: RepoBuilder, hub: RepoBuilder, told: Path, kind: Kind
) -> None:
    hook(repo, ".git/hooks/pre-push")
    before = settings(repo)
    assert push(repo, "-q", "origin", "main", status="3").status == 1
    alone = told.read_text()
    told.write_text("")
    assert git_prov("init", "-q", cwd=repo.path).status == 0
    plant_run(repo.path)

    assert push(repo, "-q", "origin", "main", status="3").status == 1
    refusing = told.read_text()
    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")

    kept = "hooks" if kind == "config hooks" else "hooks.before-git-prov"
    assert refusing == alone.replace("/hooks/", f"/{kept}/")
    assert told.read_text() == refusing * 2
    assert len(hub.refs("refs/prov")) == 2
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


def test_records_wait_for_the_word_of_a_foreign_hook(
    repo: RepoBuilder, hub: RepoBuilder, told: Path, kind: Kind
) -> None:
    if kind == "config hooks":
        pytest.skip("git runs the hook of the hooks directory last")
    hook(repo, ".git/hooks/pre-push")
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)

    assert push(repo, "-q", "origin", "main", status="1").status == 1
    assert told.read_text()
    assert not hub.refs()


def test_hooks_that_look_at_their_own_name_and_neighbours_find_both(repo: RepoBuilder, told: Path) -> None:
    hook(repo, ".git/hooks/lib.sh", 'echo "$(basename "$0")" >>"$TOLD"\nfor part in "$0".d/*; do "$part"; done\n')
    hook(repo, ".git/hooks/post-commit.d/1", '#!/bin/sh\necho part >>"$TOLD"\n')
    hook(repo, ".git/hooks/post-commit", '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\n')
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)
    git_prov("init", "-q", cwd=repo.path)

    repo.git("commit", "-q", "--allow-empty", "-m", "next")

    assert told.read_text() == "post-commit\npart\n"
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


def test_a_hook_that_is_a_link_stays_that_link(repo: RepoBuilder, told: Path) -> None:
    hook(repo, "scripts/told.sh")
    link = repo.path / ".git/hooks/post-commit"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to("../../scripts/told.sh")
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)

    repo.git("commit", "-q", "--allow-empty", "-m", "next")

    assert len(told.read_text().splitlines()) == 1
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


def test_post_rewrite_hooks_see_which_commits_became_which(repo: RepoBuilder, told: Path) -> None:
    hook(repo, ".git/hooks/post-rewrite")
    git_prov("init", "-q", cwd=repo.path)
    old = repo.head

    repo.git("commit", "-q", "--amend", "-m", "better")

    called, pair = told.read_text().splitlines()
    assert called.endswith("/post-rewrite amend")
    assert pair.split() == [old, repo.head]


def test_post_checkout_hooks_keep_their_exit_status(repo: RepoBuilder, told: Path) -> None:
    hook(repo, ".git/hooks/post-checkout")
    repo.git("branch", "side")
    git_prov("init", "-q", cwd=repo.path)

    done = run_program("git", "checkout", "-q", "side", cwd=repo.path, env={"STATUS": "4"})

    assert done.status == 1  # what git makes of it
    assert told.read_text().rstrip().endswith(f"/post-checkout {repo.head} {repo.head} 1")


def test_a_hook_that_is_not_executable_is_not_run_and_not_lost(repo: RepoBuilder, told: Path) -> None:
    repo.write(".git/hooks/post-commit", TELLS)
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)

    repo.git("commit", "-q", "--allow-empty", "-m", "next")

    assert told.read_text() == ""
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


@pytest.mark.parametrize("tracked", [True, False])
def test_a_hooks_directory_of_the_project_is_left_as_it_is(
    repo: RepoBuilder, hub: RepoBuilder, told: Path, tracked: bool
) -> None:
    """As husky does it (ignored, every hook there), or a tracked `.githooks/`."""
    directory = ".githooks" if tracked else ".husky/_"
    for name in ("pre-push", "post-commit", "commit-msg"):
        hook(repo, f"{directory}/{name}", '#!/bin/sh\necho "$0 $(basename "$1")" >>"$TOLD"\n. "$(dirname "$0")/h"\n')
    hook(repo, f"{directory}/h", "exit 0\n")
    if not tracked:
        repo.write(".husky/_/.gitignore", "*")
    repo.commit("hooks")
    repo.git("config", "core.hooksPath", directory)
    before = settings(repo)

    assert git_prov("init", "-q", cwd=repo.path).status == 0
    plant_run(repo.path)
    assert repo.git("status", "--porcelain") == ""
    repo.git("commit", "-q", "--allow-empty", "-m", "next")
    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")

    assert told.read_text().splitlines() == [
        f"{directory}/commit-msg COMMIT_EDITMSG",
        f"{directory}/post-commit ",
        f"{directory}/pre-push origin",
    ]
    assert len(hub.refs("refs/prov")) == 2
    assert git_prov("doctor", cwd=repo.path).status == 0
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


def test_a_hook_added_to_the_projects_directory_later_works_at_once(repo: RepoBuilder, told: Path) -> None:
    hook(repo, ".githooks/commit-msg", "#!/bin/sh\n")
    repo.git("config", "core.hooksPath", ".githooks")
    git_prov("init", "-q", cwd=repo.path)

    hook(repo, ".githooks/pre-commit")
    repo.git("commit", "-q", "--allow-empty", "-m", "next")

    assert told.read_text() == ".githooks/pre-commit \n"


def test_linked_worktrees_find_the_projects_hooks_and_ours(repo: RepoBuilder, hub: RepoBuilder, told: Path) -> None:
    hook(repo, ".githooks/post-commit")
    repo.commit("hooks")
    repo.git("config", "core.hooksPath", ".githooks")
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)

    linked = repo.worktree(repo.path.parent / "linked", "side")
    linked.git("commit", "-q", "--allow-empty", "-m", "next")

    assert told.read_text() == ".githooks/post-commit \n"
    assert push(linked, "-q", "origin", "side") == Outcome(0, "", "")
    assert len(hub.refs("refs/prov")) == 2
    repo.git("commit", "-q", "--allow-empty", "-m", "here as well")
    assert len(told.read_text().splitlines()) == 2
    git_prov("deinit", "-q", cwd=linked.path)
    after = settings(repo)
    assert after.keys() == before.keys()
    assert repo.git("config", "core.hooksPath") == ".githooks"


def test_the_persons_own_hooks_directory_is_not_written_to(
    repo: RepoBuilder, hub: RepoBuilder, told: Path, home: Path
) -> None:
    mine = RepoBuilder(home / "my hooks")
    hook(mine, "pre-push")
    repo.git("config", "--global", "core.hooksPath", "~/my hooks")
    before = footprint(mine.path)

    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert told.read_text().splitlines()[0] == f"{mine.path}/pre-push origin {hub.path}"
    assert len(hub.refs("refs/prov")) == 2
    assert footprint(mine.path) == before


@pytest.mark.parametrize("hooks_path", ["", ".githooks"])
def test_an_odd_configuration_comes_back_byte_for_byte(repo: RepoBuilder, hub: RepoBuilder, hooks_path: str) -> None:
    config = repo.path / ".git/config"
    odd = config.read_text().replace("\t", "  ") + f'# mine\n[Core] HooksPath="{hooks_path}";x' * bool(hooks_path)
    config.write_text(odd)
    before = settings(repo)
    for _ in range(2):
        assert git_prov("init", "-q", cwd=repo.path).status == 0
    assert str(hub.path) in config.read_text()
    assert config.read_text() != odd

    assert git_prov("deinit", "-q", cwd=repo.path).status == 0

    assert settings(repo) == before


# --- pre-commit, the real one ---

CONFIG = """\
repos:
- repo: local
  hooks:
  - id: told
    name: told
    language: system
    entry: sh -c 'echo pre-commit >>"$TOLD"; exit "${STATUS:-0}"'
    stages: [pre-push]
    always_run: true
    pass_filenames: false
"""


def install_pre_commit(repo: RepoBuilder) -> None:
    done = run_program("pre-commit", "install", "-t", "pre-push", cwd=repo.path)
    assert done.status == 0, done


@pytest.fixture
def with_pre_commit(repo: RepoBuilder) -> RepoBuilder:
    repo.commit("checks", {".pre-commit-config.yaml": CONFIG})
    return repo


def test_pre_commit_that_was_here_first_runs_first_and_once(
    with_pre_commit: RepoBuilder, hub: RepoBuilder, told: Path
) -> None:
    repo = with_pre_commit
    install_pre_commit(repo)
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)

    refused = push(repo, "-q", "origin", "main", status="1")
    assert refused.status == 1
    assert "told" in refused.stdout
    assert push(repo, "-q", "origin", "main").status == 0

    assert told.read_text() == "pre-commit\npre-commit\n"
    assert len(hub.refs("refs/prov")) == 2
    assert git_prov("doctor", cwd=repo.path).status == 0
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


def test_pre_commit_installed_after_us_works_and_can_be_taken_out(
    with_pre_commit: RepoBuilder, hub: RepoBuilder, told: Path
) -> None:
    repo = with_pre_commit
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    install_pre_commit(repo)

    assert push(repo, "-q", "origin", "main").status == 0
    assert told.read_text() == "pre-commit\n"
    assert len(hub.refs("refs/prov")) == 2

    git_prov("init", "-q", cwd=repo.path)
    assert git_prov("doctor", cwd=repo.path).status == 0
    plant_run(repo.path, "cd" * 16)
    assert push_next(repo).status == 0
    assert told.read_text() == "pre-commit\n" * 2
    assert hub.refs("refs/prov/log") == repo.refs("refs/prov/log")

    git_prov("deinit", "-q", cwd=repo.path)
    assert push_next(repo).status == 0
    assert told.read_text() == "pre-commit\n" * 3
    run_program("pre-commit", "uninstall", "-t", "pre-push", cwd=repo.path)
    assert settings(repo) == before


def test_pre_commit_installed_twice_around_us_still_lets_a_push_pass(
    with_pre_commit: RepoBuilder, hub: RepoBuilder, told: Path
) -> None:
    """pre-commit refuses to run below itself: what we keep is its older self."""
    repo = with_pre_commit
    install_pre_commit(repo)
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    install_pre_commit(repo)

    assert push(repo, "-q", "origin", "main").status == 0
    assert told.read_text() == "pre-commit\n"
    assert len(hub.refs("refs/prov")) == 2
    git_prov("init", "-q", cwd=repo.path)
    assert push_next(repo).status == 0
    assert told.read_text() == "pre-commit\n" * 2
    git_prov("deinit", "-q", cwd=repo.path)
    assert push_next(repo).status == 0
    assert told.read_text() == "pre-commit\n" * 3


def test_pre_commit_uninstalled_again_leaves_ours(with_pre_commit: RepoBuilder, hub: RepoBuilder) -> None:
    repo = with_pre_commit
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    install_pre_commit(repo)
    run_program("pre-commit", "uninstall", "-t", "pre-push", cwd=repo.path)

    assert push(repo, "-q", "origin", "main") == Outcome(0, "", "")
    assert len(hub.refs("refs/prov")) == 2
    assert git_prov("doctor", cwd=repo.path).status == 0


# --- Git LFS, the real one ---


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="Git LFS is not installed")
def test_git_lfs_goes_on_sending_its_files(repo: RepoBuilder, hub: RepoBuilder) -> None:
    repo.git("lfs", "install", "--local")
    repo.git("lfs", "track", "*.bin")
    before = settings(repo)
    git_prov("init", "-q", cwd=repo.path)
    repo.commit("large", {"large.bin": b"\0large"})
    plant_run(repo.path)

    done = push(repo, "origin", "main")

    assert done.status == 0
    assert len(list(hub.path.glob("lfs/objects/*/*/*"))) == 1
    assert len(hub.refs("refs/prov")) == 2
    (repo.path / "large.bin").unlink()
    git_prov("deinit", "-q", cwd=repo.path)
    assert settings(repo) == before


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="Git LFS is not installed")
def test_git_lfs_that_overwrites_us_is_found_and_taken_in(repo: RepoBuilder, hub: RepoBuilder, kind: Kind) -> None:
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    repo.git("lfs", "install", "--local", "--force")

    doctor = git_prov("doctor", cwd=repo.path)
    if kind == "hook files":
        assert doctor.status == 1
        assert "!! hook pre-push: another tool has put its own in its place" in doctor.stdout
    git_prov("init", "-q", cwd=repo.path)

    assert git_prov("doctor", cwd=repo.path).status == 0
    assert push(repo, "-q", "origin", "main").status == 0
    assert len(hub.refs("refs/prov")) == 2
