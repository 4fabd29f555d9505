import json
import os
import select
import signal
import threading
from pathlib import Path

import pytest

from gitprov.errors import ProvError
from gitprov.replay.environment import entry
from gitprov.replay.environment.entry import SEAL, Left, Seal
from gitprov.replay.environment.running import run

DAY = 86_400.0
FACTS = Seal("3.11.7", ("a==1.0",), (Left("b", "it could not be built"),))


def made(cache: Path, name: str, *, whole: bool = True) -> Path:
    """Return an environment of one file in a cache."""
    directory = Path(entry.vacant(str(cache), name))
    lock = entry.begin(str(directory))
    directory.joinpath("a.py").write_text("x")
    if whole:
        entry.finish(str(directory), FACTS)
    os.close(lock)
    return directory


def silent(_: str) -> None:
    pass


def test_what_is_finished_is_found_with_what_was_written_of_it(tmp_path: Path) -> None:
    directory = made(tmp_path, "k")

    assert entry.find(str(tmp_path), "k") == (str(directory), FACTS)
    assert sorted(os.listdir(directory)) == ["a.py", SEAL]


def test_what_is_not_finished_is_never_found_and_swept(tmp_path: Path) -> None:
    made(tmp_path, "k", whole=False)
    assert entry.find(str(tmp_path), "k") is None

    entry.sweep(str(tmp_path), 0.0)

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("change", ["edit", "add", "remove", "seal"])
def test_what_was_changed_since_is_not_found(tmp_path: Path, change: str) -> None:
    directory = made(tmp_path, "k")
    if change == "edit":
        os.utime(directory / "a.py", ns=(1, 1))
    elif change == "add":
        (directory / "evil.pth").write_text("import os")
    elif change == "remove":
        (directory / "a.py").unlink()
    else:
        (directory / SEAL).write_text(json.dumps([1]))

    assert entry.find(str(tmp_path), "k") is None
    assert entry.vacant(str(tmp_path), "k") == f"{directory}-1"


def test_compiled_files_are_no_change(tmp_path: Path) -> None:
    directory = made(tmp_path, "k")
    (directory / "__pycache__").mkdir()
    (directory / "__pycache__/a.pyc").write_bytes(b"x")

    assert entry.find(str(tmp_path), "k") is not None


def test_the_newest_of_a_name_counts_and_the_others_go_when_they_are_old(tmp_path: Path) -> None:
    older, newer = made(tmp_path, "k"), made(tmp_path, "k")
    found = entry.find(str(tmp_path), "k")
    assert found is not None
    assert found[0] == str(newer)
    used = (older / SEAL).stat().st_mtime

    entry.sweep(str(tmp_path), used + 13 * DAY)
    assert older.exists()
    entry.sweep(str(tmp_path), used + 15 * DAY)

    assert not older.exists()
    assert newer.exists()


def test_what_somebody_is_building_is_not_swept(tmp_path: Path) -> None:
    with entry.hold(str(tmp_path), "k", silent):
        directory = made(tmp_path, "k", whole=False)
        entry.sweep(str(tmp_path), 0.0)
        assert directory.exists()


def test_a_lock_is_waited_for_and_goes_when_there_is_nothing_behind_it(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with entry.hold(str(tmp_path), "k", lambda _: waiting.set()):
            order.append("second")

    with entry.hold(str(tmp_path), "k", silent):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(60)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]
    assert os.listdir(tmp_path) == []


def test_a_directory_in_which_somebody_is_building_is_left_alone(tmp_path: Path) -> None:
    directory = tmp_path / "env"
    lock = entry.begin(str(directory))
    with pytest.raises(ProvError, match="being built by another command"):
        entry.begin(str(directory))
    (directory / "half").write_text("")
    os.close(lock)

    os.close(entry.begin(str(directory)))

    assert os.listdir(directory) == [entry.UNFINISHED]


def test_a_program_ends_with_all_it_started_when_we_are_interrupted(tmp_path: Path) -> None:
    script = 'sleep 60 & echo $! > "$1"; kill -INT "$PPID"; wait'
    pid = tmp_path / "pid"

    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", script, "sh", str(pid)], dict(os.environ), cwd=str(tmp_path))

    assert has_ended(int(pid.read_text()))


def test_a_lock_lasts_as_long_as_the_program_that_inherits_it(tmp_path: Path) -> None:
    directory = tmp_path / "env"
    lock = entry.begin(str(directory))
    script = 'sleep 60 & echo $! > "$1"'
    pid = tmp_path / "pid"
    run(["sh", "-c", script, "sh", str(pid)], dict(os.environ), cwd=str(tmp_path), holding=[lock])
    os.close(lock)
    try:
        with pytest.raises(ProvError, match="being built"):
            entry.begin(str(directory))
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


def has_ended(pid: int) -> bool:
    """Tell whether a process that is no child of ours ends, or has ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return select.select([process], [], [], 60)[0] == [process]
    finally:
        os.close(process)
