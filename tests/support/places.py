"""Repositories as the tools for large files leave them, and what is asked of them."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitprov.artifacts.elsewhere.fetching import fetch
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.repo import Repo
from support.program import laid_over


def world(path: Path, env: Mapping[str, str | None] | None = None) -> World:
    """Open the world of a repository, in the test's own environment."""
    environ = laid_over(os.environ, env or {})
    return World(Repo.open(str(path), environ), environ)


def without_programs(tmp_path: Path) -> dict[str, str | None]:
    """Return an environment with git on its PATH, and nothing else."""
    directory = tmp_path / "only-git"
    directory.mkdir(exist_ok=True)
    git = shutil.which("git")
    assert git
    if not (directory / "git").exists():
        (directory / "git").symlink_to(git)
    return {"PATH": str(directory)}


def brought(location: Location, content: bytes, target: Path, where: World) -> bytes:
    """Fetch the bytes that `content` says are meant, and return what came."""
    fetch(location, digest_bytes(content), str(target), where)
    return target.read_bytes()


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")
