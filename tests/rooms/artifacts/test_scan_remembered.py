import os
import time
from pathlib import Path
from random import Random

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import remembered as remembering
from gitprov.artifacts.scan import scan, tree
from gitprov.artifacts.scan.reading import Outcome, Reader
from support.scanned import Found, counting, described, grown, later, leaves, scanned

FILES = {"a": b"1", "d/x": b"2", "d/e/y": b"3", "d/e-f": b"4", "z/0": b"5", "z/1": b"6"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return grown(tmp_path / "root", FILES)


@pytest.fixture
def cache(tmp_path: Path) -> str:
    return str(tmp_path / "cache")


def test_what_stays_as_it_is_is_read_once(root: Path, cache: str) -> None:
    first = scanned(root, cache=cache)
    again = scanned(root, cache=cache)
    assert (first[0].hashed, again[0].hashed) == (6, 0)
    assert again == (first[0]._replace(hashed=0), first[1])


def test_listings_that_are_known_are_not_made_again(root: Path, cache: str) -> None:
    _, listings = scanned(root, cache=cache)
    assert scanned(root, cache=cache, known=lambda _: True)[1] == {}
    lost = next(iter(listings))
    assert scanned(root, cache=cache, known=lambda digest: digest != lost)[1] == {lost: listings[lost]}
    (root / "d/x").write_bytes(b"new")
    assert len(scanned(root, cache=cache, known=lambda _: True)[1]) == 2


@pytest.mark.parametrize("change", ["content", "time", "inode", "mode", "new", "gone", "renamed", "to directory"])
def test_whatever_changed_is_seen_and_nothing_else_is_read(root: Path, cache: str, change: str) -> None:
    scanned(root, cache=cache)
    path, times = root / "d/x", (root / "d/x").stat()
    if change == "content":  # with its old time stamp, as some tools leave it: the inode's own tells
        path.write_bytes(b"9")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif change == "time":
        os.utime(path, (1, 1))
    elif change == "inode":
        (root / "new").write_bytes(b"9")
        (root / "new").replace(path)
    elif change == "mode":
        path.chmod(0o755)
    elif change == "new":
        (root / "d/new").write_bytes(b"9")
    elif change == "renamed":
        path.rename(root / "d/w")
    else:
        path.unlink()
        if change == "to directory":
            grown(root, {"d/x/inner": b"9"})
    found, listings = scanned(root, cache=cache)
    assert (found.digest, listings) == described(root)
    assert found.hashed == (0 if change == "gone" else 1)
    assert scanned(root, cache=cache)[0] == found._replace(hashed=0)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_the_cache_gives_what_reading_all_gives(root: Path, cache: str, seed: int) -> None:
    random = Random(seed)
    names = ["a", "d", "d-", "d.x", "e", "é"]
    for _ in range(12):
        directory = root.joinpath(*random.choices(names, k=random.randrange(4)))
        if not directory.is_file() and not any(above.is_file() for above in directory.parents):
            for name in random.sample(names, 2):
                path = directory / f"{name}{random.randrange(3)}"
                if path.is_dir():
                    continue
                if path.exists() and random.random() < 0.5:
                    path.unlink()
                else:
                    grown(directory, {path.name: b"%d" % random.randrange(9)})
        found, listings = scanned(root, cache=cache)
        assert (found.digest, listings) == described(root)


@pytest.mark.parametrize(("after", "read"), [(-1, 6), (0, 6), (0.05, 6), (0.2, 0)])
def test_a_file_that_may_change_unseen_is_read_again(root: Path, cache: str, after: float, read: int) -> None:
    newest = max(max(path.stat().st_mtime, path.stat().st_ctime) for path in root.rglob("*"))
    scanned(root, cache=cache, clock=lambda: newest + after)
    assert scanned(root, cache=cache)[0].hashed == read


def test_times_of_whole_seconds_are_trusted_later() -> None:
    assert tree._is_racy(5_000_000_000, 5_000_000_000, 6_900_000_000)
    assert not tree._is_racy(5_000_000_000, 5_000_000_000, 7_100_000_000)
    assert not tree._is_racy(5_000_000_001, 5_000_000_000, 5_200_000_000)


def test_a_change_within_the_same_tick_is_not_missed(tmp_path: Path, cache: str) -> None:
    """The scan reads a file, and it changes at once without another time stamp: the classic race of git's index."""
    root = grown(tmp_path / "root", {"x": b"old"})
    before = (root / "x").stat()
    scanned(root, cache=cache, clock=lambda: before.st_ctime)
    with open(root / "x", "r+b") as file:
        file.write(b"new")
    os.utime(root / "x", ns=(before.st_atime_ns, before.st_mtime_ns))
    found = scanned(root, cache=cache, clock=lambda: before.st_ctime)
    assert leaves(found)[b"x"].digest == digest_bytes(b"new")


@pytest.mark.parametrize("where", [0, 8, 20, 40, 60, 100, 200, 350, -1, -40])
def test_a_damaged_cache_is_as_if_it_were_not_there(root: Path, cache: str, where: int) -> None:
    first = scanned(root, cache=cache)
    (file,) = Path(cache).iterdir()
    data = bytearray(file.read_bytes())
    data[where] ^= 0xFF
    file.write_bytes(bytes(data))
    again = scanned(root, cache=cache)
    assert again == (first[0]._replace(hashed=again[0].hashed), first[1])
    assert again[0].hashed > 0
    assert scanned(root, cache=cache)[0].hashed == 0


@pytest.mark.parametrize("length", [0, 5, 16, 30, 200])
def test_a_cache_that_was_cut_is_used_as_far_as_it_goes(root: Path, cache: str, length: int) -> None:
    first = scanned(root, cache=cache)
    (file,) = Path(cache).iterdir()
    os.truncate(file, length)
    assert scanned(root, cache=cache)[1] == first[1]


def test_a_cache_that_cannot_be_written_is_no_failure(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert scanned(root, cache=str(tmp_path / "file/below"))[0].digest == described(root)[0]


def test_nothing_is_written_where_nothing_changed(root: Path, cache: str) -> None:
    scanned(root, cache=cache)
    (file,) = Path(cache).iterdir()
    before = file.stat()
    scanned(root, cache=cache)
    assert file.stat().st_ino == before.st_ino
    (root / "z/1").write_bytes(b"new")
    scanned(root, cache=cache)
    assert file.stat().st_ino != before.st_ino


def test_each_directory_has_a_cache_of_its_own(root: Path, tmp_path: Path, cache: str) -> None:
    other = grown(tmp_path / "other", {"x": b"1"})
    for directory in (root, other):
        scanned(directory, cache=cache)
    (tmp_path / "way").symlink_to("root")
    assert [scanned(directory, cache=cache)[0].hashed for directory in (root, other, tmp_path / "way")] == [0, 0, 0]


def test_what_is_skipped_or_remarked_is_said_each_time(root: Path, cache: str) -> None:
    os.mkfifo(root / "d/pipe")
    (root / "d/out").symlink_to("../../x")
    grown(root, {"d/.GIT": b"1", "d/git~1/x": b"1"})
    first = scanned(root, cache=cache)
    again = scanned(root, cache=cache)
    assert [skipped.path for skipped in again[0].skipped] == ["d/.GIT", "d/git~1", "d/pipe"]
    assert again == (first[0]._replace(hashed=0), first[1])


def test_two_scans_at_once_do_not_disturb_each_other(root: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[Found] = []
    begun: list[bool] = []
    real = Reader.read

    def scan_meanwhile(self: Reader, *args: object) -> list[Outcome]:
        if not begun:
            begun.append(True)
            inner.append(scanned(root, cache=cache, workers=0))
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Reader, "read", scan_meanwhile)
    found = scanned(root, cache=cache, workers=0)
    assert found[1] == inner[0][1] == described(root)[1]
    assert scanned(root, cache=cache)[0].hashed == 0
    assert len(list(Path(cache).iterdir())) == 1


def test_a_scan_that_is_interrupted_remembers_what_was_read(
    tmp_path: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grown(tmp_path / "root", {f"{name}/{number}": b"%d" % number for name in "abcd" for number in range(300)})
    real = Reader.read
    calls: list[bytes] = []

    def interrupt(self: Reader, *args: object) -> list[Outcome]:
        if len(calls) == 3:
            raise KeyboardInterrupt
        return counting(real, calls)(self, *args)  # type: ignore[no-any-return]

    monkeypatch.setattr(Reader, "read", interrupt)
    with pytest.raises(KeyboardInterrupt):
        scan(str(root), cache=cache, workers=0, clock=later)
    monkeypatch.undo()
    found, listings = scanned(root, cache=cache)
    assert 0 < found.hashed < 1200
    assert (found.digest, listings) == described(root)


def test_an_interrupted_scan_keeps_what_the_one_before_knew_of_the_rest(root: Path, cache: str) -> None:
    scanned(root, cache=cache)
    (root / "a").write_bytes(b"new")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(str(root), cache=cache, sink=interrupt, known=lambda _: False, clock=later)
    found, listings = scanned(root, cache=cache)
    assert (found.digest, listings) == described(root)
    assert found.hashed <= 1


def test_what_killed_scans_have_left_is_removed_after_a_day(root: Path, cache: str) -> None:
    scanned(root, cache=cache)
    (file,) = Path(cache).iterdir()
    old, new = Path(f"{file}.1.ab.new"), Path(f"{file}.2.cd.new")
    for left, age in ((old, 90_000), (new, 10)):
        left.write_bytes(b"")
        os.utime(left, (time.time() - age,) * 2)
    (root / "a").write_bytes(b"new")
    scanned(root, cache=cache)
    assert (old.exists(), new.exists()) == (False, True)


def test_rows_are_read_whole_however_the_file_is_cut_into_pieces(
    tmp_path: Path, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grown(tmp_path / "root", {f"d/{number}": b"%d" % number for number in range(300)})
    scanned(root, cache=cache)
    (root / "d/150").write_bytes(b"new")
    monkeypatch.setattr(remembering, "_CHUNK", 64)
    found, listings = scanned(root, cache=cache)
    assert (found.hashed, listings) == (1, described(root)[1])
