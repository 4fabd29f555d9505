"""What the observer tells of the files that a program touches."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from support.observed import observe, python


def test_each_way_to_open_is_told_once_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("x")
    (tmp_path / "old.log").write_text("x")
    seen = python(
        "import os, pathlib, io\n"
        "for _ in range(3):\n"
        "    open('in.txt').close(); io.FileIO('in.txt').close(); pathlib.Path('in.txt').read_bytes()\n"
        "    os.close(os.open(b'in.txt', os.O_RDONLY))\n"
        "    open('new.txt', 'w').close(); open('old.log', 'a').close(); open('old.log', 'r+').close()\n"
        "open('made', 'x').close(); os.truncate('old.log', 0)\n",
        cwd=tmp_path,
    )
    assert seen.first.of("rwuda", tmp_path) == [
        ("r", "program.py"),
        ("r", "in.txt"),
        ("a", "new.txt"),
        ("w", "new.txt"),
        ("u", "old.log"),
        ("a", "made"),
        ("w", "made"),
    ]


def test_names_are_followed_through_renames_links_and_removals(tmp_path: Path) -> None:
    seen = python(
        "import os\n"
        "for n in range(2):\n"
        "    open('part', 'w').close(); os.replace('part', 'whole')\n"
        "os.symlink('whole', 'link'); os.link('whole', 'hard'); os.remove('hard')\n"
        "os.mkdir('d'); open('d/x', 'w').close(); os.remove('d/x'); os.rmdir('d')\n",
        cwd=tmp_path,
    )
    assert seen.first.of("wmld", tmp_path) == [
        ("w", "part"),
        ("m", "part -> whole"),
        ("w", "part"),
        ("m", "part -> whole"),
        ("l", "whole -> link"),
        ("l", "whole -> hard"),
        ("d", "hard"),
        ("w", "d/x"),
        ("d", "d/x"),
        ("d", "d"),
    ]


def test_a_relative_path_is_told_by_the_directory_of_the_moment(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    seen = python(
        "import os\n"
        "open('one', 'w').close(); os.chdir('a'); open('two', 'w').close(); os.chdir('b'); open('three', 'w').close()\n"
        "up = os.open('..', os.O_RDONLY); os.fchdir(up); open('four', 'w').close()\n",
        cwd=tmp_path,
    )
    assert seen.paths("w", tmp_path) == {"one", "a/two", "a/b/three", "a/four"}


def test_removals_below_a_descriptor_are_told_with_their_whole_path(tmp_path: Path) -> None:
    (tmp_path / "tree/deep").mkdir(parents=True)
    (tmp_path / "tree/deep/x").touch()
    seen = python("import shutil; shutil.rmtree('tree')", cwd=tmp_path)
    assert seen.paths("d", tmp_path) == {"tree", "tree/deep", "tree/deep/x"}
    assert seen.paths("rwu", tmp_path) == {"program.py"}
    assert not seen.gaps


def test_an_open_below_a_descriptor_is_named_as_a_gap_and_not_told_wrongly(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    seen = python(
        "import os\n"
        "d = os.open('d', os.O_RDONLY)\n"
        "for name in 'xy': os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=d))\n",
        cwd=tmp_path,
    )
    assert seen.paths("wua", tmp_path) == set()
    assert seen.gaps == ["files opened relative to an open directory (dir_fd) were not seen: declare them"]


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ("plain.db", [("b", "plain.db")]),
        (b"bytes.db", [("b", "bytes.db")]),
        ("file:a%20b.db?mode=rwc", [("b", "a b.db")]),
        ("file:there.db?mode=ro", [("r", "there.db")]),
        (":memory:", []),
        ("file:x?mode=memory&cache=shared", []),
    ],
)
def test_databases_are_told(database: str | bytes, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "there.db").close()
    seen = python(f"import sqlite3; sqlite3.connect({database!r}, uri=True).close()", cwd=tmp_path)
    assert [event for event in seen.first.of("rub", tmp_path) if event[1] != "program.py"] == expected


def test_names_of_any_bytes_survive(tmp_path: Path) -> None:
    seen = python(
        "for name in (b'\\xff\\xfe', 'größe', 'new\\nline', ' '): open(name, 'w').close()",
        cwd=tmp_path,
    )
    assert seen.paths("w", tmp_path) == {os.fsdecode(b"\xff\xfe"), "größe", "new\nline", " "}


def test_what_cannot_be_opened_fails_as_ever(tmp_path: Path) -> None:
    seen = python(
        "import os, sys\n"
        "for path in ('', 'gone/x', 'a\\0b', '\\ud800', 10**6, None, 3.5, b'', os.getcwd()):\n"
        "    try: open(path, 'rb')\n"
        "    except Exception as error: print(type(error).__name__)\n"
        "sys.audit('open'); sys.audit('open', 1, 2, 3, 4); sys.audit('os.rename', None)\n"
        "sys.audit('sqlite3.connect')\n",
        cwd=tmp_path,
    )
    assert seen.status == 0, seen.stderr
    assert seen.stdout.split() == [
        *("FileNotFoundError", "FileNotFoundError", "ValueError", "UnicodeEncodeError", "OSError", "TypeError"),
        *("TypeError", "FileNotFoundError", "IsADirectoryError"),
    ]


def test_descriptors_and_directories_are_no_files(tmp_path: Path) -> None:
    seen = python(
        "import os\n"
        "r, w = os.pipe(); os.fdopen(w, 'wb').close(); open(r, 'rb').close()\n"
        "os.close(os.open('.', os.O_RDONLY | os.O_DIRECTORY)); os.listdir('.'); list(os.scandir('.'))\n",
        cwd=tmp_path,
    )
    assert seen.paths("rwu", tmp_path) == {"program.py"}


def test_connections_are_told_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    seen = python(
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0)); port = server.getsockname()[1]\n"
        "socket.create_connection(('localhost', port)).close(); socket.create_connection(('127.0.0.1', port)).close()\n"
        "unix = socket.socket(socket.AF_UNIX)\n"
        "try: unix.connect('nobody')\n"
        "except OSError: pass\n"
        "print(port)",
        cwd=tmp_path,
    )
    port = seen.stdout.strip()
    told = [where for kind, where in seen.first.events if kind == "n"]
    assert f"localhost:{port}" in told
    assert f"127.0.0.1:{port}" in told
    assert len(told) == 2 + (f"[::1]:{port}" in told)


def test_machine_code_that_is_imported_or_loaded_is_read(tmp_path: Path) -> None:
    seen = python("import ctypes, _ctypes; print(_ctypes.__file__); ctypes.CDLL(_ctypes.__file__)", cwd=tmp_path)
    assert seen.stdout.strip() in {path for kind, path in seen.first.events if kind == "r"}


def test_many_distinct_files_are_all_told(tmp_path: Path) -> None:
    seen = python("for n in range(20000): open(f'file{n:06}' * 4, 'w').close()", cwd=tmp_path)
    assert seen.paths("w", tmp_path) == {f"file{n:06}" * 4 for n in range(20000)}


def test_where_files_are_seen_otherwise_none_are_told(tmp_path: Path) -> None:
    seen = python("open('x', 'w').close(); import os; os.system('true')", cwd=tmp_path, files=False)
    assert seen.first.events == []
    assert len(seen.first.ends) == 1


def test_what_is_opened_while_the_interpreter_shuts_down_is_told(tmp_path: Path) -> None:
    seen = python(
        "import atexit\n"
        "class Late:\n"
        "    def __del__(self, open=open): open('late', 'w').close()\n"
        "late = Late(); atexit.register(lambda: open('exit', 'w').close())\n",
        cwd=tmp_path,
    )
    assert (seen.status, seen.stderr) == (0, "")
    assert seen.paths("w", tmp_path) == {"late", "exit"}


def test_a_timeout_that_strikes_in_the_hook_still_strikes(tmp_path: Path) -> None:
    seen = python(
        "import signal, sys\n"
        "class Late(Exception): pass\n"
        "def strike(*_): raise Late\n"
        "signal.signal(signal.SIGALRM, strike); count = 0\n"
        "for n in range(300):\n"
        "    try:\n"
        "        signal.setitimer(signal.ITIMER_REAL, 0.0005)\n"
        "        while True: open('program.py').close(); open(f'x{n}', 'w').close()\n"
        "    except Late: count += 1\n"
        "print(count)",
        cwd=tmp_path,
    )
    assert (seen.status, seen.stdout.strip(), seen.stderr) == (0, "300", "")


def test_threads_tell_everything_they_open(tmp_path: Path) -> None:
    seen = python(
        "import threading\n"
        "def work(t):\n"
        "    for n in range(1500): open(f'{t}-{n}', 'w').close()\n"
        "threads = [threading.Thread(target=work, args=(t,)) for t in range(6)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n",
        cwd=tmp_path,
    )
    assert seen.paths("w", tmp_path) == {f"{t}-{n}" for t in range(6) for n in range(1500)}


def test_a_program_that_closes_every_descriptor_is_seen_to_its_end(tmp_path: Path) -> None:
    seen = observe(
        sys.executable,
        "-c",
        "import os\n"
        "os.closerange(0, 256)\n"
        "numbers = [os.open(f'file{n}', os.O_CREAT | os.O_RDWR) for n in range(8)]\n"
        "for n in range(5000): os.close(os.open(f'x{n}', os.O_CREAT | os.O_WRONLY))\n"
        "for n in numbers: os.write(n, b'mine')\n"
        "os.close(os.open(f'{numbers}', os.O_CREAT | os.O_WRONLY))",
        cwd=tmp_path,
    )
    assert {f"x{n}" for n in range(5000)} <= seen.paths("u", tmp_path)
    assert (tmp_path / "[0, 1, 2, 3, 4, 5, 6, 7]").exists()
    assert {(tmp_path / f"file{n}").read_bytes() for n in range(8)} == {b"mine"}
    assert len(seen.first.ends) == 1


def test_a_program_that_has_every_descriptor_in_use_loses_nothing(tmp_path: Path) -> None:
    seen = python(
        "import os, resource\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); held = []\n"
        "for n in range(300): open(f'before{n}' * 8, 'w').close()\n"
        "try:\n"
        "    while True: held.append(open('program.py'))\n"
        "except OSError: pass\n"
        "for n in range(400):\n"
        "    held.pop().close(); held.append(open(f'full{n}' * 8, 'w'))\n"
        "held.clear()\n",
        cwd=tmp_path,
    )
    assert seen.status == 0, seen.stderr
    assert {f"full{n}" * 8 for n in range(400)} <= seen.paths("w", tmp_path)
