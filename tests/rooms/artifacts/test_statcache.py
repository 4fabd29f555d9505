import os
import threading
import time
from pathlib import Path

import pytest

from gitprov.artifacts import statcache
from gitprov.artifacts.hashing import FileDigest, digest_bytes, digest_file
from gitprov.artifacts.statcache import WORTH, StatCache, remembering

LARGE = 100_000


def later() -> float:
    return time.time() + 3600


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are really read, as they are."""
    found: list[str] = []

    def digest(path: str | bytes, _tell: object = None) -> FileDigest:
        found.append(os.path.basename(os.fsdecode(path)))
        return digest_file(path)

    monkeypatch.setattr(statcache, "digest_file", digest)
    return found


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def test_a_file_that_stays_as_it_is_is_read_once(tmp_path: Path, reads: list[str]) -> None:
    path, data = str(tmp_path / "big"), b"a" * LARGE
    written(tmp_path / "big", data)
    first = StatCache(str(tmp_path / "cache/digests"), later)
    assert first.digest(path) == FileDigest(digest_bytes(data), LARGE)
    first.close()

    again = StatCache(str(tmp_path / "cache/digests"), later)
    assert again.digest(path) == again.digest(os.fsencode(path)) == FileDigest(digest_bytes(data), LARGE)
    assert reads == ["big"]


@pytest.mark.parametrize("change", ["content", "time", "inode", "name"])
def test_a_file_that_changed_in_any_way_is_read_again(tmp_path: Path, reads: list[str], change: str) -> None:
    cache = StatCache(str(tmp_path / "digests"), later)
    path = tmp_path / "big"
    written(path, b"a" * LARGE)
    cache.digest(str(path))
    times = path.stat()
    if change == "content":  # with its old time stamp, as some tools leave it: the inode's own tells
        written(path, b"b" * LARGE)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    elif change == "time":
        os.utime(path, (1, 1))
    elif change == "inode":
        written(tmp_path / "new", b"b" * LARGE)
        os.replace(tmp_path / "new", path)
    else:
        path = path.rename(tmp_path / "other")

    assert cache.digest(str(path)).digest == digest_bytes(path.read_bytes())
    assert len(reads) == 2


@pytest.mark.parametrize(("after", "times_read"), [(-1, 2), (0, 2), (0.05, 2), (0.2, 1)])
def test_a_file_that_has_just_changed_is_not_trusted(
    tmp_path: Path, reads: list[str], after: float, times_read: int
) -> None:
    path = written(tmp_path / "big", b"a" * LARGE)
    os.utime(path, ns=(0, 1))
    changed = os.stat(path).st_ctime
    cache = StatCache(str(tmp_path / "digests"), lambda: changed + after)
    cache.digest(path)
    cache.digest(path)

    assert len(reads) == times_read


@pytest.mark.parametrize(("after", "is_settled"), [(0, False), (1.5, False), (3, True)])
def test_a_clock_that_knows_whole_seconds_alone_is_given_more_time(after: float, is_settled: bool) -> None:
    second = 1_700_000_000_000_000_000
    found = os.stat_result((0,) * 10, {"st_mtime_ns": second, "st_ctime_ns": second})

    assert statcache._is_settled(found, second + int(after * 1e9)) is is_settled


def test_a_small_file_is_not_looked_up(tmp_path: Path, reads: list[str]) -> None:
    path = written(tmp_path / "small", b"a")
    cache = StatCache(str(tmp_path / "digests"), later)
    cache.digest(path)
    cache.digest(path)

    assert reads == ["small", "small"]
    assert (tmp_path / "digests").stat().st_size == 0


@pytest.mark.parametrize("damage", [b"", b"\0" * 50_000_000, b"\xff" * 50_000_000], ids=["empty", "zeros", "ones"])
def test_a_damaged_cache_is_as_good_as_none(tmp_path: Path, reads: list[str], damage: bytes) -> None:
    path = written(tmp_path / "big", b"a" * LARGE)
    StatCache(str(tmp_path / "digests"), later).digest(path)
    (tmp_path / "digests").write_bytes(damage)
    cache = StatCache(str(tmp_path / "digests"), later)

    assert cache.digest(path).digest == digest_bytes(b"a" * LARGE)
    assert cache.digest(path).digest == digest_bytes(b"a" * LARGE)
    assert reads == ["big", "big"]


def test_one_flipped_bit_of_an_entry_is_noticed(tmp_path: Path, reads: list[str]) -> None:
    path = written(tmp_path / "big", b"a" * LARGE)
    StatCache(str(tmp_path / "digests"), later).digest(path)
    data = bytearray((tmp_path / "digests").read_bytes())
    start = next(at for at, byte in enumerate(data) if byte)
    for at in range(start, len(data)):
        flipped = (
            bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]]) if at in (start, start + 25, len(data) - 1) else b""
        )
        if flipped:
            (tmp_path / "digests").write_bytes(flipped)
            assert StatCache(str(tmp_path / "digests"), later).digest(path).digest == digest_bytes(b"a" * LARGE)
    assert len(reads) == 4


@pytest.mark.parametrize("place", ["", "file/digests", "folder"])
def test_where_nothing_can_be_kept_files_are_hashed(tmp_path: Path, reads: list[str], place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    path = written(tmp_path / "big", b"a" * LARGE)
    cache = StatCache(str(tmp_path / place), later)

    assert cache.digest(path) == cache.digest(path) == FileDigest(digest_bytes(b"a" * LARGE), LARGE)
    assert len(reads) == 2


def test_it_does_not_grow_beyond_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[str]) -> None:
    monkeypatch.setattr(statcache, "_ROWS", 2)
    monkeypatch.setattr(statcache, "_SMALLEST", 1)
    cache = StatCache(str(tmp_path / "digests"), later)
    paths = [written(tmp_path / f"file-{n}", b"%d" % n) for n in range(50)]
    for path in paths * 2:
        assert cache.digest(path).digest == digest_bytes(Path(path).read_bytes())

    assert (tmp_path / "digests").stat().st_size <= 512
    assert len(reads) > 50


def test_runs_at_the_same_time_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statcache, "_SMALLEST", 1)
    monkeypatch.setattr(statcache, "_ROWS", 3)  # so that they write over each other's entries all the time
    paths = [written(tmp_path / f"file-{n}", b"%d" % n) for n in range(40)]
    wrong: list[str] = []

    def work() -> None:
        cache = StatCache(str(tmp_path / "digests"), later)
        wrong.extend(p for p in paths * 10 if cache.digest(p).digest != digest_bytes(Path(p).read_bytes()))
        cache.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_it_is_opened_only_where_there_is_much_to_hash(tmp_path: Path) -> None:
    place = tmp_path / "cache/digests"
    assert remembering(str(place), [WORTH - 1]) is None
    assert remembering(str(place), [1000] * WORTH) is None  # small files are never looked up
    assert not place.parent.exists()

    cache = remembering(str(place), [WORTH // 2, WORTH // 2])
    assert cache is not None
    assert place.exists()


def test_what_is_no_file_is_refused_as_ever(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StatCache(str(tmp_path / "digests"), later).digest(str(tmp_path / "gone"))


def test_it_tells_of_the_bytes_that_are_done_read_or_not(tmp_path: Path) -> None:
    told: list[int] = []
    cache = StatCache(str(tmp_path / "digests"), later)
    for content in (b"abc", b"a" * LARGE, b"a" * LARGE):
        cache.digest(written(tmp_path / "file", content), told.append)
    cache.digest(str(tmp_path / "file"), told.append)

    assert told == [3, LARGE, LARGE, LARGE]
