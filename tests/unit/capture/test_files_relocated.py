from pathlib import Path

from gitprov.capture.files.relocated import Relocation, relocate
from gitprov.observer import protocol

HERE = Relocation(b"/their/home/work", b"/srv/place", (b"/their/home/work/.git",))


def test_a_path_below_is_where_it_really_is_and_no_other_one() -> None:
    assert HERE(b"/their/home/work/data/x") == b"/srv/place/data/x"
    assert HERE(b"/their/home/work") == b"/srv/place"
    for path in (b"/their/home/work2/x", b"/their/home", b"/their/home/work/.git/prov/x", b"/usr/lib/x"):
        assert HERE(path) == path


def test_events_are_told_by_where_files_are_and_what_makes_no_sense_stays(tmp_path: Path) -> None:
    events = [
        (protocol.READ, 1, b"/their/home/work/in"),
        (protocol.RENAMED, 2, protocol.pair(b"/their/home/work/a", b"/tmp/b")),
        (protocol.LINKED, 3, b"no pair"),
        (protocol.CONNECTED, 4, b"/their/home/work:1"),
        (protocol.TOLD, 5, b'{"seed": {"python": 1}}'),
    ]
    file = tmp_path / "1-a.events"
    file.write_bytes(b"".join(protocol.encode(*event) for event in events) + b"\0" * 50)  # a mapped file's room
    (tmp_path / "other").write_bytes(b"r 1 /their/home/work/in\0")

    relocate(str(tmp_path), HERE)

    assert protocol.decode(file.read_bytes()) == [
        (protocol.READ, 1, b"/srv/place/in"),
        (protocol.RENAMED, 2, protocol.pair(b"/srv/place/a", b"/tmp/b")),
        *events[2:],
    ]
    assert (tmp_path / "other").read_bytes() == b"r 1 /their/home/work/in\0"
