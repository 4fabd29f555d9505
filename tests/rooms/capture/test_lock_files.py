import os
from pathlib import Path

import pytest
from blake3 import blake3

from gitprov.capture.environment.locks import locks


@pytest.mark.parametrize(
    "name",
    [
        *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "conda-lock.yml", "linux.conda-lock.yml"),
        *(
            "environment.yml",
            "environment-gpu.yaml",
            "requirements.txt",
            "requirements-dev.txt",
            "dev-requirements.txt",
        ),
        *("pylock.toml", "pylock.gpu.toml", "renv.lock", "Manifest.toml", "Project.toml"),
    ],
)
def test_a_lock_file_is_recorded_by_its_digest(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("content")
    assert locks(str(tmp_path), str(tmp_path)) == [{"path": name, "digest": f"b3:{blake3(b'content').hexdigest()}"}]


def test_other_files_are_none(tmp_path: Path) -> None:
    for name in ("data.txt", "lock", "my_requirements.md", "environment.py", "pyproject.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "uv.lock").mkdir()
    os.mkfifo(tmp_path / "poetry.lock")
    assert locks(str(tmp_path), str(tmp_path)) == []
    assert locks(str(tmp_path / "gone"), str(tmp_path / "gone")) == []


def test_the_directory_that_the_run_starts_in_counts_beside_the_top(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "uv.lock").write_text("1")
    (tmp_path / "a/renv.lock").write_text("2")
    assert [lock["path"] for lock in locks(str(tmp_path), str(tmp_path / "a"))] == ["a/renv.lock", "uv.lock"]
    assert [lock["path"] for lock in locks(str(tmp_path / "a"), str(tmp_path))] == ["renv.lock"]


def test_the_digest_is_of_what_stands_there_now(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text("1")
    first = locks(str(tmp_path), str(tmp_path))
    stat = (tmp_path / "uv.lock").stat()
    (tmp_path / "uv.lock").write_text("2")
    os.utime(tmp_path / "uv.lock", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert locks(str(tmp_path), str(tmp_path)) != first
