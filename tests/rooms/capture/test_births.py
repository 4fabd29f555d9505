import os
import time
from pathlib import Path

from gitprov.capture.files.births import birth_ns


def test_a_file_was_made_when_it_was_made_whatever_its_time_stamp_says(tmp_path: Path) -> None:
    before = time.time_ns() - 1_000_000_000
    (tmp_path / "new").touch()
    os.utime(tmp_path / "new", (0, 0))

    born = birth_ns(str(tmp_path / "new"))
    assert born is None or before < born < time.time_ns() + 1_000_000_000  # not every file system keeps it


def test_what_is_not_there_was_never_made(tmp_path: Path) -> None:
    assert birth_ns(str(tmp_path / "none")) is None
