"""Many runs at once in one repository: every one is recorded, shown and sound."""

import os
from pathlib import Path

import pytest

from support.crowd import Shell, assert_sound, at_once, listed, noted
from support.repo import ObjectFormat
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

WRITERS = int(os.environ.get("GITPROV_TEST_WRITERS", "16"))
RUNS = int(os.environ.get("GITPROV_TEST_RUNS", "10"))
"""Of each writer. The figures of a release are 16 writers of 50 runs."""


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_writers_at_once_two_of_them_in_linked_worktrees_lose_nothing(
    make_repo: RepoMaker, tmp_path: Path, object_format: ObjectFormat
) -> None:
    repo = make_repo(object_format=object_format)
    places = [repo.worktree(tmp_path / f"linked-{number}", f"side-{number}").path for number in range(2)]
    places += [repo.path] * (WRITERS - len(places))
    started = tmp_path / "started"
    line = f"""for n in $(seq {RUNS}); do git-prov run -- sh -c 'echo $GIT_PROV_RUN >> "{started}"' || exit; done"""

    ended = at_once([Shell(line, place) for place in places])

    assert ended == [(0, "")] * WRITERS
    ids = sorted(started.read_text().split())
    assert len(set(ids)) == WRITERS * RUNS
    assert listed(repo.path) == listed(places[0]) == ids
    assert noted(repo) == ids
    assert_sound(repo)
    assert len(repo.refs("refs/prov/log")) == 1
    assert len(repo.git("rev-list", *repo.refs("refs/prov/code"), "--not", "HEAD").splitlines()) == 1
