"""Children, workers and replaced programs: each is seen, or the gap is named."""

import os
import signal
import sys
from pathlib import Path

import pytest

from support.observed import observe, python

_MAIN = "if __name__ == '__main__':\n    "


def test_a_process_says_which_it_is(tmp_path: Path) -> None:
    seen = python("import sys, os; print(os.getpid(), os.getppid())", "--lr", "1", cwd=tmp_path, env={"RANK": "3"})
    header = seen.first.header
    assert [header["pid"], header["ppid"]] == list(map(int, seen.stdout.split()))
    assert header["argv"] == [sys.executable, str(tmp_path / "program.py"), "--lr", "1"]
    assert header["version"] == ".".join(map(str, sys.version_info[:3]))
    assert {sys.prefix, sys.base_prefix} <= set(header["prefixes"])
    assert header["launch"] == {"RANK": "3"}
    assert (header["depth"], header["flags"]["optimize"]) == (0, 0)


def test_depth_counts_the_pythons_above(tmp_path: Path) -> None:
    seen = python(
        "import os, subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import os; os.fork() or open(\"x\", \"w\")'], check=True)\n",
        cwd=tmp_path,
    )
    assert [process.header["depth"] for process in seen.processes] == [0, 1, 2]


def test_a_forked_child_has_events_of_its_own(tmp_path: Path) -> None:
    seen = python(
        "import os\n"
        "open('before', 'w').close()\n"
        "if os.fork() == 0:\n"
        "    open('in-child', 'w').close(); os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1])); open('in-parent', 'w').close()\n",
        cwd=tmp_path,
    )
    parent, child = seen.processes
    assert seen.stdout.strip() == "7"
    assert {path for _, path in parent.of("w", tmp_path)} == {"before", "in-parent"}
    assert {path for _, path in child.of("w", tmp_path)} == {"in-child"}
    assert child.header["ppid"] == parent.header["pid"]
    assert [len(process.ends) for process in seen.processes] == [1, 1]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_are_seen_however_they_start(method: str, tmp_path: Path) -> None:
    seen = python(
        "import multiprocessing\n"
        "def work(n): open(f'{n}.out', 'w').close()\n" + _MAIN + f"context = multiprocessing.get_context({method!r})\n"
        "    workers = [context.Process(target=work, args=(n,)) for n in range(3)]\n"
        "    [w.start() for w in workers]; [w.join() for w in workers]\n"
        "    print([w.exitcode for w in workers])\n",
        cwd=tmp_path,
    )
    assert (seen.stdout.strip(), seen.stderr) == ("[0, 0, 0]", "")
    assert seen.paths("w", tmp_path) == {"0.out", "1.out", "2.out"}
    workers = [process for process in seen.processes if process.of("w", tmp_path)]
    assert [len(worker.ends) for worker in workers] == [1, 1, 1]


def test_a_pool_whose_workers_are_terminated_loses_nothing(tmp_path: Path) -> None:
    seen = python(
        "import multiprocessing\n"
        "def work(n): open(f'{n}.out', 'w').close()\n"
        + _MAIN
        + "with multiprocessing.get_context('fork').Pool(3) as pool: pool.map(work, range(200), chunksize=1)\n",
        cwd=tmp_path,
    )
    assert seen.stderr == ""
    assert seen.paths("w", tmp_path) == {f"{n}.out" for n in range(200)}


def test_executors_are_seen(tmp_path: Path) -> None:
    seen = python(
        "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
        "def work(name): open(name, 'w').close()\n"
        + _MAIN
        + "with ProcessPoolExecutor(2) as pool: list(pool.map(work, ['p1', 'p2']))\n"
        + "    with ThreadPoolExecutor(2) as pool: list(pool.map(work, ['t1', 't2']))\n",
        cwd=tmp_path,
    )
    assert seen.paths("w", tmp_path) == {"p1", "p2", "t1", "t2"}


def test_a_killed_process_loses_nothing_and_has_no_end(tmp_path: Path) -> None:
    seen = python(
        "import os, signal\nfor n in range(3000): open(f'{n}', 'w').close()\nos.kill(os.getpid(), signal.SIGKILL)\n",
        cwd=tmp_path,
    )
    assert seen.status == -signal.SIGKILL
    assert seen.paths("w", tmp_path) == {f"{n}" for n in range(3000)}
    assert seen.first.ends == []


def test_what_runs_in_the_child_before_a_program_starts_is_no_process(tmp_path: Path) -> None:
    seen = python("import os, subprocess; subprocess.run(['true'], preexec_fn=os.setsid, check=True)", cwd=tmp_path)
    assert len(seen.processes) == 1


def test_a_process_that_becomes_another_program_says_so(tmp_path: Path) -> None:
    seen = python(
        "import os, sys\n"
        "open('before', 'w').close()\n"
        "try: os.execv('/nowhere/at/all', ['all'])\n"
        "except OSError: pass\n"
        "os.execvp('sh', ['sh', '-c', f'exec {sys.executable} -c \"open(1 and chr(120), chr(119))\"'])\n",
        cwd=tmp_path,
    )
    assert seen.paths("w", tmp_path) == {"before", "x"}
    first, second = seen.processes
    assert first.header["pid"] == second.header["pid"]
    assert [end.get("exec", "")[-3:] for end in first.ends] == ["/sh"]


def test_programs_are_told_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").write_text("#!/bin/sh\n")
    (tmp_path / "bin/tool").chmod(0o755)
    seen = python(
        "import os, subprocess\n"
        "path = os.getcwd() + '/bin:' + os.environ['PATH']\n"
        "subprocess.run(['tool'], env={**os.environ, 'PATH': path}, check=True)\n"
        "subprocess.run(['./tool'], cwd='bin')\n"
        "subprocess.run('true', shell=True); os.system('true'); os.posix_spawn('bin/tool', ['tool'], os.environ)\n"
        "try: subprocess.run(['no-such-program'])\n"
        "except FileNotFoundError: print('not found')\n",
        cwd=tmp_path,
    )
    assert seen.stdout == "not found\n"
    assert seen.first.of("x", tmp_path) == [("x", "bin/tool"), ("x", "bin/./tool"), ("x", "bin/tool")]
    assert ("x", "/bin/sh") in seen.first.events
    assert not seen.gaps


@pytest.mark.parametrize(
    ("start", "gap"),
    [
        ("run([sys.executable, '-I', '-c', 'pass'])", "with -I"),
        ("run([sys.executable, '-sE', '-c', 'pass'])", "with -E"),
        ("run([sys.executable, '-W', 'error', '-S', '-c', 'pass'])", "with -S"),
        ("run([sys.executable, '-c', 'pass'], env={})", "without the run's environment"),
        ("run([sys.executable, '-c', '1'], env={**os.environ, 'PYTHONPATH': ''})", "with a PYTHONPATH of its own"),
        ("run(['./script'])", "with -I"),
        ("run([sys.executable, '-c', 'pass', '-I'])", ""),
        ("run([sys.executable, '-OO', 'program.py', '-E', 'x'])", ""),
        ("run(['sh', '-c', 'true'], env={})", ""),
    ],
)
def test_a_python_that_will_not_be_observed_is_named_as_a_gap(start: str, gap: str, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(f"#!{sys.executable} -I\n")
    (tmp_path / "script").chmod(0o755)
    name = "script" if "script" in start else os.path.basename(sys.executable)
    seen = python(f"import os, sys\nfrom subprocess import run\nsys.argv[1:] or {start}\n", cwd=tmp_path)
    assert seen.stderr == ""
    assert seen.gaps == ([f"{name} was started {gap}: the files it used were not seen, declare them"] if gap else [])


def test_a_daemon_leaves_the_run_in_order(tmp_path: Path) -> None:
    seen = python(
        "import os\n"
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    open('from-daemon', 'w').close(); os.write(w, b'x'); os._exit(0)\n"
        "os.wait(); os.read(r, 1)\n",
        cwd=tmp_path,
    )
    assert seen.status == 0
    assert "from-daemon" in seen.paths("w", tmp_path)


def test_leaving_at_once_keeps_status_and_errors(tmp_path: Path) -> None:
    ask = (
        "import inspect, os, pickle\n"
        "print(os._exit.__name__, os._exit.__module__ in ('os', 'posix'))\n"
        "print(pickle.loads(pickle.dumps(os._exit)) is os._exit)\n"
        "try: os._exit()\n"
        "except TypeError: print('TypeError', flush=True)\n"
        "os._exit(9)"
    )
    seen = observe(sys.executable, "-c", ask, cwd=tmp_path, files=False)
    assert (seen.status, seen.stdout) == (9, "_exit True\nTrue\nTypeError\n")
    assert len(seen.first.ends) == 1


def test_a_pipe_that_is_started_like_a_program_is_refused_as_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code = "import subprocess\ntry: subprocess.run(['./pipe'])\nexcept PermissionError: print('refused')"
    assert python(code, cwd=tmp_path).stdout == "refused\n"
