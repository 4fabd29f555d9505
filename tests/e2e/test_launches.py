"""Ranks of a launch join one run: with a wrapper each, or with one around the launcher; restarts are its attempts."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from support.crowd import Shell, assert_sound, at_once
from support.program import git_prov, run_program
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

LAUNCHER = Path(__file__).parents[1] / "support" / "launcher.py"
WORLD = 4
KILLED_ONCE = """\
import os, pathlib, signal
rank = os.environ["RANK"]
first = pathlib.Path(os.environ["SEEN"] + rank)
again = first.exists()
first.touch()
pathlib.Path(f"part-{rank}.txt").write_text(rank)
if rank == "2" and not again:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def launched(*options: str, repo: RepoBuilder, env: dict[str, str] | None = None) -> int:
    """Run the small launcher in a repository; returns its status."""
    return run_program(sys.executable, LAUNCHER, *options, cwd=repo.path, env=env).status


def runs(repo: RepoBuilder) -> list[dict[str, Any]]:
    """All runs as `git prov ls --json` shows them."""
    shown: list[dict[str, Any]] = json.loads(git_prov("ls", "--json", cwd=repo.path).stdout)["runs"]
    return shown


def only(repo: RepoBuilder) -> dict[str, Any]:
    """The one run there is."""
    (run,) = runs(repo)
    assert_sound(repo)
    assert os.listdir(repo.path / ".git/prov/launches") == []
    return run


def ranks(run: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Each rank with attempt and status."""
    return [(one["rank"], one["attempt"], one["status"]) for one in run["rank"]]


def attempts(run: dict[str, Any]) -> list[tuple[int, str]]:
    """The attempts with their status."""
    return [(one["n"], one["status"]) for one in run["attempt"]]


def made(run: dict[str, Any]) -> list[str]:
    """The outputs inside the repository."""
    return sorted(file["path"] for file in run["output"] if not file.get("absolute"))


@pytest.fixture
def seen(repo: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with a program whose rank 2 is killed the first time it runs."""
    monkeypatch.setenv("SEEN", str(tmp_path / "seen-"))
    repo.commit("work", {"work.py": KILLED_ONCE, ".gitignore": "part-*\n"})
    return repo


def test_four_ranks_one_of_which_is_killed_and_all_restarted_are_one_record_with_two_attempts(
    seen: RepoBuilder,
) -> None:
    assert launched(str(WORLD), "3", "git-prov", "run", "-o", "part-*", "--", sys.executable, "work.py", repo=seen) == 0

    run = only(seen)
    assert (run["status"], run["exit"]) == ("ok", 0)
    assert run["launch"] == {"kind": "torchrun", "world": WORLD}
    ok = [(rank, 2, "ok") for rank in range(WORLD)]
    assert ranks(run) == [(0, 1, "ok"), (1, 1, "ok"), (2, 1, "killed"), (3, 1, "ok"), *ok]
    assert attempts(run) == [(1, "killed"), (2, "ok")]
    assert run["attempt"][0]["reason"] == "rank 2 was killed by SIGKILL"
    assert made(run) == [f"part-{rank}.txt" for rank in range(WORLD)]
    assert run["code"]["commit"] == seen.head


def test_a_launcher_that_starts_only_the_killed_rank_again_is_the_same(seen: RepoBuilder) -> None:
    assert launched("--alone", str(WORLD), "3", "git-prov", "run", "--", sys.executable, "work.py", repo=seen) == 0

    run = only(seen)
    assert run["status"] == "ok"
    assert run["launch"] == {"kind": "ranks", "world": WORLD}
    assert ranks(run) == [(0, 1, "ok"), (1, 1, "ok"), (2, 1, "killed"), (3, 1, "ok"), (2, 2, "ok")]
    assert attempts(run) == [(1, "killed"), (2, "ok")]


def test_the_kill_of_a_whole_rank_wrapper_and_all_is_an_attempt_that_was_killed(repo: RepoBuilder) -> None:
    wrapper = """$(sed -n 's/.*"owner": \\[\\([0-9]*\\),.*/\\1/p' "$GIT_PROV_JOURNAL")"""
    line = f"test $RANK$TORCHELASTIC_RESTART_COUNT != 20 || kill -KILL {wrapper}"
    assert launched(str(WORLD), "3", "git-prov", "run", "--", "sh", "-c", line, repo=repo) == 0

    run = only(repo)
    assert run["status"] == "ok"
    assert (2, 1, "killed") in ranks(run)
    assert attempts(run) == [(1, "killed"), (2, "ok")]


def test_a_launch_that_fails_for_good_has_the_status_of_the_rank_that_failed(repo: RepoBuilder) -> None:
    assert launched("3", "1", "git-prov", "run", "--", "sh", "-c", "test $RANK != 1 || exit 7", repo=repo) == 1

    run = only(repo)
    assert (run["status"], run["exit"]) == ("failed", 7)
    assert attempts(run) == [(1, "failed"), (2, "failed")]
    assert run["attempt"][1]["reason"] == "rank 1 ended with status 7"


def test_a_launch_that_cannot_be_signed_says_so_once(repo: RepoBuilder) -> None:
    for name, value in (("prov.sign", "true"), ("gpg.format", "ssh"), ("user.signingKey", "/nowhere/key")):
        repo.git("config", name, value)

    done = run_program(sys.executable, LAUNCHER, "2", "0", "git-prov", "run", "--", "true", cwd=repo.path)

    assert done.status == 0
    assert done.stderr.count("recorded without a signature") == 1
    only(repo)


def test_a_launch_whose_restarts_were_not_used_up_is_recorded_once_its_launcher_is_gone(repo: RepoBuilder) -> None:
    (repo.path / "stop.sh").write_text('test "$RANK" != 1 || exit 7\n')
    killed = [sys.executable, "-c", KILLED_LAUNCHER, str(LAUNCHER), "git-prov", "run", "--", "sh", "stop.sh"]
    assert run_program(*killed, cwd=repo.path).status == -signal.SIGKILL

    run = only(repo)
    assert (run["status"], run["exit"]) == ("failed", 7)
    assert attempts(run) == [(1, "failed")]


KILLED_LAUNCHER = """\
import os, runpy, signal, subprocess, sys
waited = subprocess.Popen.wait
def wait(process, *args, **options):
    status = waited(process, *args, **options)
    if status:
        os.kill(os.getpid(), signal.SIGKILL)  # when the failed rank has ended, before anything is started again
    return status
subprocess.Popen.wait = wait
launcher = sys.argv[1]
sys.argv[1:] = ["2", "5", *sys.argv[2:]]
runpy.run_path(launcher, run_name="__main__")
"""


def test_launches_one_after_the_other_are_runs_of_their_own(repo: RepoBuilder) -> None:
    for _ in range(2):
        assert launched("2", "0", "git-prov", "run", "true", repo=repo) == 0

    assert [ranks(run) for run in runs(repo)] == [[(0, 1, "ok"), (1, 1, "ok")]] * 2
    assert_sound(repo)


def test_launches_side_by_side_are_runs_of_their_own(repo: RepoBuilder) -> None:
    line = f"{sys.executable} {LAUNCHER} 3 0 git-prov run -o \"$NAME\"-'*' -- sh -c 'echo >'\"$NAME\"'-$RANK'"
    done = at_once([Shell(f"NAME={name}; {line}", repo.path) for name in ("a", "b")])
    assert [status for status, _ in done] == [0, 0], done

    outputs = sorted(made(run) for run in runs(repo))
    assert outputs == [[f"{name}-{rank}" for rank in range(3)] for name in ("a", "b")]
    assert_sound(repo)


def test_steps_of_a_rank_are_runs_of_their_own_however_far_the_ranks_are_apart(repo: RepoBuilder) -> None:
    script = "sleep 0.$RANK; git prov run echo prepare; git prov run echo train; git prov run echo train"
    assert launched("3", "0", "sh", "-c", script, repo=repo) == 0

    found = sorted((run["command"], ranks(run)) for run in runs(repo))
    everyone = [(rank, 1, "ok") for rank in range(3)]
    assert found == [(["echo", word], everyone) for word in ("prepare", "train", "train")]


def test_a_rank_number_among_the_arguments_does_not_part_the_ranks(repo: RepoBuilder) -> None:
    script = "git prov run -- echo --local_rank=$LOCAL_RANK --fold 0"
    assert launched("3", "0", "sh", "-c", script, repo=repo) == 0

    assert len(ranks(only(repo))) == 3


def test_a_run_inside_a_rank_is_a_run_inside_the_launch(repo: RepoBuilder) -> None:
    inside = "test $RANK = 1 || exit 0; git prov run true"
    assert launched("2", "0", "git-prov", "run", "--", "sh", "-c", inside, repo=repo) == 0

    inner, outer = sorted(runs(repo), key=lambda run: "launch" in run)
    assert "launch" not in inner
    assert inner["parents"] == [outer["id"]]
    assert ranks(outer) == [(0, 1, "ok"), (1, 1, "ok")]


def test_metrics_of_all_ranks_are_in_the_one_record(repo: RepoBuilder) -> None:
    tell = "git prov metric loss.$RANK=$RANK; git prov param who=$RANK"
    assert launched("2", "0", "git-prov", "run", "--", "sh", "-c", tell, repo=repo) == 0

    run = only(repo)
    assert run["metrics"] == {"loss.0": 0, "loss.1": 1}
    assert run["params"]["who"] == 0  # the lowest rank speaks for all


def test_uncommitted_code_is_taken_once_and_a_change_between_attempts_is_named(repo: RepoBuilder) -> None:
    repo.write("train.py", "changed")
    line = "test $TORCHELASTIC_RESTART_COUNT = 1 || { echo more >>train.py; exit 1; }"
    assert launched("1", "1", "git-prov", "run", "--", "sh", "-c", line, repo=repo) == 0

    run = only(repo)
    assert repo.git("show", f"{run['code']['commit']}:train.py") == "changed"
    assert "code: train.py was not the same any more when rank 0 started" in run["capture"]["missing"]


@pytest.mark.parametrize("name", ["RANK", "SLURM_PROCID"])
def test_variables_of_an_allocation_left_in_a_shell_merge_nothing(repo: RepoBuilder, name: str) -> None:
    leaked = {"SLURM_JOB_ID": "77", "SLURM_NTASKS": "4", "SLURM_JOB_NUM_NODES": "1", name: "0"}
    for word in ("one", "two"):
        assert git_prov("run", "--", "echo", word, cwd=repo.path, env=leaked).status == 0

    assert sorted(run["command"][1] for run in runs(repo)) == ["one", "two"]
    assert not any("launch" in run for run in runs(repo))
    assert_sound(repo)


def test_tasks_of_a_slurm_step_join_and_tasks_of_an_array_do_not(repo: RepoBuilder) -> None:
    def task(job: str, rank: int) -> Shell:
        told = f"SLURM_JOB_ID={job} SLURM_STEP_ID=0 SLURM_PROCID={rank} SLURM_STEP_NUM_TASKS=2 SLURM_NTASKS=2"
        return Shell(f"{told} git prov run -- echo {job}", repo.path)

    done = at_once([task(job, rank) for job in ("77", "78") for rank in (0, 1)])
    assert [status for status, _ in done] == [0] * 4, done

    found = sorted((run["launch"]["job"], run["command"], len(run["rank"])) for run in runs(repo))
    assert found == [("77.0", ["echo", "77"], 2), ("78.0", ["echo", "78"], 2)]
    assert_sound(repo)


def test_a_batch_job_that_is_preempted_and_requeued_is_one_run_with_two_attempts(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    scheduler = tmp_path / "bin/scontrol"
    scheduler.parent.mkdir()
    scheduler.write_text("#!/bin/sh\necho JobId=$4 JobName=x UserId=ana JobState=PENDING Reason=BeginTime Restarts=1\n")
    scheduler.chmod(0o755)
    job = {"SLURM_JOB_ID": "77", "ENVIRONMENT": "BATCH", "PATH": f"{scheduler.parent}:{os.environ['PATH']}"}
    line = 'test "$SLURM_RESTART_COUNT" = 1 || kill -TERM $$'
    assert git_prov("run", "--", "sh", "-c", line, cwd=repo.path, env=job).status == 128 + signal.SIGTERM
    waiting = json.loads(run_program("git", "prov", "ls", "--json", cwd=repo.path, env=job).stdout)["runs"]
    assert waiting == []

    again = {**job, "SLURM_RESTART_COUNT": "1"}
    assert git_prov("run", "--", "sh", "-c", line, cwd=repo.path, env=again).status == 0

    run = only(repo)
    assert run["status"] == "ok"
    assert run["launch"] == {"kind": "slurm", "world": 1, "job": "77"}
    assert attempts(run) == [(1, "killed"), (2, "ok")]


def test_a_batch_job_that_was_cancelled_is_recorded_at_once(repo: RepoBuilder) -> None:
    job = {"SLURM_JOB_ID": "77", "ENVIRONMENT": "BATCH"}
    git_prov("run", "--", "sh", "-c", "kill -TERM $$", cwd=repo.path, env=job)

    assert only(repo)["status"] == "killed"


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="no mpirun here")
def test_ranks_of_mpirun_join(repo: RepoBuilder) -> None:
    root = {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
    }
    command = ("git-prov", "run", "-o", "part-*", "--", "sh", "-c", "echo > part-$OMPI_COMM_WORLD_RANK")
    done = run_program("mpirun", "-n", "3", *command, cwd=repo.path, env=root)
    assert done.status == 0, done.stderr

    run = only(repo)
    assert run["launch"] == {"kind": "mpi", "world": 3}
    assert ranks(run) == [(rank, 1, "ok") for rank in range(3)]
    assert len(run["output"]) == 3


def torchrun() -> str:
    """The real torchrun, "" where there is none."""
    return os.environ.get("GITPROV_TEST_TORCHRUN") or shutil.which("torchrun") or ""


@pytest.mark.skipif(not torchrun(), reason="no torchrun here; GITPROV_TEST_TORCHRUN may name one")
def test_ranks_of_the_real_torchrun_join(seen: RepoBuilder) -> None:
    command = ("git-prov", "run", "--", sys.executable, "work.py")
    options = ("--standalone", "--nproc-per-node", str(WORLD), "--max-restarts", "2", "--no-python")
    done = run_program(torchrun(), *options, *command, cwd=seen.path)
    assert done.status == 0, done.stderr

    run = only(seen)
    assert run["launch"] == {"kind": "torchrun", "world": WORLD}
    assert [number for number, _ in attempts(run)] == [1, 2]
    assert [one for one in ranks(run) if one[1] == 2] == [(rank, 2, "ok") for rank in range(WORLD)]
    assert run["status"] == "ok"


@pytest.mark.parametrize("alone", [False, True], ids=["all restarted", "one restarted"])
def test_one_wrapper_around_the_launcher_sees_the_ranks_and_both_attempts(seen: RepoBuilder, *, alone: bool) -> None:
    options = [*(["--alone"] if alone else []), str(WORLD), "3"]
    command = (sys.executable, str(LAUNCHER), *options, sys.executable, "work.py")
    assert git_prov("run", "--", *command, cwd=seen.path).status == 0

    run = only_observed(seen)
    assert run["launch"] == {"kind": "ranks" if alone else "torchrun", "world": WORLD}
    assert [number for number, _ in attempts(run)] == [1, 2]
    assert (2, 1, "abrupt") in ranks(run)
    assert (2, 2, "ended") in ranks(run)
    assert made(run) == [f"part-{rank}.txt" for rank in range(WORLD)]


def only_observed(repo: RepoBuilder) -> dict[str, Any]:
    """The one run there is, which needed no directory of launches."""
    (run,) = runs(repo)
    assert_sound(repo)
    assert not (repo.path / ".git/prov/launches").exists()
    return run


def test_runs_side_by_side_in_one_worktree_have_each_its_own_outputs(repo: RepoBuilder) -> None:
    work = "import os, sys; [open(f'{sys.argv[1]}-{n}', 'w').close() or os.sched_yield() for n in range(10)]"
    line = f'git prov run -- {sys.executable} -c "{work}" '
    done = at_once([Shell(line + name, repo.path) for name in ("a", "b", "c")])
    assert [status for status, _ in done] == [0] * 3, done

    outputs = {run["command"][-1]: made(run) for run in runs(repo)}
    assert outputs == {name: [f"{name}-{number}" for number in range(10)] for name in ("a", "b", "c")}
