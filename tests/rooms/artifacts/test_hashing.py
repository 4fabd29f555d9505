import os
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from gitprov.artifacts import hashing
from gitprov.artifacts.hashing import FileDigest, digest_bytes, digest_file
from gitprov.errors import ProvError


def digest(data: bytes) -> str:
    return "b3:" + blake3(data).hexdigest()


def test_a_digest_names_its_algorithm() -> None:
    assert digest_bytes(b"") == "b3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"


@pytest.mark.parametrize("size", [0, 1, 1023, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20])
def test_a_file_of_any_size_has_the_digest_of_its_bytes(tmp_path: Path, size: int) -> None:
    data = bytes(n * 7 & 255 for n in range(min(size, 4099))) * (size // 4099 + 1)
    path = tmp_path / "data"
    path.write_bytes(data[:size])
    assert digest_file(str(path)) == FileDigest(digest(data[:size]), size)
    assert digest_file(os.fsencode(path)) == digest_file(str(path))


@pytest.mark.parametrize("size", [10, 2 << 20])
def test_a_name_need_not_be_text(tmp_path: Path, size: int) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9\n"
    with open(path, "wb") as file:
        file.write(b"x" * size)
    assert digest_file(path).digest == digest(b"x" * size)
    assert digest_file(os.fsdecode(path)).digest == digest(b"x" * size)


def test_a_link_leads_to_the_bytes_it_stands_for(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("real")
    assert digest_file(str(tmp_path / "link")) == FileDigest(digest(b"abc"), 3)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(ProvError, match="is not a regular file"):
            digest_file(str(path))
    with pytest.raises(FileNotFoundError):
        digest_file(str(tmp_path / "gone"))


def while_hashing(monkeypatch: pytest.MonkeyPatch, *changes: Callable[[], object]) -> None:
    """Let something happen to the file each time that its bytes have been read."""
    remaining = list(changes)

    def hash_and_change(data: bytes) -> blake3:
        if remaining:
            remaining.pop(0)()
        return blake3(data)

    monkeypatch.setattr(hashing, "blake3", hash_and_change)


def test_a_file_that_changed_while_it_was_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"old")
    while_hashing(monkeypatch, lambda: path.write_bytes(b"longer"))
    assert digest_file(str(path)) == FileDigest(digest(b"longer"), 6)


def test_a_file_that_was_replaced_by_another_of_its_size_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"old")
    other = tmp_path / "other"
    other.write_bytes(b"new")
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    while_hashing(monkeypatch, lambda: other.replace(path))
    assert digest_file(str(path)) == FileDigest(digest(b"new"), 3)


def test_a_file_that_keeps_changing_is_flagged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"1")
    while_hashing(
        monkeypatch,
        lambda: path.write_bytes(b"22"),
        lambda: path.write_bytes(b"333"),
    )
    assert digest_file(str(path)) == FileDigest(digest(b"22"), 2, changed=True)


def test_a_file_that_is_removed_meanwhile_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"1")
    while_hashing(monkeypatch, path.unlink)
    with pytest.raises(FileNotFoundError):
        digest_file(str(path))


def test_a_very_large_file_is_told_of_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitprov.artifacts.hashing._PIECE", 1 << 20)
    data = os.urandom((5 << 19) + 1)
    (tmp_path / "large").write_bytes(data)
    told: list[int] = []

    assert digest_file(str(tmp_path / "large"), told.append) == FileDigest(digest_bytes(data), len(data))
    assert told == [1 << 20, 1 << 20, (1 << 19) + 1]
