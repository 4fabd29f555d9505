import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from gitprov.artifacts import hashing
from gitprov.artifacts.hashing import Tell, digest_bytes
from gitprov.artifacts.listing import Entry, Skipped
from gitprov.artifacts.scan import Scanned, one, scan
from gitprov.artifacts.scan.reading import Outcome, Reader
from gitprov.errors import ProvError
from support.scanned import (
    apart,
    described,
    grown,
    leaves,
    scanned,
    with_dying_workers,
    with_failing_workers,
    with_killed_workers,
    with_workers,
)

MIXED = {
    "a": b"1", "empty": b"", "d/x.csv": b"2" * 5000, "d/e/f/y": b"3", "large": os.urandom(3 << 20), "é": b"4",
    "d-e": b"5", "d/e.z": b"6", "middle": b"7" * (1 << 20),
}  # fmt: skip


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_a_scan_gives_what_describing_every_file_gives(tmp_path: Path, workers: int) -> None:
    root = grown(tmp_path, MIXED)
    (root / "d/run.sh").write_bytes(b"#!")
    (root / "d/run.sh").chmod(0o755)
    (root / "link").symlink_to("d/x.csv")
    (root / "folder").symlink_to("d")
    found, listings = apart(with_workers, root, workers)
    assert (found.digest, listings) == described(root)
    assert found[1:5] == (sum(map(len, MIXED.values())) + 2 + 7 + 1, len(MIXED) + 3, (), ())
    assert found.hashed == found.files


@pytest.mark.parametrize("workers", [0, 2])
def test_a_directory_with_thousands_of_files_is_listed_in_parts(tmp_path: Path, workers: int) -> None:
    root = grown(tmp_path, {f"data/{number:05d}.bin": b"%d" % number for number in range(3000)})
    found, listings = apart(with_workers, root, workers)
    assert (found.digest, listings) == described(root)
    assert found.files == 3000
    assert len(listings) > 20


def test_many_small_directories_are_one_job(tmp_path: Path) -> None:
    root = grown(tmp_path, {f"{number // 60}/{number}/x": b"%d" % number for number in range(600)})
    found, listings = apart(with_workers, root, 2)
    assert (found.digest, listings) == described(root)


def test_an_empty_directory_has_no_entry_and_an_empty_root_the_empty_listing(tmp_path: Path) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    assert scanned(tmp_path) == (Scanned(digest_bytes(b""), 0, 0), {digest_bytes(b""): b""})
    (tmp_path / "x").write_bytes(b"1")
    assert list(leaves(scanned(tmp_path))) == [b"x"]


def test_any_name_is_kept_and_stands_in_the_order_of_its_bytes(tmp_path: Path) -> None:
    for name in (b"caf\xe9", b"new\nline", b"tab\t", b'"q"', "größe".encode(), b"\xff", b"\xf0\x9f\x98\x80"):
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:
            file.write(name)
        os.mkdir(os.fsencode(tmp_path) + b"/d" + name)
        with open(os.fsencode(tmp_path) + b"/d" + name + b"/x", "wb") as file:
            file.write(b"x")
    found = scanned(tmp_path)
    assert found[0].digest == described(tmp_path)[0]
    assert leaves(found)[b"caf\xe9"].digest == digest_bytes(b"caf\xe9")


def test_what_is_no_file_or_cannot_be_named_is_skipped_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(tmp_path, {"kept": b"1", ".GIT": b"2", "sub/git~1/x": b"3", "a\\..\\b": b"4"})
    os.mkfifo(tmp_path / "sub/pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path is short by law
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        found = scanned(tmp_path)
    assert list(leaves(found)) == [b"kept"]
    assert found[0].skipped == (
        Skipped(".GIT", "reaches into .git"),
        Skipped("a\\..\\b", "climbs out of the repository"),
        Skipped("socket", "is a socket"),
        Skipped("sub/git~1", "reaches into .git"),
        Skipped("sub/pipe", "is a pipe"),
    )


def test_git_directories_and_files_are_not_entered(tmp_path: Path) -> None:
    root = grown(tmp_path, {".git/config": b"1", "a/.git": b"gitdir: ../x", ".gitignore": b"2", "b/.git/HEAD": b"3"})
    found = scanned(root)
    assert list(leaves(found)) == [b".gitignore"]
    assert found[0].skipped == ()


def test_links_are_recorded_and_those_that_lead_out_are_remarked(tmp_path: Path) -> None:
    root = grown(tmp_path / "root", {"a/b/x": b"1", "y": b"2"})
    for name, target in {
        "in": "a/b/x", "a/up": "../y", "a/b/far": "../../y", "gone": "nowhere",
        "out": "../y", "a/out": "../../root/y", "absolute": str(root / "y"), "a/b/round": "../../../root/y",
    }.items():  # fmt: skip
        (root / name).symlink_to(target)
    found = scanned(root)
    entry = leaves(found)[b"a/b/far"]
    assert entry == Entry("link", 7, digest_bytes(b"../../y"), b"far")
    assert [remark.path for remark in found[0].remarks] == ["a/b/round", "a/out", "absolute", "out"]
    assert found[0].files == 10


def test_a_file_that_cannot_be_read_is_said_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(tmp_path, {"shut": b"1", "open": b"2"})
    real = os.open

    def refuse(path: str | bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == b"shut":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    found = scanned(tmp_path, workers=0)
    assert found[0].skipped == (Skipped("shut", "cannot be read: Permission denied"),)
    assert list(leaves(found)) == [b"open"]


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="this system marks every file that is read")
def test_files_of_ones_own_are_read_without_a_mark(tmp_path: Path) -> None:
    root = grown(tmp_path / "root", {"a": b"a"})
    os.utime(root / "a", (1, 2))
    scanned(root, workers=0)

    assert os.stat(root / "a").st_atime == 1


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="this system marks every file that is read")
def test_files_of_others_are_read_with_the_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.open

    def opened(path: bytes, flags: int, **options: Any) -> int:  # noqa: ANN401 - as `os.open` takes them
        if flags & os.O_NOATIME:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return plain(path, flags, **options)

    root = grown(tmp_path / "root", {"a": b"a", "b/c": b"c"})
    wanted = described(root)
    monkeypatch.setattr(os, "open", opened)

    assert scanned(root, workers=0)[0].digest == wanted[0]


def test_a_directory_that_cannot_be_read_is_said_and_a_root_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(tmp_path, {"shut/x": b"1", "open": b"2"})
    real = os.open

    def refuse(path: str | bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if os.fsencode(path).rstrip(b"/").endswith(b"/shut"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    assert scanned(tmp_path)[0].skipped == (Skipped("shut", "cannot be read: Permission denied"),)
    for root in (tmp_path / "shut", tmp_path / "gone", tmp_path / "open"):
        with pytest.raises(ProvError, match="cannot be read"):
            scan(str(root))


def test_the_root_may_be_a_link_and_a_link_below_it_is_not_entered(tmp_path: Path) -> None:
    grown(tmp_path / "real", {"x": b"1", "d/y": b"2"})
    (tmp_path / "real/loop").symlink_to(".")
    (tmp_path / "way").symlink_to("real")
    assert scanned(tmp_path / "way") == scanned(tmp_path / "real")


def test_a_large_file_with_two_names_is_read_once(tmp_path: Path) -> None:
    root = grown(tmp_path, {"a": b"1" * 100_000, "small": b"2"})
    (root / "d").mkdir()
    for name in ("b", "d/c"):
        os.link(root / "a", root / name)
    os.link(root / "small", root / "twin")
    found = scanned(root)
    assert found[0].hashed == 3  # the large one, and both names of the small one
    assert (found[0].digest, found[1]) == described(root)


def test_a_sparse_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    with open(tmp_path / "sparse", "wb") as file:
        file.seek(3 << 20)
        file.write(b"x" * 5000)
        file.truncate(9 << 20)
    (tmp_path / "hole").touch()
    os.truncate(tmp_path / "hole", 5 << 20)
    found = leaves(scanned(tmp_path))
    assert found[b"sparse"].digest == digest_bytes((tmp_path / "sparse").read_bytes())
    assert found[b"hole"].digest == digest_bytes(bytes(5 << 20))


def test_a_path_that_is_too_long_for_the_system_is_skipped(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=handle)
        inner = os.open("n" * 250, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    (skipped,) = scanned(tmp_path)[0].skipped
    assert skipped.reason == "cannot be read: File name too long"
    subprocess.run(["rm", "-rf", tmp_path / ("n" * 250)], check=True)  # deeper than Python can remove


def test_more_than_can_be_named_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitprov.artifacts.scan.result.MOST_NAMED", 2)
    for name in "abcde":
        os.mkfifo(tmp_path / name)
    found, _ = scanned(tmp_path)
    assert (len(found.skipped), found.unnamed) == (2, 3)


def test_what_is_done_is_told(tmp_path: Path) -> None:
    root = grown(tmp_path, MIXED)
    told: list[int] = []
    cache = str(tmp_path.parent / f"{tmp_path.name}-cache")
    scanned(root, tell=told.append, cache=cache)
    total = sum(map(len, MIXED.values()))
    assert sum(told) == total
    scanned(root, tell=told.append, cache=cache)
    assert sum(told) == 2 * total


class Busy(Reader):
    """Changes a file each time it has been read, as often as it is told."""

    path = ""
    times = 0

    def _small(self, handle: int, name: bytes, size: int, numbers: tuple[int, ...]) -> Outcome | None:
        if name == b"busy" and self.times:
            type(self).times -= 1
            with open(self.path, "ab") as file:
                file.write(b"more")
        return super()._small(handle, name, size, numbers)


def test_a_file_that_changed_since_the_walk_saw_it_is_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grown(tmp_path / "root", {"busy": b"1", "calm": b"2"})
    monkeypatch.setattr("gitprov.artifacts.scan.workers.Reader", Busy)
    monkeypatch.setattr(Busy, "path", str(root / "busy"))
    monkeypatch.setattr(Busy, "times", 1)
    found = scanned(root, workers=0, cache=str(tmp_path / "cache"))
    assert leaves(found)[b"busy"] == Entry("644", 5, digest_bytes(b"1more"), b"busy")
    assert found[0].size == 6
    assert scanned(root, cache=str(tmp_path / "cache"))[0].hashed == 1  # its row was out of date


def test_a_file_that_keeps_changing_is_recorded_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grown(tmp_path / "root", {"busy": b"1" * (2 << 20)})

    real = hashing._update

    def read_and_change(hasher: blake3, fd: int, found: os.stat_result, tell: Tell | None) -> int:
        size = real(hasher, fd, found, tell)
        with open(root / "busy", "ab") as file:
            file.write(b"more")
        return size

    monkeypatch.setattr(hashing, "_update", read_and_change)
    found = scanned(root, workers=0, cache=str(tmp_path / "cache"))
    assert found[0].skipped == (Skipped("busy", "changed while it was read"),)
    assert list(leaves(found)) == [b"busy"]
    monkeypatch.undo()
    assert scanned(root, cache=str(tmp_path / "cache"))[0].hashed == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_that_dies_as_a_mapped_file_is_shortened_is_not_the_end(tmp_path: Path, times: int) -> None:
    root = grown(tmp_path / "root", {"short": b"1" * (2 << 20), **{f"{number}": b"2" * 300_000 for number in range(9)}})
    marks = tmp_path / "marks"
    marks.mkdir()
    found = apart(with_dying_workers, root, times, marks)
    assert len(list(marks.iterdir())) == times
    assert found[0].files == (10 if times == 1 else 9)
    assert found[0].skipped == (() if times == 1 else (Skipped("short", "was shortened while it was read"),))


def test_workers_that_are_killed_again_and_again_end_the_scan_with_a_reason(tmp_path: Path) -> None:
    root = grown(tmp_path, {f"{number}": b"2" * 300_000 for number in range(9)})
    message, _ = apart(with_killed_workers, root)
    assert message == "a hashing process was ended by signal 9"


def test_an_error_in_a_worker_is_an_error_of_the_scan(tmp_path: Path) -> None:
    root = grown(tmp_path, {f"{number}": b"2" * 300_000 for number in range(9)})
    assert apart(with_failing_workers, root) == ("the disk is full", "make room")


def test_a_process_with_threads_forks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grown(tmp_path, MIXED)

    def refuse() -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(os, "fork", refuse)
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    try:
        found, _ = scanned(root, workers=2)
    finally:
        wait.set()
        thread.join()
    assert found.digest == described(root)[0]


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    root = grown(tmp_path, {f"{number}": b"2" * 1000 for number in range(2000)})
    program = """
import os, signal, sys
from gitprov.artifacts.scan import tree
from gitprov.artifacts.scan import scan
ended = tree.Walk._end
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
tree.Walk._end = die
scan(sys.argv[1], workers=2)
"""
    with subprocess.Popen([sys.executable, "-c", program, root], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.read()  # ends when the last process that has the pipe has ended
        assert parent.wait() == -signal.SIGKILL


def test_one_file_has_its_digest_and_mode(tmp_path: Path) -> None:
    path = grown(tmp_path, {"x": b"123"}) / "x"
    assert one(str(path)) == Scanned(digest_bytes(b"123"), 3, 1, mode="644", hashed=1)
    path.chmod(0o700)
    (tmp_path / "link").symlink_to("x")
    assert one(str(tmp_path / "link")).mode == "755"
    assert stat.S_ISREG(path.stat().st_mode)
    with pytest.raises(ProvError, match="not a regular file"):
        one(str(tmp_path))
    with pytest.raises(ProvError, match="cannot be read: No such file"):
        one(str(tmp_path / "gone"))
