"""What the child of `git prov run` is promised: its terminal, streams, signals and exit status are its own."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e


def runs(repo: RepoBuilder) -> list[dict[str, Any]]:
    """The records of the repository's own log, oldest first, as they stand there."""
    logs = repo.refs("refs/prov/log")
    messages = repo.git("log", "--reverse", "--format=%B%x00", *logs).split("\0") if logs else []
    return [json.loads(message.strip().splitlines()[-1]) for message in messages if message.strip()]


def test_status_output_and_input_pass_through(repo: RepoBuilder) -> None:
    script = "read line; echo out:$line; echo err >&2; exit 7"
    done = git_prov("run", "--", "sh", "-c", script, cwd=repo.path, stdin="hello\n")
    assert done == (7, "out:hello\n", "err\n")
    assert [(run["status"], run["exit"]) for run in runs(repo)] == [("failed", 7)]


def test_death_by_signal_is_the_shells_status_and_is_named(repo: RepoBuilder) -> None:
    done = git_prov("run", "--", "sh", "-c", "kill -TERM $$", cwd=repo.path)
    assert done.status == 128 + signal.SIGTERM
    assert [(run["status"], run["exit"], run["signal"]) for run in runs(repo)] == [("killed", 143, "SIGTERM")]


def test_a_command_that_is_not_there_is_said_and_not_recorded(repo: RepoBuilder) -> None:
    done = git_prov("run", "no-such-command", cwd=repo.path)
    assert done.status == 127
    assert "no-such-command: command not found" in done.stderr
    assert runs(repo) == []
    assert list((repo.path / ".git/prov/journal").iterdir()) == []


def test_a_file_that_may_not_be_executed_is_status_126(repo: RepoBuilder) -> None:
    repo.write("plain.txt", "text")
    done = git_prov("run", "./plain.txt", cwd=repo.path)
    assert done.status == 126
    assert "plain.txt is not executable" in done.stderr


def test_a_script_without_a_first_line_runs_in_a_shell(repo: RepoBuilder) -> None:
    repo.write("script", "echo ran\n", executable=True)
    assert git_prov("run", "./script", cwd=repo.path).stdout == "ran\n"


def test_options_after_the_command_are_the_commands(repo: RepoBuilder) -> None:
    done = git_prov("run", "echo", "--seed", "-m", "--help", cwd=repo.path)
    assert done.stdout == "--seed -m --help\n"


def test_the_child_learns_the_run_and_the_seed(repo: RepoBuilder) -> None:
    show = "echo $GIT_PROV_RUN $GIT_PROV_SEED $PYTHONHASHSEED"
    done = git_prov("run", "--seed", "5", "--", "sh", "-c", show, cwd=repo.path)
    (run,) = runs(repo)
    assert done.stdout.split() == [run["id"], "5", "5"]
    assert run["seeds"] == {"declared": 5}


def test_the_child_does_not_get_gits_own_directory_on_its_path(repo: RepoBuilder) -> None:
    done = git_prov("run", "--", "sh", "-c", 'echo "$PATH"', cwd=repo.path)
    assert done.stdout.rstrip("\n") == os.environ["PATH"]


def test_a_run_inside_a_run_names_its_parent(repo: RepoBuilder) -> None:
    git_prov("run", "--", "git", "prov", "run", "true", cwd=repo.path)
    inner, outer = sorted(runs(repo), key=lambda run: len(str(run["command"])))
    assert inner["parents"] == [outer["id"]]
    assert "parents" not in outer


def test_a_terminal_stays_a_terminal(repo: RepoBuilder) -> None:
    code = "import os, sys; print([os.isatty(n) for n in (0, 1, 2)], os.tcgetpgrp(0) == os.getpgrp())"
    output = _on_terminal(repo.path, [sys.executable, "-c", code], keys=b"")[1]
    assert b"[True, True, True] True" in output


def test_ctrl_c_reaches_the_child_once_and_the_run_is_recorded(repo: RepoBuilder) -> None:
    child = (
        "import signal, sys, time\n"
        "seen = []\n"
        "signal.signal(signal.SIGINT, lambda *_: seen.append(1))\n"
        "print('ready', flush=True)\n"
        "end = time.monotonic() + 20\n"
        "while not seen and time.monotonic() < end: time.sleep(0.01)\n"
        "time.sleep(0.5)\n"
        "print('seen', len(seen), flush=True)\n"
        "sys.exit(130)\n"
    )
    status, output = _on_terminal(repo.path, [sys.executable, "-c", child], keys=b"\x03")
    assert b"seen 1" in output
    (run,) = runs(repo)
    assert (run["status"], run["exit"]) == ("failed", 130)
    # git, which got the Ctrl-C as well, dies of it once we are done; or has waited for us in its handler of the
    # signal, and then says 128 because there is nobody left to wait for
    assert os.waitstatus_to_exitcode(status) in (130, -signal.SIGINT, 128)


def test_a_signal_to_the_wrapper_alone_is_passed_on(repo: RepoBuilder) -> None:
    child = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        ["git-prov", "run", "--", "sh", "-c", child], cwd=repo.path, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.terminate()
    assert process.communicate(timeout=60)[0] == "got\n"
    assert process.returncode == 3
    assert [run["exit"] for run in runs(repo)] == [3]


def test_what_a_run_says_of_itself_is_in_its_record(repo: RepoBuilder) -> None:
    script = (
        "git prov param lr=0.1 model=small;"
        "cd /; for i in 1 2 3; do git prov metric --step $i loss=0.$i; done; git prov metric accuracy=0.93"
    )
    done = git_prov("run", "--param", "lr=1", "--expect", "accuracy >= 0.9", "--", "sh", "-c", script, cwd=repo.path)
    assert done == (0, "", "")
    (run,) = runs(repo)
    assert run["params"] == {"lr": 0.1, "model": "small"}
    assert run["metrics"] == {"loss": 0.3, "accuracy": 0.93}
    assert run["intent"] == {"expect": ["accuracy >= 0.9"], "verdict": "met"}
    (series,) = run["series"]
    assert (series["name"], series["count"], series["last"], series["best"]) == ("loss", 3, 0.3, 0.1)


def test_param_outside_a_run_says_so(repo: RepoBuilder) -> None:
    done = git_prov("param", "lr=0.1", cwd=repo.path)
    assert done.status == 128
    assert "not inside a run" in done.stderr
    assert "git prov run --" in done.stderr


def test_a_metric_that_is_no_number_is_refused(repo: RepoBuilder) -> None:
    done = git_prov("metric", "accuracy=high", cwd=repo.path)
    assert done.status == 129
    assert "'high' in 'accuracy=high' is not a number" in done.stderr


def test_a_full_git_directory_costs_the_record_and_never_the_run(repo: RepoBuilder) -> None:
    state = repo.path / ".git/prov"
    state.write_text("in the way")
    done = git_prov("run", "echo", "ran", cwd=repo.path)
    assert (done.status, done.stdout) == (0, "ran\n")
    assert "warning:" in done.stderr


def test_a_run_that_could_not_be_stored_is_recorded_by_the_next_command(repo: RepoBuilder) -> None:
    script = "rm -rf .git/refs/prov; mkdir -p .git/refs; echo x > .git/refs/prov; echo ran"
    done = git_prov("run", "--", "sh", "-c", script, cwd=repo.path)
    assert (done.status, done.stdout) == (0, "ran\n")
    assert "the next git prov command will" in done.stderr
    (repo.path / ".git/refs/prov").unlink()
    git_prov("run", "true", cwd=repo.path)
    assert sorted(run["command"][0] for run in runs(repo)) == ["sh", "true"]


def test_killing_the_wrapper_leaves_the_run_to_the_next_command(repo: RepoBuilder) -> None:
    process = subprocess.Popen(
        ["git-prov", "run", "-m", "doomed", "--", "sh", "-c", "echo ready; exec sleep 60"],
        cwd=repo.path,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    git_prov("run", "true", cwd=repo.path)
    doomed = next(run for run in runs(repo) if run.get("message") == "doomed")
    assert doomed["status"] == "killed"
    assert doomed["code"]["commit"] == repo.head


def test_without_a_name_in_git_the_run_goes_on(repo: RepoBuilder) -> None:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "EMAIL": None, "GIT_AUTHOR_NAME": None, "GIT_AUTHOR_EMAIL": None}
    repo.git("config", "user.useConfigOnly", "true")
    done = git_prov("run", "echo", "ran", cwd=repo.path, env=nobody)
    assert (done.status, done.stdout) == (0, "ran\n")
    assert len(runs(repo)) == 1


def test_outside_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    done = git_prov("run", "echo", "ran", cwd=tmp_path)
    assert (done.status, done.stdout) == (128, "")
    assert "not a git repository" in done.stderr
    assert "git init" in done.stderr


def test_an_input_that_is_not_there_is_refused_before_the_start(repo: RepoBuilder) -> None:
    done = git_prov("run", "-i", "no/such.csv", "--", "echo", "ran", cwd=repo.path)
    assert (done.status, done.stdout) == (128, "")
    assert "no/such.csv" in done.stderr
    assert runs(repo) == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--seed", "many"], "many"),
        (["--seed", "4294967296"], "4294967296"),
        (["--expect", "nonsense"], "nonsense"),
        (["--param", "=1"], "=1"),
        (["--trace", "magic"], "magic"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_a_request_that_cannot_be_meant_is_status_129_and_runs_nothing(
    repo: RepoBuilder, options: list[str], named: str
) -> None:
    done = git_prov("run", *options, "--", "echo", "ran", cwd=repo.path)
    assert (done.status, done.stdout) == (129, "")
    assert named in done.stderr
    assert runs(repo) == []


def _on_terminal(cwd: Path, command: list[str], keys: bytes) -> tuple[int, bytes]:
    """Run `git prov run` on a terminal of its own; `keys` are typed once it has printed `ready`."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execvp("git", ["git", "prov", "run", "--", *command])  # noqa: S606 - the terminal is the point
    output = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                block = os.read(terminal, 4096)
            except OSError:
                break
            if not block:
                break
            output += block
            if keys and b"ready" in output:
                os.write(terminal, keys)
                keys = b""
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    return status, output
