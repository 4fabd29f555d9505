"""Files that have not changed for a while are handed over many at a time; what is found is the same as one by one."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitprov.artifacts.scan import Scanned, scan
from gitprov.artifacts.scan.jobs import Jobs
from gitprov.artifacts.scan.tree import Walk
from support.scanned import grown

Grow = Callable[[Path], object]


def scanned(root: Path, *, later: int, workers: int = 2) -> tuple[Scanned, dict[str, bytes]]:
    """Scan as if it were some seconds later."""
    listings: dict[str, bytes] = {}
    found = scan(str(root), sink=listings.__setitem__, workers=workers, clock=lambda: time.time() + later)
    return found, listings


def plain(root: Path) -> None:
    grown(root, {f"{number % 3}/{number:05d}.bin": b"%d" % number for number in range(5000)})


def of_many_sizes(root: Path) -> None:
    grown(root, {f"{number:03d}": os.urandom(number * 1500) for number in range(400)})


def with_long_names(root: Path) -> None:
    grown(root, {f"{number:03d}{'x' * 240}": b"%d" % number for number in range(500)})


def with_a_directory(root: Path) -> None:
    grown(root, {f"d/{number}": b"%d" % number for number in range(300)} | {"d/150a/x": b"1"})


def with_a_link(root: Path) -> None:
    plain(root)
    (root / "1/link").symlink_to("00001.bin")
    (root / "1/out").symlink_to("../../elsewhere")


def with_two_names(root: Path) -> None:
    plain(root)
    os.link(root / "1/00001.bin", root / "1/other")


def with_an_executable(root: Path) -> None:
    plain(root)
    (root / "1/00001.bin").chmod(0o755)


def with_a_pipe(root: Path) -> None:
    plain(root)
    os.mkfifo(root / "1/pipe")


def with_a_name_to_quote(root: Path) -> None:
    plain(root)
    (root / "1/a b\nc").write_bytes(b"1")


def with_a_name_that_is_refused(root: Path) -> None:
    plain(root)
    (root / "1/a:b").write_bytes(b"1")
    (root / "1/..con").write_bytes(b"1")


def with_a_large_file(root: Path) -> None:
    plain(root)
    (root / "1/large").write_bytes(os.urandom(3 << 20))


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize(
    "grow",
    [
        plain,
        of_many_sizes,
        with_long_names,
        with_a_directory,
        with_a_link,
        with_two_names,
        with_an_executable,
        with_a_pipe,
        with_a_name_to_quote,
        with_a_name_that_is_refused,
        with_a_large_file,
    ],
)
def test_it_is_as_if_they_were_handed_over_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grow: Grow, workers: int
) -> None:
    grow(tmp_path)
    at_once = scanned(tmp_path, later=60, workers=workers)
    monkeypatch.setattr(Walk, "_all_read", lambda *_: False)
    assert at_once == scanned(tmp_path, later=60, workers=workers)


def test_what_was_changed_a_moment_ago_is_looked_at_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(tmp_path)
    handed: list[int] = []
    add_all = Jobs.add_all

    def counted(jobs: Jobs, directory: object, begin: int, rows: list[bytes], sizes: list[int]) -> None:
        handed.append(len(rows))
        add_all(jobs, directory, begin, rows, sizes)  # type: ignore[arg-type]

    monkeypatch.setattr(Jobs, "add_all", counted)
    scanned(tmp_path, later=0)
    assert handed == []
    scanned(tmp_path, later=60)
    assert sum(handed) == 5000
