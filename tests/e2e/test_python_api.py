"""`import gitprov` in programs of their own: inside `git prov run`, by themselves, with threads and processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.written import attachment, written

pytestmark = pytest.mark.e2e


def in_run(repo: RepoBuilder, source: str, *options: str) -> Outcome:
    """Run a program inside `git prov run`."""
    repo.write("program.py", source)
    done = git_prov("run", *options, "--", sys.executable, "program.py", cwd=repo.path)
    assert done.status == 0, done.stderr
    return done


def alone(repo: RepoBuilder, source: str, status: int = 0) -> Outcome:
    """Run a program by itself."""
    repo.write("program.py", source)
    done = run_program(sys.executable, "program.py", cwd=repo.path)
    assert done.status == status, done.stderr
    return done


def test_a_program_in_a_run_tells_it_and_makes_none_of_its_own(repo: RepoBuilder) -> None:
    repo.write("data.csv", "1,2\n")
    source = """
import gitprov
with gitprov.run("said by the program", hypothesis="it helps", seed=4, expect=["f1 > 0.5"], tags=["inside"],
                 params={"lr": 0.1}, inputs=["data.csv"], outputs=["out.txt"], metrics=["metrics.json"]) as run:
    print(run.id, gitprov.current_run().id)
    run.log_metrics(f1=0.7)
    open("out.txt", "w").write("out")
    open("metrics.json", "w").write('{"auc": 0.8}')
"""
    done = in_run(repo, source, "-t", "outside")
    (record,) = written(repo)
    assert done.stdout.split() == [record["id"]] * 2
    assert record["message"] == "said by the program"
    assert record["tags"] == ["outside", "inside"]
    assert record["seeds"]["declared"] == 4
    assert record["params"] == {"lr": 0.1}
    assert record["metrics"] == {"auc": 0.8, "f1": 0.7}
    assert record["intent"] == {"hypothesis": "it helps", "expect": ["f1 > 0.5"], "verdict": "met"}
    assert {entry["path"]: entry["how"] for entry in record["input"]}["data.csv"] == "api"
    assert {entry["path"]: entry["how"] for entry in record["output"]}["out.txt"] == "api"
    assert record["command"][1:] == ["program.py"]


def test_what_the_person_said_stands(repo: RepoBuilder) -> None:
    source = "import gitprov\nwith gitprov.run('program', hypothesis='no', seed=4): pass"
    in_run(repo, source, "-m", "person", "--hypothesis", "yes", "--seed", "7")
    (record,) = written(repo)
    assert (record["message"], record["intent"]["hypothesis"], record["seeds"]["declared"]) == ("person", "yes", 7)


def test_a_run_inside_the_one_that_was_joined_is_its_child(repo: RepoBuilder) -> None:
    source = """
import gitprov
with gitprov.run("sweep"):
    for lr in (0.1, 0.2):
        with gitprov.run("trial", params={"lr": lr}):
            gitprov.log_metrics(loss=lr)
    gitprov.log_metrics(best=0.1)
"""
    in_run(repo, source)
    *trials, sweep = written(repo)
    assert [trial["parents"] for trial in trials] == [[sweep["id"]]] * 2
    assert [trial["metrics"] for trial in trials] == [{"loss": 0.1}, {"loss": 0.2}]
    assert sweep["metrics"] == {"best": 0.1}


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("joined", [True, False])
def test_threads_and_processes_tell_the_run_and_no_word_is_lost(repo: RepoBuilder, start: str, joined: bool) -> None:
    source = f"""
import multiprocessing, threading
import gitprov

def work(name):
    for step in range(50):
        gitprov.log_metrics({{name: step}}, step=step)

def process(name):
    threads = [threading.Thread(target=work, args=(f"{{name}}.{{n}}",)) for n in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

if __name__ == "__main__":
    with gitprov.run():
        context = multiprocessing.get_context("{start}")
        children = [context.Process(target=process, args=(f"p{{n}}",)) for n in range(2)]
        [child.start() for child in children]
        process("main")
        [child.join() for child in children]
"""
    (in_run if joined else alone)(repo, source)
    (record,) = written(repo)
    names = {f"{who}.{n}" for who in ("main", "p0", "p1") for n in range(2)}
    assert {series["name"]: series["count"] for series in record["series"]} == dict.fromkeys(names, 50)


def test_programs_that_a_run_starts_belong_to_it(repo: RepoBuilder) -> None:
    source = """
import subprocess, sys
import gitprov
with gitprov.run() as run:
    subprocess.run(["git", "prov", "metric", "auc=0.5"], check=True)
    subprocess.run([sys.executable, "-c", "import gitprov; gitprov.log_params(lr=1)"], check=True)
    subprocess.run(["git", "prov", "run", "-m", "child", "--", "true"], check=True)
"""
    alone(repo, source)
    child, run = written(repo)
    assert child["parents"] == [run["id"]]
    assert (run["metrics"], run["params"]) == ({"auc": 0.5}, {"lr": 1})


def test_a_forked_process_that_leaves_the_same_statement_does_not_end_the_run(repo: RepoBuilder) -> None:
    source = """
import os
import gitprov
with gitprov.run():
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    gitprov.log_metrics({"parent" if child else "child": 1})
"""
    alone(repo, source)
    (record,) = written(repo)
    assert record["metrics"] == {"parent": 1, "child": 1}


def test_a_killed_program_is_recorded_with_all_it_had_said(repo: RepoBuilder) -> None:
    repo.write("data.csv", "1,2\n")
    source = """
import gitprov, os, signal
run = gitprov.run("killed", params={"lr": 0.1}, tags=["t"], inputs=["data.csv"])
with run:
    run.log_metrics(loss=1)
    print(run.id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    said = alone(repo, source, -signal.SIGKILL).stdout
    assert written(repo) == []
    git_prov("ls", cwd=repo.path)
    (record,) = written(repo)
    assert record["id"] == said.strip()
    assert record["status"] == "killed"
    assert (record["params"], record["metrics"], record["tags"]) == ({"lr": 0.1}, {"loss": 1}, ["t"])
    (entry,) = record["input"]
    assert (entry["path"], entry["how"]) == ("data.csv", "api")
    assert record["capture"]["complete"] is False


def test_a_run_that_nobody_ended_ends_with_the_program(repo: RepoBuilder) -> None:
    alone(repo, "import gitprov\nrun = gitprov.run()\nrun.begin()\nrun.log_metrics(loss=1)")
    (record,) = written(repo)
    assert (record["status"], record["metrics"]) == ("ok", {"loss": 1})
    assert "how it ended: the process ended first" in record["capture"]["missing"]


def test_a_program_that_dies_of_an_exception_says_which_inside_a_run_too(repo: RepoBuilder) -> None:
    repo.write("program.py", "import gitprov\nwith gitprov.run():\n    raise OSError('no data')")
    done = git_prov("run", "--", sys.executable, "program.py", cwd=repo.path)
    (record,) = written(repo)
    assert done.status == 1
    assert record["error"] == "OSError: no data"


def test_a_run_that_is_over_is_no_longer_spoken_to(repo: RepoBuilder) -> None:
    source = """
import subprocess, sys
late = "import sys; sys.stdin.read(); import gitprov; gitprov.log_metrics(late=1); print(gitprov.current_run())"
go, said = map(int, sys.argv[1:])
subprocess.Popen([sys.executable, "-c", late], stdin=go, stdout=said, stderr=said)
"""
    repo.write("program.py", source)
    (go, let_go), (read, said) = os.pipe(), os.pipe()
    command = ["git", "prov", "run", "--", sys.executable, "program.py", str(go), str(said)]
    subprocess.run(command, cwd=repo.path, pass_fds=[go, said], check=True)
    for handle in (go, said, let_go):
        os.close(handle)  # with the last of them, the process that was left behind begins to speak
    with os.fdopen(read) as file:
        words = file.read()
    assert "no run is under way" in words
    assert words.endswith("None\n")
    assert "metrics" not in written(repo)[0]


def test_outside_a_repository_a_program_says_so_once_and_goes_on(tmp_path: Path) -> None:
    source = """
import gitprov
for _ in range(2):
    with gitprov.run() as run:
        run.log_params(lr=1)
        gitprov.log_metrics(loss=1)
print("went on")
"""
    (tmp_path / "program.py").write_text(source)
    done = run_program(sys.executable, "program.py", cwd=tmp_path)
    assert (done.status, done.stdout) == (0, "went on\n")
    assert done.stderr.count("ProvWarning") == 1
    assert "git init" in done.stderr


def test_telling_a_run_loads_nothing_but_a_few_small_modules_of_ours(repo: RepoBuilder) -> None:
    source = """
import sys
bare = set(sys.modules)
import gitprov
gitprov.log_params(lr=0.1, model="small")
gitprov.log_metrics({"loss": 0.5}, step=1)
gitprov.set_tags("a")
print(*sorted(set(sys.modules) - bare))
"""
    repo.write("program.py", source)
    done = git_prov("run", "--trace", "off", "--", sys.executable, "program.py", cwd=repo.path)
    assert done.status == 0, done.stderr
    loaded = set(done.stdout.split())
    assert written(repo)[0]["metrics"] == {"loss": 0.5}
    assert "gitprov.api.python.lines" in loaded, "were the probe blind, the rest would pass"
    assert {name for name in loaded if not name.startswith("gitprov")} <= {"_contextvars", "_json", "contextvars"}
    assert {name for name in loaded if name.startswith("gitprov")} <= {
        *("gitprov", "gitprov.api", "gitprov.api.python", "gitprov.model", "gitprov.model.plain"),
        *(f"gitprov.api.python.{name}" for name in ("active", "asked", "face", "lines", "runs", "told")),
    }


def test_what_the_process_itself_touches_is_seen(repo: RepoBuilder) -> None:
    repo.commit("code", {"helper.py": "", "unused.py": "", ".gitignore": "*.txt\n__pycache__\n"})
    repo.write("before.txt", "before")
    source = """
import subprocess, sys
import gitprov
import helper
open("before.txt").read()
with gitprov.run("first"):
    with open("one.txt", "w") as file:
        file.write("1")
    subprocess.run([sys.executable, "-c", "open('two.txt', 'w').write('2')"], check=True)
open("between.txt", "w").write("3")
with gitprov.run("second"):
    open("one.txt").read()
with gitprov.run("not observed", trace="off"):
    open("one.txt").read()
"""
    alone(repo, source)
    first, second, last = written(repo)
    assert [entry["path"] for entry in first["output"]] == ["one.txt", "two.txt"]
    assert "input" not in first
    assert [entry["path"] for entry in second["input"]] == ["one.txt"]
    assert "output" not in second
    assert [run["capture"]["tracer"] for run in (first, second, last)] == ["python", "python", "off"]
    listing = attachment(repo, first["code"]["files"])
    assert b"helper.py" in listing
    assert b"program.py" in listing
    assert b"unused.py" not in listing
