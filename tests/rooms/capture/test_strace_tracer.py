import contextlib
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from gitprov.capture import process
from gitprov.capture.process import Child, Ended
from gitprov.capture.strace.available import available
from gitprov.capture.strace.tracer import Tracer
from gitprov.observer import protocol

STRACE = available(os.environ, os.devnull).path
PATIENCE = 60

pytestmark = pytest.mark.skipif(not STRACE, reason="strace does not work here")


class Traced(NamedTuple):
    """A run under strace: how it ended, and what it was seen to do."""

    ended: Ended
    events: list[tuple[str, str]]
    problems: list[str]


class Room:
    """A directory to run commands in, and one for their events."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cwd = root / "cwd"
        self.events = root / "events"
        self.cwd.mkdir()
        self.events.mkdir()
        monkeypatch.chdir(self.cwd)

    def begin(self, strace: str = STRACE) -> Tracer:
        """Start a reader."""
        return Tracer.begin(strace, str(self.events), str(self.cwd))

    def run(self, *argv: str) -> Traced:
        """Run a command to its end."""
        tracer = self.begin()
        child = started(argv, tracer)
        ended = child.wait()
        problems = tracer.finish(PATIENCE)
        assert not tracer.failed_before_exec(child.last_name)
        return Traced(ended, self.told(), problems)

    def python(self, code: str, *argv: str) -> Traced:
        """Run a Python program."""
        return self.run(sys.executable, "-S", "-c", code, *argv)

    def told(self) -> list[tuple[str, str]]:
        """The events in this room's directory, in it without its path, and of other places only gaps and programs."""
        data = (self.events / "strace.events").read_bytes()
        found = []
        for kind, _, payload in protocol.decode(data):
            if kind in (protocol.RENAMED, protocol.LINKED):
                text = " -> ".join(self.short(path) for path in protocol.unpair(payload))
            else:
                text = self.short(payload)
            if not text.startswith("/") or kind == protocol.EXECUTED:
                found.append((kind.decode(), text))
        return found

    def short(self, path: bytes) -> str:
        """A path as seen from this room's directory."""
        return os.fsdecode(path).removeprefix(f"{self.cwd}/")


def started(argv: Sequence[str], tracer: Tracer) -> Child:
    child = process.start(argv, os.environ, under=tracer.argv)
    assert isinstance(child, Child)
    return child


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that is not ours."""
    deadline = time.monotonic() + PATIENCE
    while os.path.exists(f"/proc/{pid}") and _state(pid) != "Z":
        assert time.monotonic() < deadline, f"process {pid} does not end"
        os.sched_yield()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def reader_of(tracer: Tracer) -> int:
    """The reader lets strace in through a descriptor of its own, whose path names it."""
    return int(tracer.argv("/bin/sh", ["sh"], {})[1][-3].split("/")[2])


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(tmp_path, monkeypatch)


def test_a_shell_pipeline_is_seen_whole(room: Room) -> None:
    room.cwd.joinpath("in.txt").write_text("b\na\n")
    traced = room.run("sh", "-c", "cat in.txt | sort > tmp; mv tmp out.txt; mkdir d; cd d; echo x >> log; rm log")
    files = [event for event in traced.events if event[0] != "x"]
    assert sorted(files) == [("d", "d/log"), ("m", "tmp -> out.txt"), ("r", "in.txt"), ("u", "d/log"), ("w", "tmp")]
    programs = {os.path.basename(path) for kind, path in traced.events if kind == "x"}
    assert programs == {"sh", "cat", "sort", "mv", "mkdir", "rm"}
    assert (traced.ended.status, traced.problems) == (0, [])


def test_threads_and_spawned_children_in_other_directories_are_seen(room: Room) -> None:
    code = (
        "import os, subprocess, threading\n"
        "os.mkdir('a'); os.mkdir('a/b')\n"
        "thread = threading.Thread(target=lambda: open('thread', 'w').close())\n"
        "thread.start(); thread.join()\n"
        "subprocess.run(['sh', '-c', 'echo x > spawned; cd b; echo y > deeper'], cwd='a', check=True)\n"
        "os.chdir('a/b'); os.rename('deeper', '../moved'); os.truncate('../moved', 1)\n"
        "fd = os.open('..', os.O_RDONLY)\n"
        "os.open('by-fd', os.O_CREAT | os.O_WRONLY | os.O_EXCL, dir_fd=fd)\n"
    )
    traced = room.python(code)
    files = [event for event in traced.events if event[0] in "wumd"]
    assert files == [
        ("w", "thread"),
        ("w", "a/spawned"),
        ("w", "a/b/deeper"),
        ("m", "a/b/deeper -> a/moved"),
        ("u", "a/moved"),
        ("w", "a/by-fd"),
    ]


@pytest.mark.parametrize(
    "name",
    ["a b", "new\nline", 'quo"te', "back\\slash", "ä", "<x>", ") = 3", " <unfinished ...>", "x (deleted)", "\udcff7"],
)
def test_any_name_is_seen_as_it_is(room: Room, name: str) -> None:
    traced = room.python("import sys; open(sys.argv[1], 'w').close(); open(sys.argv[1]).close()", name)
    assert [event for event in traced.events if event[0] in "rw"] == [("w", name), ("r", name)]


def test_a_link_keeps_the_name_that_was_used(room: Room) -> None:
    room.cwd.joinpath("real").mkdir()
    room.cwd.joinpath("real/f").write_text("x")
    room.cwd.joinpath("link").symlink_to("real")
    traced = room.python("open('link/f'); open('link/../real/f')")
    assert [event for event in traced.events if event[0] == "r"] == [("r", "link/f"), ("r", "real/f")]


def test_a_connection_is_seen_whether_or_not_it_waits(room: Room) -> None:
    code = (
        "import socket\n"
        "for timeout in (None, 5):\n"
        "    server = socket.create_server(('127.0.0.1', 0))\n"
        "    with socket.socket() as client:\n"
        "        client.settimeout(timeout); client.connect(server.getsockname())\n"
        "    open('port', 'a').write(f'127.0.0.1:{server.getsockname()[1]}\\n')\n"
    )
    traced = room.python(code)
    assert [peer for kind, peer in traced.events if kind == "n"] == room.cwd.joinpath("port").read_text().split()


def test_a_file_made_without_a_name_is_written_under_the_one_it_gets(room: Room) -> None:
    code = (
        "import os\n"
        "fd = os.open('.', os.O_TMPFILE | os.O_WRONLY)\n"
        "os.link(f'/proc/self/fd/{fd}', 'late', src_dir_fd=0, follow_symlinks=True)\n"
    )
    assert ("w", "late") in room.python(code).events


@pytest.mark.parametrize(
    ("script", "status", "name"),
    [
        ("exit 7", 7, ""),
        ("kill -TERM $$", 143, "SIGTERM"),
        ("kill -KILL $$", 137, "SIGKILL"),
        ("kill -SEGV $$", 139, "SIGSEGV"),
        ("no-such-command 2>/dev/null", 127, ""),
    ],
)
def test_the_end_is_the_commands_own(room: Room, script: str, status: int, name: str) -> None:
    traced = room.run("sh", "-c", script)
    assert (traced.ended.status, traced.ended.signal, traced.problems) == (status, name, [])
    assert [said for kind, said in traced.events if kind == "j"] == []


def test_a_killed_command_is_not_waited_for_longer_than_one_that_ended(room: Room) -> None:
    traced = room.run("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $! >pid; kill -KILL $$")
    os.kill(int((room.cwd / "pid").read_text()), signal.SIGKILL)  # it is still there

    assert traced.problems == []
    assert ("w", "pid") in traced.events


def test_the_child_is_ours_with_its_own_name_signals_and_group(room: Room) -> None:
    code = (
        "import os, signal, sys\n"
        "ignored = [s.name for s in signal.valid_signals() if s > 2 and signal.getsignal(s) == signal.SIG_IGN"
        " and s not in (signal.SIGPIPE, signal.SIGXFSZ)]\n"
        "print(os.getppid(), os.getpgrp(), os.getsid(0), sorted(os.listdir('/proc/self/fd')), ignored,"
        " signal.pthread_sigmask(signal.SIG_BLOCK, ()), sys.orig_argv, file=open('said', 'w'))\n"
    )
    said = []
    for under in (True, False):
        tracer = room.begin() if under else None
        child = process.start(["python3", "-Sc", code], os.environ, under=tracer.argv if tracer else None)
        assert isinstance(child, Child)
        assert child.wait().status == 0
        said.append(room.cwd.joinpath("said").read_text())
        if tracer:
            assert tracer.finish(PATIENCE) == []
    assert said[0] == said[1]
    assert str(os.getpid()) in said[0]


def test_a_script_without_a_first_line_runs_in_a_shell(room: Room) -> None:
    script = room.cwd / "bare"
    script.write_text('echo "$0 $*" > out\n')
    script.chmod(0o755)
    assert room.run("./bare", "a", "b").ended.status == 0
    assert room.cwd.joinpath("out").read_text() == "./bare a b\n"


def test_a_command_is_called_by_the_name_it_was_given(room: Room) -> None:
    room.run("sh", "-c", 'echo "$0" > out')
    assert room.cwd.joinpath("out").read_text() == "sh\n"


def test_stopping_and_going_on_is_left_alone(room: Room) -> None:
    tracer = room.begin()
    child = started(["sh", "-c", "echo > ready; while [ ! -e go ]; do sleep 0.02; done; exit 5"], tracer)
    while not room.cwd.joinpath("ready").exists():
        os.sched_yield()
    os.kill(child.pid, signal.SIGSTOP)
    while _state(child.pid) not in "Tt":
        os.sched_yield()
    room.cwd.joinpath("go").touch()
    os.kill(child.pid, signal.SIGCONT)
    assert child.wait().status == 5
    assert tracer.finish(PATIENCE) == []


def test_the_reader_holds_no_pipeline_open(room: Room) -> None:
    """`git prov run ... | head` ends when the command has ended, though the reader and strace live on."""
    tracer_in_a_pipeline = (
        "import os, sys\n"
        "from gitprov.capture import process\n"
        "from gitprov.capture.strace.tracer import Tracer\n"
        "tracer = Tracer.begin(sys.argv[1], sys.argv[2], os.getcwd())\n"
        "child = process.start(['sh', '-c', 'sleep 100 <&- >&- 2>&- & echo $! > pid; echo out'], os.environ,"
        " under=tracer.argv)\n"
        "child.wait(); print(tracer.finish())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", tracer_in_a_pipeline, STRACE, str(room.events)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout == b"out\n[]\n"
    background = int(room.cwd.joinpath("pid").read_text())
    assert _state(background) != "Z"
    os.kill(background, signal.SIGKILL)


def test_what_is_left_in_the_background_lives_on(room: Room) -> None:
    script = "(while [ ! -e go ]; do sleep 0.02; done; cat go > late; echo $? > status) & exit 0"
    tracer = room.begin()
    reader = reader_of(tracer)
    assert started(["sh", "-c", script], tracer).wait().status == 0
    assert tracer.finish(PATIENCE) == []
    shutil.rmtree(room.events)
    room.cwd.joinpath("go").write_text("went")
    wait_until_gone(reader)
    assert room.cwd.joinpath("late").read_text() == "went"
    assert room.cwd.joinpath("status").read_text() == "0\n"


def test_a_killed_wrapper_leaves_a_trace_that_goes_on(room: Room) -> None:
    wrapper = (
        "import os, sys\n"
        "from gitprov.capture import process\n"
        "from gitprov.capture.strace.tracer import Tracer\n"
        "tracer = Tracer.begin(sys.argv[1], sys.argv[2], os.getcwd())\n"
        "script = 'echo > begun; while [ ! -e go ]; do sleep 0.02; done; echo > after'\n"
        "child = process.start(['sh', '-c', script], os.environ, under=tracer.argv)\n"
        "print(tracer.argv('/bin/sh', ['sh'], {})[1][-3].split('/')[2], flush=True)\n"
        "child.wait()\n"
    )
    argv = [sys.executable, "-c", wrapper, STRACE, str(room.events)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        reader = int(ours.stdout.readline())
        while not room.cwd.joinpath("begun").exists():
            os.sched_yield()
        ours.kill()
    room.cwd.joinpath("go").touch()
    wait_until_gone(reader)
    assert [path for kind, path in room.told() if kind == "w"] == ["begun", "after"]


def test_closed_standard_streams_stay_closed(room: Room) -> None:
    wrapper = (
        "import os, sys\n"
        "os.closerange(0, 3)\n"
        "from gitprov.capture import process\n"
        "from gitprov.capture.strace.tracer import Tracer\n"
        "tracer = Tracer.begin(sys.argv[1], sys.argv[2], os.getcwd())\n"
        "child = process.start(['sh', '-c', '[ ! -e /proc/self/fd/0 ] && mkdir a; : > b'], os.environ,"
        " under=tracer.argv)\n"
        "child.wait(); os._exit(len(tracer.finish()))\n"
    )
    subprocess.run([sys.executable, "-c", wrapper, STRACE, str(room.events)], check=True, timeout=PATIENCE)
    assert [path for kind, path in room.told() if kind == "w"] == ["b"]


def test_a_reader_for_a_run_that_does_not_come_goes_away(room: Room) -> None:
    tracer = room.begin()
    reader = reader_of(tracer)
    tracer.cancel()
    tracer.cancel()
    os.waitpid(reader, 0)


def test_a_strace_that_fails_at_its_start_is_known_for_it(room: Room, tmp_path: Path) -> None:
    failing = tmp_path / "strace"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    tracer = room.begin(str(failing))
    child = started(["touch", "made"], tracer)
    assert child.wait().status == 1
    assert tracer.failed_before_exec(child.last_name)
    assert not room.cwd.joinpath("made").exists()


def test_a_strace_that_cannot_be_started_is_done_without(room: Room, tmp_path: Path) -> None:
    tracer = room.begin(str(tmp_path / "gone" / "strace"))
    child = started(["touch", "made"], tracer)
    assert child.wait().status == 0
    assert room.cwd.joinpath("made").exists()
    assert not tracer.failed_before_exec(child.last_name)


def test_a_program_that_is_a_tracer_itself_is_left_alone(room: Room) -> None:
    traced = room.run("strace", "-o", "trace", "true")
    assert traced.ended.status == 0
    assert "execve(" in room.cwd.joinpath("trace").read_text()
    assert traced.problems == [
        "strace cannot trace under strace, so the files it used are not known; use --trace python"
    ]


def test_a_strace_that_runs_the_command_untraced_is_not_taken_to_have_failed(room: Room, tmp_path: Path) -> None:
    """Or the command would be run a second time."""
    blind = tmp_path / "strace"
    blind.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n')
    blind.chmod(0o755)
    tracer = room.begin(str(blind))
    child = started(["touch", "made"], tracer)
    assert child.wait().status == 0
    assert not tracer.failed_before_exec(child.last_name)
    assert tracer.finish() == ["strace could not follow the run: the files it used are not known"]


def test_a_reader_that_cannot_write_reads_on(room: Room) -> None:
    room.events.rmdir()
    tracer = room.begin()
    child = started(["sh", "-c", "cat /etc/passwd > copy"], tracer)
    assert child.wait().status == 0
    assert tracer.finish(PATIENCE) == [
        "what strace saw was not read to the end: some of the files the run used are not known"
    ]
    assert room.cwd.joinpath("copy").read_bytes() == Path("/etc/passwd").read_bytes()


def test_more_than_the_pipe_holds_is_read(room: Room) -> None:
    code = (
        "for n in range(20000): open(f'{\"d\" * 50}{n}', 'w').close() if n % 100 == 0 else open('/etc/passwd').close()"
    )
    traced = room.python(code)
    assert len([event for event in traced.events if event[0] == "w"]) == 200
    assert traced.problems == []


def test_ctrl_c_reaches_the_command_once_and_leaves_the_trace_alone(room: Room) -> None:
    command = (
        "import signal, time\n"
        "seen = []\n"
        "signal.signal(signal.SIGINT, lambda *_: seen.append(1))\n"
        "print('ready', flush=True)\n"
        "end = time.monotonic() + 20\n"
        "while not seen and time.monotonic() < end: signal.sigtimedwait([], 0.01)\n"
        "open('after', 'w').write(str(len(seen)))\n"
    )
    wrapper = (
        "import os, sys\n"
        "from gitprov.capture import process\n"
        "from gitprov.capture.strace.tracer import Tracer\n"
        "tracer = Tracer.begin(sys.argv[1], sys.argv[2], os.getcwd())\n"
        "child = process.start([sys.executable, '-Sc', sys.argv[3]], os.environ, under=tracer.argv)\n"
        "ended = child.wait(); print(ended.status, tracer.finish(), 'end', flush=True)\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", wrapper, STRACE, str(room.events), command])  # noqa: S606
    output, typed = b"", False
    with contextlib.suppress(OSError):  # how a terminal says that its last user is gone
        while block := os.read(terminal, 4096):
            output += block
            if b"ready" in output and not typed:
                typed = bool(os.write(terminal, b"\x03"))
    os.close(terminal)
    assert os.waitpid(pid, 0)[1] == 0
    assert b"0 [] end" in output
    assert ("w", "after") in room.told()
    assert room.cwd.joinpath("after").read_text() == "1"
