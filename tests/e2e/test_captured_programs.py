"""Programs that are hard to follow: what they touch is in the record, or the record names what was not seen."""

import json
import os
import sqlite3
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from gitprov.capture.strace.available import available
from support.program import Outcome, git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

STRACE = bool(available(os.environ, os.devnull).path)
TRACERS = ("auto", "python", "strace")

COPY = "open('out.txt', 'w').write(open('data/0.txt').read())\n"
LOADER = """
import multiprocessing, sys

def load(path):
    return open(path).read()

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as workers:
        loaded = workers.map(load, [f"data/{n}.txt" for n in range(4)])
    open("out.txt", "w").writelines(loaded)
"""
PIPELINE = """
import subprocess, sys
copy = "import shutil, sys; shutil.copyfileobj(sys.stdin, open('out.txt', 'w'))"
first = subprocess.Popen([sys.executable, "-c", "print(open('data/0.txt').read())"], stdout=subprocess.PIPE)
last = subprocess.Popen([sys.executable, "-c", copy], stdin=first.stdout)
first.stdout.close()
sys.exit(first.wait() or last.wait())
"""
ELSEWHERE = """
import subprocess, sys
move = "import os; os.chdir('deep'); open('../out.txt', 'w').write(open('../data/0.txt').read())"
sys.exit(subprocess.run([sys.executable, "-c", move]).returncode)
"""
IN_ITS_DIRECTORY = """
import subprocess, sys
copy = "open('../out.txt', 'w').write(open('../data/0.txt').read())"
sys.exit(subprocess.run([sys.executable, "-c", copy], cwd="deep").returncode)
"""
OTHER_ENVIRONMENT = """
import os, subprocess, sys
subprocess.run([sys.executable, "-m", "venv", "--without-pip", "other"], check=True)
if not os.fork():
    os.execv("other/bin/python", ["other/bin/python", "copy.py"])
sys.exit(os.wait()[1])
"""
CLOSES_ALL = "import os\nos.closerange(0, 4096)\n" + COPY
LEAVES_AT_ONCE = "import os\nopen('out.txt', 'w').write(open('data/0.txt').read())\nos._exit(0)\n"
IN_THREADS = """
import threading
def copy():
    open("out.txt", "w").write(open("data/0.txt").read())
thread = threading.Thread(target=copy)
thread.start()
thread.join()
"""


class Case(NamedTuple):
    """A program, and what it touches."""

    script: str
    command: tuple[str, ...] = (sys.executable, "train.py")
    reads: tuple[str, ...] = ("data/0.txt",)
    kept_out: str = ""
    """The program that Python's own observer does not get into, as the record has to name it."""


ALL = tuple(f"data/{n}.txt" for n in range(4))
CASES = {
    "a loader that forks": Case(LOADER, (sys.executable, "train.py", "fork"), ALL),
    "a loader that spawns": Case(LOADER, (sys.executable, "train.py", "spawn"), ALL),
    "a loader with a server": Case(LOADER, (sys.executable, "train.py", "forkserver"), ALL),
    "a pipeline": Case(PIPELINE),
    "a child that changes directory": Case(ELSEWHERE),
    "a child in another directory": Case(IN_ITS_DIRECTORY),
    "another environment's interpreter": Case(OTHER_ENVIRONMENT),
    "no descriptor stays open": Case(CLOSES_ALL),
    "an end without an end": Case(LEAVES_AT_ONCE),
    "threads": Case(IN_THREADS),
    "isolated": Case(COPY, (sys.executable, "-I", "train.py"), kept_out="python"),
    "without site": Case(COPY, (sys.executable, "-S", "train.py"), kept_out="python"),
    "with an environment of its own": Case(COPY, ("env", "-i", sys.executable, "train.py"), kept_out="env"),
    "a shell": Case("", ("sh", "-c", "cat data/0.txt > out.txt"), kept_out="sh"),
    "tools that are no Python": Case(
        "import subprocess\nsubprocess.run(['cp', 'data/0.txt', 'out.txt'], check=True)\n", kept_out="cp"
    ),
    "the system's shell": Case("import os\nos.system('cp data/0.txt out.txt')\n", kept_out="sh"),
    "a child that is isolated": Case(
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', {COPY!r}], check=True)\n", kept_out="-I"
    ),
}


@pytest.fixture(params=[*TRACERS[:2], pytest.param("strace", marks=pytest.mark.skipif(not STRACE, reason="no strace"))])
def trace(request: pytest.FixtureRequest) -> str:
    """Who watches."""
    how: str = request.param
    return how


@pytest.fixture
def project(repo: RepoBuilder) -> RepoBuilder:
    """A repository with data that git does not have."""
    repo.commit("begin", {".gitignore": "data/\nout*\nother/\n", "copy.py": COPY, "deep/here.py": ""})
    for n in range(4):
        repo.write(f"data/{n}.txt", f"part {n}\n")
    return repo


def shown(repo: RepoBuilder, run: str = "@") -> dict[str, Any]:
    """A record; the newest, where none is named."""
    found: dict[str, Any] = json.loads(git_prov("show", "--json", run, cwd=repo.path).stdout)["records"][0]
    return found


def run(repo: RepoBuilder, trace: str, *command: str) -> Outcome:
    return git_prov("run", "--trace", trace, "--", *command, cwd=repo.path)


def paths(record: dict[str, Any], kind: str) -> list[str]:
    return [entry["path"] for entry in record.get(kind, ())]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_program_is_captured_or_the_gap_is_named(project: RepoBuilder, trace: str, case: Case) -> None:
    project.commit("the program", {"train.py": case.script})
    done = run(project, trace, *case.command)
    assert done.status == 0, done.stderr
    assert (project.path / "out.txt").exists()

    record = shown(project)
    if record["capture"]["tracer"] == "python" and case.kept_out:
        assert not record["capture"]["complete"]
        assert any(case.kept_out in missing for missing in record["capture"]["missing"])
    else:
        assert set(case.reads) <= set(paths(record, "input"))
        assert "out.txt" in paths(record, "output")
        assert [missing for missing in record["capture"].get("missing", ()) if "seeded" not in missing] == []


def test_names_of_all_kinds_are_read_and_written(project: RepoBuilder, trace: str) -> None:
    names = [
        b"sp ace",
        b"new\nline",
        b"caf\xe9",
        b'"quoted"',
        b"tab\t",
        b"-dash",
        "\u4e16".encode(),
        b"back\\slash",
        b"a<b>",
    ]
    for name in names:
        (project.path / "data" / os.fsdecode(name)).write_bytes(name)
    script = (
        "import os\n"
        "os.mkdir('out')\n"
        f"for name in {names!r}:\n"
        "    open(b'out/' + name, 'wb').write(open(b'data/' + name, 'rb').read())\n"
    )
    project.commit("the program", {"train.py": script})
    assert run(project, trace, sys.executable, "train.py").status == 0

    record = shown(project)
    read, written = record["input"], record["output"]
    assert len(read) == len(written) == len(names)
    assert {entry["digest"] for entry in read} == {entry["digest"] for entry in written}
    assert '"out/caf\\351"' in paths(record, "output")


def test_in_a_linked_worktree_and_below_its_root(project: RepoBuilder, trace: str) -> None:
    linked = project.worktree(project.path.parent / "linked", "side")
    linked.write("data/0.txt", "the worktree's own")
    inside = RepoBuilder(linked.path / "deep", linked.clock)
    done = run(inside, trace, sys.executable, "-c", "import os; os.chdir('..'); exec(open('copy.py').read())")
    assert done.status == 0, done.stderr

    record = shown(linked)
    assert (record["cwd"], paths(record, "input"), paths(record, "output")) == ("deep", ["data/0.txt"], ["out.txt"])


def test_before_the_first_commit(unborn: RepoBuilder, trace: str) -> None:
    unborn.write("data/0.txt", "early")
    assert run(unborn, trace, sys.executable, "-c", COPY).status == 0

    record = shown(unborn)
    assert (paths(record, "input"), paths(record, "output")) == (["data/0.txt"], ["out.txt"])


@pytest.fixture
def unborn(project: RepoBuilder) -> RepoBuilder:
    """A repository without a commit."""
    return RepoBuilder.init(project.path.parent / "empty")


def test_a_program_killed_by_a_signal_is_known_up_to_its_end(project: RepoBuilder, trace: str) -> None:
    project.commit("the program", {"train.py": COPY + "import os\nos.kill(os.getpid(), 9)\n"})
    assert run(project, trace, sys.executable, "train.py").status == 128 + 9

    record = shown(project)
    assert (record["status"], record["signal"]) == ("killed", "SIGKILL")
    assert (paths(record, "input"), paths(record, "output")) == (["data/0.txt"], ["out.txt"])
    assert record["capture"]["complete"]


def test_a_killed_wrapper_keeps_what_was_read_and_written(project: RepoBuilder, trace: str) -> None:
    script = COPY + "import sys\nprint('ready', flush=True)\nsys.stdin.read()\nopen('out2.txt', 'w').close()\n"
    project.commit("the program", {"train.py": script})
    with subprocess.Popen(
        ["git-prov", "run", "--trace", trace, "--", sys.executable, "train.py"],
        cwd=project.path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as wrapper:
        assert wrapper.stdin is not None
        assert wrapper.stdout is not None
        wrapper.stdout.readline()
        wrapper.kill()
        wrapper.wait()
        wrapper.stdin.close()
        wrapper.stdout.read()  # at its end the child is gone

    record = shown(project)
    assert record["status"] == "killed"
    assert (paths(record, "input"), paths(record, "output")) == (["data/0.txt"], ["out.txt", "out2.txt"])
    assert not record["capture"]["complete"]


def test_runs_side_by_side_have_each_their_own_outputs(project: RepoBuilder, trace: str) -> None:
    script = (
        "import sys\n"
        "open(f'out{sys.argv[1]}', 'w').write(open(f'data/{sys.argv[1]}.txt').read())\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    project.commit("the program", {"train.py": script})
    wrappers = [
        subprocess.Popen(
            ["git-prov", "run", "--trace", trace, "--", sys.executable, "train.py", str(n)],
            cwd=project.path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for n in range(2)
    ]
    for wrapper in wrappers:
        assert wrapper.stdout is not None
        wrapper.stdout.readline()  # both are under way
    for wrapper in wrappers:
        wrapper.communicate(timeout=60)

    for record in (shown(project, "@"), shown(project, "@~1")):
        number = record["command"][-1]
        assert (paths(record, "input"), paths(record, "output")) == ([f"data/{number}.txt"], [f"out{number}"])


def test_a_python_that_nobody_looks_into_may_have_drawn_without_a_seed(project: RepoBuilder, trace: str) -> None:
    done = run(project, trace, sys.executable, "-I", "-c", "import random; random.random()")
    assert done.status == 0, done.stderr

    assert not shown(project)["capture"]["complete"]


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -TERM $$", 143), ("kill -SEGV $$", 139)])
def test_the_status_is_the_programs_own(project: RepoBuilder, trace: str, script: str, status: int) -> None:
    assert run(project, trace, "sh", "-c", script).status == status
    assert shown(project)["exit"] == status


def test_a_file_changed_in_place_is_input_and_output(project: RepoBuilder, trace: str) -> None:
    script = (
        "import sqlite3\n"
        "with sqlite3.connect('data/base.db') as base:\n"
        "    base.execute('insert into t values (2)')\n"
        "base.close()\n"
        "with open('data/1.txt', 'r+') as file:\n"
        "    file.read()\n"
        "    file.write('more')\n"
        "with open('data/2.txt', 'r+') as file:\n"
        "    file.read()\n"
    )
    base = sqlite3.connect(project.path / "data/base.db")
    base.executescript("create table t (n); insert into t values (1)")
    base.close()
    project.commit("the program", {"train.py": script})
    done = run(project, trace, sys.executable, "train.py")
    assert done.status == 0, done.stderr

    record = shown(project)
    assert paths(record, "output") == ["data/1.txt", "data/base.db"]
    assert paths(record, "input") == ["data/1.txt", "data/2.txt", "data/base.db"]
    assert [("digest" in entry) for entry in record["input"]] == [False, True, False]
    changed = [missing.partition(" ")[0] for missing in record["capture"]["missing"] if "then changed" in missing]
    assert sorted(changed) == ["data/1.txt", "data/base.db"]


def test_a_renamed_directory_is_recorded_under_its_last_name(project: RepoBuilder, trace: str) -> None:
    script = (
        "import os\n"
        "os.mkdir('out.part')\n"
        "open('out.part/a', 'w').write(open('data/0.txt').read())\n"
        "os.symlink('a', 'out.part/b')\n"
        "os.rename('out.part', 'out')\n"
        "open('out/c', 'w').close()\n"
    )
    project.commit("the program", {"train.py": script})
    assert run(project, trace, sys.executable, "train.py").status == 0

    record = shown(project)
    assert paths(record, "input") == ["data/0.txt"]
    assert [path for path in paths(record, "output") if path != "out/b"] == ["out/a", "out/c"]


def test_many_files_are_one_directory_and_many_opens_are_one_file(project: RepoBuilder, trace: str) -> None:
    for n in range(200):
        project.write(f"data/shards/{n}.bin", str(n))
    script = (
        "for n in range(200): open(f'data/shards/{n}.bin').close()\n"
        "for n in range(5000): open('data/0.txt').close()\n"
        "open('out.txt', 'w').close()\n"
    )
    project.commit("the program", {"train.py": script})
    assert run(project, trace, sys.executable, "train.py").status == 0

    record = shown(project)
    assert [(entry["path"], entry["files"]) for entry in record["input"]] == [("data/0.txt", 1), ("data/shards", 200)]


def test_a_run_inside_a_run_is_recorded_by_itself(project: RepoBuilder, trace: str) -> None:
    inner = ["git", "prov", "run", "--", sys.executable, "copy.py"]
    project.commit("the program", {"train.py": f"import subprocess\nsubprocess.run({inner!r}, check=True)\n"})
    assert run(project, trace, sys.executable, "train.py").status == 0

    records = [shown(project, "@"), shown(project, "@~1")]
    inside, outside = sorted(records, key=lambda record: "parents" not in record)
    assert inside["parents"] == [outside["id"]]
    assert (paths(inside, "input"), paths(inside, "output")) == (["data/0.txt"], ["out.txt"])
    assert inside["capture"]["tracer"] == ("python+strace" if trace == "python" and STRACE else "python")
