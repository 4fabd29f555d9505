import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitprov.artifacts.checkout import Done, plan
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.store import SMALL, Damaged, Store
from gitprov.errors import NotFound, ProvError
from support.stores import Listed, Tree, files_below, flip

LARGE = b"large" * SMALL
TREE: Tree = {
    "a.csv": b"a",
    "large": LARGE,
    "run.sh*": b"#!/bin/sh\n",
    "latest": "sub/c",
    "sub": {"c": b"c", "deep": {"d": b"", "name\n": b"odd"}},
}


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    return Listed(Store(str(tmp_path / "store")), TREE)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "away/target"


def test_a_directory_is_written_as_it_was(listed: Listed, target: Path) -> None:
    told: list[int] = []
    made = plan(listed.digest, listed.read, str(target))
    assert (made.files, made.size) == (7, len(LARGE) + 20)
    assert not target.exists()
    assert made.carry_out(listed.fetch, told.append) == Done(7, 0, made.size)
    assert sum(told) == made.size
    assert files_below(target) == ["a.csv", "large", "latest", "run.sh", "sub/c", "sub/deep/d", "sub/deep/name\n"]
    assert (target / "large").read_bytes() == LARGE
    assert (target / "sub/deep/name\n").read_bytes() == b"odd"
    assert os.readlink(target / "latest") == "sub/c"


@pytest.mark.parametrize(("umask", "plain", "executable"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700)])
def test_modes_obey_the_umask(listed: Listed, target: Path, umask: int, plain: int, executable: int) -> None:
    before = os.umask(umask)
    try:
        plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    finally:
        os.umask(before)
    assert stat.S_IMODE((target / "a.csv").stat().st_mode) == plain
    assert stat.S_IMODE((target / "large").stat().st_mode) == plain
    assert stat.S_IMODE((target / "run.sh").stat().st_mode) == executable
    assert stat.S_IMODE((target / "sub").stat().st_mode) == executable


def test_what_is_there_already_is_left(listed: Listed, target: Path) -> None:
    plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    (target / "mine").write_bytes(b"mine")
    (target / "sub/c").unlink()
    before = (target / "large").stat()
    assert plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch) == Done(1, 6, 1)
    assert (target / "large").stat() == before
    assert (target / "mine").read_bytes() == b"mine"


def test_a_file_with_the_same_bytes_gets_its_executable_bit(listed: Listed, target: Path) -> None:
    target.mkdir(parents=True)
    (target / "run.sh").write_bytes(b"#!/bin/sh\n")
    (target / "run.sh").chmod(0o640)
    (target / "a.csv").write_bytes(b"a")
    (target / "a.csv").chmod(0o755)
    plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    assert stat.S_IMODE((target / "run.sh").stat().st_mode) == 0o750
    assert stat.S_IMODE((target / "a.csv").stat().st_mode) == 0o644


def test_force_replaces_files_and_links(listed: Listed, target: Path, tmp_path: Path) -> None:
    target.mkdir(parents=True)
    (tmp_path / "mine").write_bytes(b"mine")
    (target / "a.csv").symlink_to(tmp_path / "mine")
    (target / "large").write_bytes(b"other")
    (target / "latest").write_bytes(b"other")
    plan(listed.digest, listed.read, str(target), force=True).carry_out(listed.fetch)
    assert (target / "a.csv").read_bytes() == b"a"
    assert not (target / "a.csv").is_symlink()
    assert (target / "latest").is_symlink()
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_what_comes_into_the_way_after_the_plan_is_not_touched(listed: Listed, target: Path) -> None:
    made = plan(listed.digest, listed.read, str(target))

    def fetch(entry: Entry, handle: int) -> None:
        (target / os.fsdecode(entry.name)).write_bytes(b"mine")
        listed.fetch(entry, handle)

    with pytest.raises(ProvError, match=r"a\.csv came into the way"):
        made.carry_out(fetch)
    assert (target / "a.csv").read_bytes() == b"mine"
    with pytest.raises(ProvError, match=r"a\.csv came into the way"):
        made.carry_out(listed.fetch)
    assert files_below(target) == ["a.csv"]


def test_a_link_planted_after_the_plan_is_not_followed(listed: Listed, target: Path, tmp_path: Path) -> None:
    made = plan(listed.digest, listed.read, str(target))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def fetch(entry: Entry, handle: int) -> None:
        if entry.name == b"run.sh":
            (target / "sub").symlink_to(elsewhere)
        listed.fetch(entry, handle)

    with pytest.raises(ProvError, match="sub is to be a directory"):
        made.carry_out(fetch)
    assert files_below(elsewhere) == []


def test_damaged_bytes_are_never_delivered(listed: Listed, target: Path) -> None:
    digest = digest_bytes(LARGE)
    flip(Path(listed.store.root, "objects", digest[3:5], digest[5:]), 7)
    with pytest.raises(Damaged, match=digest):
        plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    assert files_below(target) == ["a.csv"]


def test_bytes_of_another_length_are_refused(listed: Listed, target: Path) -> None:
    with pytest.raises(ProvError, match=r"a\.csv came with 3 bytes and not 1"):
        plan(listed.digest, listed.read, str(target)).carry_out(lambda _, handle: os.write(handle, b"abc"))
    assert files_below(target) == []


def test_what_cannot_be_had_leaves_nothing_half_and_is_gone_on_with(listed: Listed, target: Path) -> None:
    made = plan(listed.digest, listed.read, str(target))

    def fetch(entry: Entry, handle: int) -> None:
        if entry.name == b"run.sh":
            os.write(handle, b"#!")
            raise NotFound("nowhere")
        listed.fetch(entry, handle)

    with pytest.raises(NotFound):
        made.carry_out(fetch)
    assert files_below(target) == ["a.csv", "large", "latest"]
    assert made.carry_out(listed.fetch) == Done(4, 3, 14)


_KILLED = """
import os, signal, sys
from pathlib import Path
from gitprov.artifacts.checkout import plan
from gitprov.artifacts.store import Store
root, digest, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = Store(root + "/store")
def fetch(entry, handle):
    global left
    left -= 1
    if left < 0:
        os.write(handle, b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    store.write(entry.digest, handle)
plan(digest, lambda wanted: Path(root, wanted).read_bytes(), root + "/target").carry_out(fetch)
"""


@pytest.mark.parametrize("after", range(5))
def test_killed_at_any_file_it_goes_on_from_there(listed: Listed, tmp_path: Path, after: int) -> None:
    for digest, data in listed.listings.items():
        (tmp_path / digest).write_bytes(data)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), listed.digest, str(after)], check=False)
    assert done.returncode == -9
    target = tmp_path / "target"
    left = [path.name for path in target.rglob("*") if path.name.startswith(".git-prov-")]
    assert len(left) == 1
    told = plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    assert told.left >= after
    assert told.written + told.left == 7
    assert files_below(target) == ["a.csv", "large", "latest", "run.sh", "sub/c", "sub/deep/d", "sub/deep/name\n"]


def test_two_do_not_write_in_one_place_at_once(listed: Listed, target: Path) -> None:
    target.mkdir(parents=True)
    handle = os.open(target, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(ProvError, match="another process is writing"):
            plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    finally:
        os.close(handle)
    assert files_below(target) == []


def test_where_no_second_names_are_had_a_file_is_renamed(
    listed: Listed, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    plan(listed.digest, listed.read, str(target)).carry_out(listed.fetch)
    assert (target / "large").read_bytes() == LARGE


def test_a_directory_of_many_parts_is_written_whole(tmp_path: Path) -> None:
    listed = Listed(Store(str(tmp_path / "store")), {f"{number:04}.txt": b"%d" % number for number in range(1500)})
    made = plan(listed.digest, listed.read, str(tmp_path / "target"))
    assert made.carry_out(listed.fetch).written == 1500
    assert (tmp_path / "target/1234.txt").read_bytes() == b"1234"
