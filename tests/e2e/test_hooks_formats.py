"""Hooks in repositories of every format that git makes, and in submodules."""

from pathlib import Path

import pytest

from support.gits import KINDS, Kind, use_git
from support.planted import plant_run
from support.program import Outcome, git_prov, run_program
from support.repo import ObjectFormat, RefFormat, RepoBuilder, git_makes
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

SHOWN = "run abababa "


@pytest.fixture(params=KINDS, autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind: Kind = request.param
    use_git(kind, monkeypatch)
    return kind


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("ref_format", ["files", "reftable"])
def test_records_travel_in_every_format(
    make_repo: RepoMaker, tmp_path: Path, object_format: ObjectFormat, ref_format: RefFormat
) -> None:
    if not git_makes(ref_format):
        pytest.skip(f"this git makes no {ref_format} repositories")
    repo = make_repo(f"{object_format} {ref_format}", object_format=object_format, ref_format=ref_format)
    hub = repo.bare_remote(tmp_path / "hub.git")
    assert git_prov("init", "-q", cwd=repo.path) == Outcome(0, "", "")
    plant_run(repo.path)

    assert run_program("git", "push", "-q", "origin", "main", cwd=repo.path) == Outcome(0, "", "")
    repo.git("commit", "-q", "--amend", "-m", "better words")
    clone = hub.clone(tmp_path / "clone")
    assert git_prov("init", "-q", cwd=clone.path) == Outcome(0, "", "")

    assert SHOWN in repo.git("log", "-1")
    assert SHOWN in clone.git("log", "-1")
    assert git_prov("doctor", cwd=clone.path).status == 0
    git_prov("deinit", "-q", cwd=repo.path)
    for each in (repo, hub, clone):
        each.fsck()


def test_a_submodule_is_a_clone_of_its_own(make_repo: RepoMaker, tmp_path: Path) -> None:
    library = make_repo("library")
    hub = library.bare_remote(tmp_path / "hub.git")
    library.git("push", "-q", "origin", "main")
    above = make_repo("above")
    above.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", hub.path, "library")
    inside = RepoBuilder(above.path / "library")
    git_prov("init", "-q", cwd=inside.path)
    inside.commit("next", {"next.txt": "next"})
    plant_run(inside.path)

    assert run_program("git", "push", "-q", "origin", "main", cwd=inside.path) == Outcome(0, "", "")
    inside.git("commit", "-q", "--amend", "-m", "better words")

    assert SHOWN in inside.git("log", "-1")
    assert len(hub.refs("refs/prov")) == 2
    assert not above.refs("refs/prov")
