"""`git prov init --global`: later clones bring provenance and show it, and nothing else about them changes."""

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
    monkeypatch.delenv("GIT_TEMPLATE_DIR")  # it beats init.templateDir
    return kind


@pytest.fixture
def hub(repo: RepoBuilder, tmp_path: Path) -> RepoBuilder:
    """A remote with a commit and a run on it."""
    hub = repo.bare_remote(tmp_path / "hub.git")
    git_prov("init", "-q", cwd=repo.path)
    plant_run(repo.path)
    repo.git("push", "-q", "-u", "origin", "main")
    return hub


def init_global(cwd: Path) -> None:
    done = git_prov("init", "--global", "-q", cwd=cwd)
    assert done == Outcome(0, "", ""), done


@pytest.mark.parametrize("name", ["origin", "up/stream"])
def test_a_clone_shows_runs_at_once_and_fetches_them_ever_after(
    repo: RepoBuilder, hub: RepoBuilder, tmp_path: Path, name: str
) -> None:
    init_global(tmp_path)

    done = run_program("git", "clone", "-q", "-o", name, hub.path, tmp_path / "clone", cwd=tmp_path)

    assert done == Outcome(0, "", "")
    clone = RepoBuilder(tmp_path / "clone")
    assert SHOWN in clone.git("log", "-1")
    assert git_prov("doctor", cwd=clone.path).status == 0
    plant_run(repo.path, "cd" * 16)
    repo.git("push", "-q", "origin", "main")
    clone.git("fetch", "-q")
    assert [*clone.refs(f"refs/prov/remotes/{name}/log").values()] == [*repo.refs("refs/prov/log").values()]


def test_a_clone_sends_its_runs_with_a_push(hub: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)
    clone = hub.clone(tmp_path / "clone")
    clone.commit("next", {"next.txt": "next"})
    plant_run(clone.path, "cd" * 16)

    assert run_program("git", "push", "-q", cwd=clone.path) == Outcome(0, "", "")
    assert len(hub.refs("refs/prov/log")) == 2


def test_a_new_repository_is_set_up_by_its_first_commit_and_its_first_push(tmp_path: Path) -> None:
    init_global(tmp_path)
    repo = RepoBuilder.init(tmp_path / "new")
    repo.commit("first", {"a.txt": "a"})
    plant_run(repo.path)
    hub = repo.bare_remote(tmp_path / "hub.git")

    assert run_program("git", "push", "-q", "origin", "main", cwd=repo.path) == Outcome(0, "", "")
    assert len(hub.refs("refs/prov")) == 2
    assert SHOWN in repo.git("log", "-1")
    assert "+refs/prov/log/*:refs/prov/remotes/origin/log/*" in repo.git("config", "--get-all", "remote.origin.fetch")


def test_a_clone_of_what_has_no_records_is_an_ordinary_clone(make_plain: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)

    done = run_program("git", "clone", "-q", make_plain.path, tmp_path / "clone", cwd=tmp_path)

    assert done == Outcome(0, "", "")
    clone = RepoBuilder(tmp_path / "clone")
    assert clone.refs().keys() == {"refs/heads/main", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"}
    assert clone.git("remote") == "origin"
    assert (clone.path / ".git/info/exclude").exists()


@pytest.fixture
def make_plain(tmp_path: Path) -> RepoBuilder:
    repo = RepoBuilder.init(tmp_path / "plain")
    repo.commit("first", {"a.txt": "a"})
    return repo


def test_repositories_without_a_remote_have_none_after_as_before(tmp_path: Path) -> None:
    init_global(tmp_path)
    repo = RepoBuilder.init(tmp_path / "new")

    assert repo.git("remote") == ""
    repo.git("remote", "add", "origin", tmp_path)


def test_shallow_clones_do_not_fetch_the_code_of_others(hub: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)

    clone = hub.clone(tmp_path / "clone", "--depth=1")

    assert SHOWN in clone.git("log", "-1")
    assert not clone.refs("refs/prov/remotes/origin/code")


def test_a_remote_that_cannot_be_reached_again_costs_one_line(hub: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)
    once = RepoBuilder(tmp_path).write(
        "once", '#!/bin/sh\n[ -z "$GIT_PROV_PUSHING" ] || exit 1\nexec git upload-pack "$@"\n'
    )
    once.chmod(0o755)

    only_once = ("-c", f"remote.origin.uploadpack={once}")
    done = run_program("git", "clone", "-q", *only_once, hub.path.as_uri(), tmp_path / "clone", cwd=tmp_path)

    assert done.status == 0
    assert done.stderr.startswith("git prov: origin: records were not fetched: ")
    assert len(done.stderr.splitlines()) == 1
    assert RepoBuilder(tmp_path / "clone").refs("refs/heads")


def test_the_persons_own_template_goes_on_being_used(home: Path, tmp_path: Path, kind: Kind) -> None:
    template = RepoBuilder(home / "template")
    template.write("description", "mine\n")
    template.write("hooks/post-commit", '#!/bin/sh\necho "$0" >>"$TOLD"\n', executable=True)
    template.git("config", "--global", "init.templateDir", "~/template")
    before = {path: path.read_bytes() for path in sorted(template.path.rglob("*")) if path.is_file()}
    init_global(tmp_path)
    repo = RepoBuilder.init(tmp_path / "new")

    repo.git("commit", "-q", "--allow-empty", "-m", "first", env={"TOLD": str(tmp_path / "told")})

    kept = "hooks" if kind == "config hooks" else "hooks.before-git-prov"
    assert (tmp_path / "told").read_text() == f".git/{kept}/post-commit\n"
    assert (repo.path / ".git/description").read_text() == "mine\n"
    git_prov("deinit", "--global", "-q", cwd=tmp_path)
    assert {path: path.read_bytes() for path in sorted(template.path.rglob("*")) if path.is_file()} == before


def test_deinit_global_leaves_no_trace(home: Path, tmp_path: Path) -> None:
    config = (home / ".gitconfig").read_bytes()
    init_global(tmp_path)
    init_global(tmp_path)
    assert (home / ".gitconfig").read_bytes() != config

    assert git_prov("deinit", "--global", cwd=tmp_path).status == 0

    assert (home / ".gitconfig").read_bytes() == config
    assert [path for path in (home / ".local/share").rglob("*") if path.is_file()] == []


def test_a_clone_can_be_taken_out_while_the_rest_stays_in(hub: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)
    clone = hub.clone(tmp_path / "clone")
    git_prov("deinit", "-q", cwd=clone.path)
    clone.commit("next", {"next.txt": "next"})
    plant_run(clone.path, "cd" * 16)

    assert run_program("git", "push", "-q", cwd=clone.path) == Outcome(0, "", "")
    assert len(hub.refs("refs/prov/log")) == 1
    assert "prov" not in clone.git("config", "--get-all", "remote.origin.fetch")


def test_a_clone_may_be_set_up_by_hand_as_well(hub: RepoBuilder, tmp_path: Path) -> None:
    init_global(tmp_path)
    clone = hub.clone(tmp_path / "clone")

    assert git_prov("init", "-q", cwd=clone.path) == Outcome(0, "", "")
    git_prov("deinit", "--global", "-q", cwd=tmp_path)
    clone.commit("next", {"next.txt": "next"})
    plant_run(clone.path, "cd" * 16)
    assert run_program("git", "push", "-q", cwd=clone.path) == Outcome(0, "", "")
    assert len(hub.refs("refs/prov/log")) == 2
