"""The file of events of one process."""

import os
from pathlib import Path

import pytest

from gitprov.observer import writer as module
from gitprov.observer.protocol import decode, encode
from gitprov.observer.writer import Writer

_HELLO = encode(b"p", 1, b"{}")


def _writer(directory: Path, *, mapped: bool = True) -> Writer:
    writer = Writer(str(directory), lambda: _HELLO, mapped=mapped)
    writer.begin()
    return writer


def _payloads(directory: Path) -> list[bytes]:
    (file,) = directory.glob("*.events")
    return [payload for _, _, payload in decode(file.read_bytes())]


@pytest.mark.parametrize("mapped", [True, False])
def test_events_are_in_the_file_as_soon_as_they_are_written(mapped: bool, tmp_path: Path) -> None:
    writer = _writer(tmp_path, mapped=mapped)
    writer.send(encode(b"r", 2, b"/a"))
    assert _payloads(tmp_path) == [b"{}", b"/a"]


@pytest.mark.parametrize("mapped", [True, False])
def test_events_of_any_size_and_number_are_whole_and_in_order(mapped: bool, tmp_path: Path) -> None:
    writer = _writer(tmp_path, mapped=mapped)
    payloads = [bytes([65 + n % 26]) * (n * 37 % 5000) for n in range(400)] + [b"x" * 3_000_000, b"y"]
    for payload in payloads:
        writer.send(encode(b"r", 2, payload))
    assert _payloads(tmp_path) == [b"{}", *payloads]


@pytest.mark.parametrize("mapped", [True, False])
def test_no_descriptor_stays_open(mapped: bool, tmp_path: Path) -> None:
    def numbers() -> list[str]:
        return sorted(os.listdir("/proc/self/fd"))

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not list descriptors")
    before = numbers()
    writer = _writer(tmp_path, mapped=mapped)
    for _ in range(100):
        writer.send(encode(b"r", 2, b"x" * 10_000))
    assert numbers() == before


def test_a_number_that_others_use_is_not_closed_when_a_writer_goes(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    held = [os.open(tmp_path, os.O_RDONLY) for _ in range(20)]
    writer.forked()
    del writer
    for number in held:
        os.close(number)


def test_after_a_fork_the_next_event_begins_a_file(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    writer.forked()
    assert len(list(tmp_path.glob("*.events"))) == 1
    writer.send(encode(b"r", 2, b"/a"))
    found = sorted(decode(file.read_bytes()) for file in tmp_path.glob("*.events"))
    assert found == [[(b"p", 1, b"{}")], [(b"p", 1, b"{}"), (b"r", 2, b"/a")]]


def test_where_a_file_cannot_be_mapped_events_are_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    writer = _writer(tmp_path)
    writer.send(encode(b"r", 2, b"/a"))
    assert _payloads(tmp_path) == [b"{}", b"/a"]


def test_while_there_is_no_descriptor_to_be_had_events_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = _writer(tmp_path)
    big = b"x" * (1 << 15)

    def refuse(*_: object) -> int:
        raise OSError(24, "too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        writer.send(encode(b"r", 2, big))
    writer.send(encode(b"r", 3, b"/after"))
    assert [payload[:6] for payload in _payloads(tmp_path)] == [b"{}", b"xxxxxx", b"/after"]


def test_an_event_that_comes_while_one_is_written_waits_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = _writer(tmp_path)
    inner = encode(b"w", 3, b"/from-a-signal-handler")
    reserve = os.posix_fallocate

    def interrupted(fd: int, offset: int, length: int) -> None:
        writer.send(inner)
        reserve(fd, offset, length)

    monkeypatch.setattr(os, "posix_fallocate", interrupted)
    writer.send(encode(b"r", 2, b"x" * (1 << 15)))
    assert [payload[:5] for payload in _payloads(tmp_path)] == [b"{}", b"xxxxx", b"/from"]


def test_once_it_is_mute_nothing_is_written_or_kept(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "gone"), lambda: _HELLO, mapped=True)
    writer.begin()
    assert writer.muted
    for _ in range(module._MOST_WAITING * 2):
        writer.send(b"r 1 /a\0")
    assert not (tmp_path / "gone").exists()
