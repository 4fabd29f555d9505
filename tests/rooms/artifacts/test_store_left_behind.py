"""What is not kept leaves neither files under `tmp/` nor a changed mode."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.scan import scan
from gitprov.artifacts.store import SMALL, Store, sources
from gitprov.artifacts.store.layout import unreadable
from gitprov.artifacts.store.owners import is_left, new_name
from gitprov.errors import ProvError
from support.stores import files_below

LARGE = b"0123456789abcdef" * (SMALL // 16 + 3)


@pytest.fixture
def linking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store that takes files by a second name, whatever the file system can."""
    monkeypatch.setattr(sources, "clone", lambda *_: False)
    return Store(str(tmp_path / "store"), link="hardlink")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_whose_bytes_are_kept_already_stays_writable(linking: Store, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(LARGE)
        (tmp_path / name).chmod(0o664)
        with linking.keeper() as keeper:
            keeper.keep(str(tmp_path / name))

    assert (mode(tmp_path / "first"), (tmp_path / "first").stat().st_nlink) == (0o444, 2)
    assert (mode(tmp_path / "second"), (tmp_path / "second").stat().st_nlink) == (0o664, 1)


def test_a_file_that_is_not_kept_in_the_end_stays_writable(linking: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LARGE)
    (tmp_path / "file").chmod(0o640)
    with pytest.raises(ProvError, match="it changed meanwhile"), linking.keeper() as keeper:
        keeper.keep_file(digest_bytes(b"other"), str(tmp_path / "file"))
    assert mode(tmp_path / "file") == 0o640
    keeper = linking.keeper()
    keeper.keep(str(tmp_path / "file"))
    assert mode(tmp_path / "file") == 0o440
    keeper.abandon()
    assert mode(tmp_path / "file") == 0o640
    assert files_below(tmp_path / "store") == []


@pytest.mark.parametrize("size", [SMALL, 1_000_000])
def test_every_large_file_of_a_directory_is_linked(linking: Store, tmp_path: Path, size: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/large").write_bytes(b"l" * size)
    (tmp_path / "data/small").write_bytes(b"s" * (SMALL - 1))
    with linking.keeper() as keeper:
        scan(str(tmp_path / "data"), keep=keeper, workers=0)

    assert [(tmp_path / "data" / name).stat().st_nlink for name in ("large", "small")] == [2, 1]


_ENDED = """
import os, signal, sys
from gitprov.artifacts.store import Store
store = Store(sys.argv[1])
keeper = store.keeper()
keeper.keep(sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_gone_with_the_next_keeper(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LARGE)
    store = Store(str(tmp_path / "store"))
    command = [sys.executable, "-c", _ENDED, store.root, str(tmp_path / "file")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(files_below(tmp_path / "store")) == 1
    store.keeper().close()
    assert files_below(tmp_path / "store") == []


def test_an_error_takes_along_what_ended_workers_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LARGE)
    store = Store(str(tmp_path / "store"))
    command = [sys.executable, "-c", _ENDED, store.root, str(tmp_path / "file")]
    keeper = store.keeper()
    subprocess.run(command, check=False)
    assert len(files_below(tmp_path / "store")) == 1
    keeper.abandon()
    assert files_below(tmp_path / "store") == []


_WITHOUT_ROOM = """
import resource, sys
from gitprov.artifacts.scan import scan
from gitprov.artifacts.store import Store
from gitprov.errors import ProvError
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    with Store(sys.argv[1]).keeper() as keeper:
        scan(sys.argv[2], keep=keeper, workers=2)
except ProvError as error:
    print(error.message)
"""


def test_on_a_full_disk_the_workers_of_a_scan_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(100):
        (tmp_path / f"data/{number}").write_bytes(b"%04d" % number * 15_000)
    command = [sys.executable, "-c", _WITHOUT_ROOM, str(tmp_path / "store"), str(tmp_path / "data")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert "no room" in done.stdout
    assert files_below(tmp_path / "store") == []


def test_only_files_of_this_machine_are_judged_by_their_process() -> None:
    mine = new_name()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    _, here, rest = mine.split("-")
    elsewhere = "0" * 16

    assert [is_left(mine, is_old=old) for old in (False, True)] == [False, False]
    assert is_left(f"{ended.pid}-{here}-{rest}", is_old=False) == os.path.exists("/proc/sys/kernel/random/boot_id")
    for name in (f"{ended.pid}-{elsewhere}-{rest}", f"{'ab' * 32}.part", "readme"):
        assert [is_left(name, is_old=old) for old in (False, True)] == [False, True]


def test_a_store_that_may_not_be_looked_at_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store/packs").mkdir(parents=True)

    def forbidden(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", forbidden)
        with pytest.raises(ProvError, match="may not be read") as caught:
            Store(str(tmp_path / "store")).missing([digest_bytes(b"")])
        with pytest.raises(ProvError, match="may not be written"):
            Store(str(tmp_path / "store")).workspace()
    assert caught.value.hint == unreadable("", OSError()).hint
