"""What is said before somebody else's command runs: who signed it, and what is missing to run it as it ran."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from support.program import git_prov
from support.records import append, record_id, run_record
from support.replayed import leftovers, newest, recorded, replication, reproduce
from support.repo import RepoBuilder
from support.signing import ADDRESS, allow, needs_ssh, public, sign_with_ssh, ssh_key

pytestmark = pytest.mark.e2e

IMAGE = f"sha256:{'a' * 64}"


def proposal(repo: RepoBuilder, run: str) -> str:
    """Return what is shown before anybody is asked, on one line."""
    outcome = git_prov("reproduce", run, "--env", "current", cwd=repo.path)
    assert outcome.status == 129, outcome.stderr
    return " ".join(outcome.stderr.split())


@needs_ssh
def test_whether_a_record_is_signed_and_by_whom_is_shown_before_it_runs(repo: RepoBuilder, tmp_path: Path) -> None:
    unsigned = recorded(repo, "sh", "-c", "echo one > one.txt")
    key = ssh_key(tmp_path / "keys/ana")
    sign_with_ssh(repo, key)
    repo.git("config", "prov.sign", "true")
    signed = recorded(repo, "sh", "-c", "echo two > two.txt")

    unknown = proposal(repo, signed)
    allow(repo, f"{ADDRESS} {public(key)}")
    known = proposal(repo, signed)

    assert "not signed: nobody vouches for it" in proposal(repo, unsigned)
    assert "signed, and it cannot be checked" in unknown
    assert f"signed by {ADDRESS} (ssh key SHA256:" in known
    assert reproduce(repo.path, signed).status == 0


def in_a_container(repo: RepoBuilder, **fields: Any) -> str:  # noqa: ANN401 - any field
    """Put a run into the log that was in a container, and return its id."""
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    environment = {"container": IMAGE}
    record = {"cwd": ".", "command": ["sh", "make.sh"], "code": code, "environment": environment, **fields}
    append(repo.path, run_record(1, **record))
    return record_id(1)


def tools(where: Path, *names: str) -> str:
    """Return a PATH on which there is what git prov itself needs, and no container engine."""
    where.mkdir()
    for name in ("git", "git-prov", "python3", "sh", *names):
        (where / name).symlink_to(shutil.which(name) or "")
    return str(where)


def test_without_a_container_engine_it_is_said_what_is_missing(repo: RepoBuilder, tmp_path: Path) -> None:
    run = in_a_container(repo)
    outcome = git_prov("reproduce", run, "--env", "container", cwd=repo.path, env={"PATH": tools(tmp_path / "bin")})
    assert outcome.status == 128
    assert f"image {IMAGE[:19]} needs podman or docker to run, and neither is on PATH" in outcome.stderr
    assert "install podman; or rebuild it from the lock: --env restore" in outcome.stderr
    assert leftovers(repo) == []


def test_a_run_of_no_container_cannot_be_put_into_one(repo: RepoBuilder) -> None:
    run = in_a_container(repo, environment={})
    outcome = git_prov("reproduce", run, "--env", "container", cwd=repo.path)
    assert outcome.status == 128
    assert "the run was in no container, or none that said which image it was" in outcome.stderr


ENGINE = """\
#!/bin/sh
if [ "$1" = image ]; then exit 0; fi
while [ "$1" != "$IMAGE" ]; do
    case "$1" in
        --workdir) cd "$2" ;;
        --env) passed="$passed $2=$(printenv "$2")" ;;
    esac
    shift
done
shift
exec env -i PATH="$PATH" MORE="$MORE" $passed "$@"
"""


def test_what_runs_in_its_image_is_compared_without_what_could_not_be_seen_in_there(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    repo.commit("makes", {"make.py": MAKE, "in.txt": "in\n"})
    made = git_prov(
        "run",
        "--seed",
        "3",
        "--",
        "python3",
        "make.py",
        cwd=repo.path,
        env={"GIT_PROV_CONTAINER": IMAGE, "OMP_NUM_THREADS": "2"},
    )
    assert made.status == 0
    path = tools(tmp_path / "bin", "env", "printenv")
    engine = Path(path, "podman")
    engine.write_text(ENGINE.replace("$IMAGE", IMAGE))
    engine.chmod(0o755)
    run = newest(repo.path)["id"]

    same = replication(repo.path, run, "--env", "container", PATH=path)
    other = replication(repo.path, run, "--env", "container", PATH=path, MORE="more")

    assert (same["verdict"], same["environment"]) == ("identical", "container")
    assert causes(same) == []
    assert (other["verdict"], causes(other)) == ("deviates", ["unknown cause: nothing that is recorded was different"])
    assert leftovers(repo) == []


MAKE = """\
import os, random
random.seed(1)
told = [os.environ.get(name, "") for name in ("GIT_PROV_SEED", "PYTHONHASHSEED", "OMP_NUM_THREADS", "MORE")]
open("out.txt", "w").write(open("in.txt").read() + " ".join(told))
"""


def causes(done: dict[str, Any]) -> list[str]:
    """Return what was not the same to begin with."""
    return [one["what"] for one in done.get("deviation", ())]
