import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.capture.files.touched import Touched, gather
from gitprov.observer.protocol import encode, pair

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a file of events; each is `(kind, when, payload)`."""

    def write(name: str, *events: tuple[bytes, int, bytes], tail: bytes = b"") -> None:
        (tmp_path / f"{name}.events").write_bytes(b"".join(encode(*event) for event in events) + tail)

    return write


def process(when: int, **header: object) -> tuple[bytes, int, bytes]:
    return b"p", when, json.dumps(header).encode()


def test_processes_are_merged_by_time(tmp_path: Path, write: Write) -> None:
    write("1-a", (b"w", 10, b"/x/made"), (b"r", 40, b"/x/late"))
    write("2-b", (b"r", 20, b"/x/made"), (b"r", 30, b"/x/read"), (b"w", 35, b"/x/late"))

    touched = gather(str(tmp_path))
    assert list(touched.read) == ["/x/read"]
    assert list(touched.made) == ["/x/made", "/x/late"]
    assert not touched.certain


def test_strace_alone_speaks_of_files_and_processes_of_themselves(tmp_path: Path, write: Write) -> None:
    write("strace", (b"x", 1, b"/x/bin/python"), (b"r", 2, b"/x/seen"), (b"n", 3, b"host:443"))
    write("1-a", process(5, pid=1), (b"r", 6, b"/x/tried"), (b"j", 7, b'{"seed": {"python": 1}}'), (b"q", 8, b"{}"))

    touched = gather(str(tmp_path))
    assert list(touched.read) == ["/x/bin/python", "/x/seen"]
    assert touched.programs == ["/x/bin/python"]
    assert touched.peers == ["host:443"]
    assert touched.certain
    assert [(one.header, one.told, one.end) for one in touched.processes] == [
        ({"pid": 1}, [{"seed": {"python": 1}}], {})
    ]


def test_processes_come_in_the_order_in_which_they_started(tmp_path: Path, write: Write) -> None:
    write("1-a", process(20, pid=1))
    write("2-b", process(10, pid=2), (b"q", 11, b'{"done": true}'))

    touched = gather(str(tmp_path))
    assert [(one.header["pid"], one.end) for one in touched.processes] == [(2, {"done": True}), (1, None)]


def test_gaps_are_told_once(tmp_path: Path, write: Write) -> None:
    write("1-a", process(1), (b"j", 2, b'{"gap": "a child was not seen"}'))
    write("2-b", process(1), (b"j", 2, b'{"gap": "a child was not seen"}'), (b"j", 2, b'{"gap": 7}'))
    write("strace", (b"j", 2, b'{"gap": "strace ended early"}'))

    assert gather(str(tmp_path)).gaps == ["a child was not seen", "strace ended early"]


def test_a_rename_carries_two_paths_that_may_hold_anything(tmp_path: Path, write: Write) -> None:
    write("1-a", (b"w", 1, b"/x/a b"), (b"m", 2, pair(b"/x/a b", b"/x/\xff\n2")))

    assert gather(str(tmp_path)).made == {"/x/\udcff\n2": "written", "/x/a b": "removed"}


def test_a_path_is_one_however_it_is_spelled(tmp_path: Path, write: Write) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    spellings = (f"{tmp_path}/link/f", f"{real}/../real/f", f"{real}//./f", f"{tmp_path}/link/../real/f")
    write("strace", (b"w", 1, os.fsencode(real / "f")), *((b"r", 2, os.fsencode(path)) for path in spellings))

    touched = gather(str(tmp_path))
    assert touched.read == {}
    assert list(touched.made) == [os.path.realpath(real / "f")]


@pytest.mark.parametrize(
    "damage",
    [
        b"r 5 /x/cut",
        b"garbage\0",
        b"\0\0\0",
        b"r x /x/a\0",
        b"r 5 relative\0",
        b"r 5 \0",
        b"m 9 /x/no-length\0",
        b"m 9 x /a/b\0",
        b"m 9 999 /a\0",
        b"m 9 -3 /a/b\0",
        b"j 9 {not json\0",
        b"j 9 [1]\0",
        b"j 9 " + b"[" * 100_000 + b"\0",
        b"p 9 7\0",
        b"r 9 /" + b"a/" * 5000 + b"\0",
        "r ² /x/a\0".encode(),
        b"z 9 /unknown\0",
    ],
)
def test_what_makes_no_sense_is_passed_over(tmp_path: Path, write: Write, damage: bytes) -> None:
    write("1-a", (b"r", 1, b"/x/good"), tail=damage)
    touched = gather(str(tmp_path))

    assert list(touched.read) == ["/x/good"]
    assert touched.made == {}


def test_a_time_that_is_no_number_of_this_world_spoils_only_its_file(tmp_path: Path, write: Write) -> None:
    write("1-a", (b"r", 1, b"/x/good"))
    write("2-b", tail=b"r " + b"9" * 5000 + b" /x/bad\0")

    assert list(gather(str(tmp_path)).read) == ["/x/good"]


def test_only_regular_files_are_read(tmp_path: Path, write: Write) -> None:
    os.mkfifo(tmp_path / "pipe.events")
    (tmp_path / "link.events").symlink_to("/etc/passwd")
    (tmp_path / "folder.events").mkdir()
    (tmp_path / "other.txt").write_bytes(encode(b"r", 1, b"/x/not"))
    write("1-a", (b"r", 1, b"/x/good"))

    touched = gather(str(tmp_path))
    assert list(touched.read) == ["/x/good"]
    assert touched.gaps == ["what one of the processes did is not known: its events could not be read"] * 3


def test_no_directory_is_nothing_touched(tmp_path: Path) -> None:
    assert gather(str(tmp_path / "none")) == Touched({}, {}, [], [], [], [], certain=False)


def test_a_file_that_was_absent_when_it_was_written_was_not_read_before(tmp_path: Path, write: Write) -> None:
    write("1-a", (b"r", 1, b"/x/cache"), (b"r", 2, b"/x/state"), (b"a", 3, b"/x/cache"), (b"w", 4, b"/x/cache"))

    touched = gather(str(tmp_path))
    assert list(touched.read) == ["/x/state"]
    assert touched.made == {"/x/cache": "written"}
