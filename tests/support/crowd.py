"""Many real programs at once, and what must be true of a repository after them."""

import json
import os
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from support.program import git_prov
from support.repo import RepoBuilder

PATIENCE = 900
"""Seconds after which a crowd that does not come to an end is a failure."""


class Shell(NamedTuple):
    """A line of shell, and where it is run."""

    line: str
    cwd: Path


def at_once(shells: Sequence[Shell]) -> list[tuple[int, str]]:
    """Run lines of shell side by side; returns the status of each and all it said, in their order."""
    started = [
        subprocess.Popen(
            ["sh", "-c", line], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for line, cwd in shells
    ]
    said = [process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace") for process in started]
    return [(process.returncode, text) for process, text in zip(started, said, strict=True)]


def listed(cwd: Path) -> list[str]:
    """The ids of all runs that `git prov ls --json` shows in a clone."""
    done = git_prov("ls", "--json", cwd=cwd)
    assert done.status == 0, done.stderr
    runs: list[dict[str, Any]] = json.loads(done.stdout)["runs"]
    return sorted(run["id"] for run in runs)


def noted(repo: RepoBuilder, ref: str = "refs/notes/prov") -> list[str]:
    """The ids of all runs in the notes view, which must be the TOML it promises to be."""
    found = []
    for line in repo.git("notes", f"--ref={ref}", "list").splitlines():
        note = tomllib.loads(repo.git("cat-file", "blob", line.split(" ")[0]))
        found += [run["id"] for run in note["run"]]
    return sorted(found)


def assert_sound(repo: RepoBuilder) -> None:
    """Fail unless git finds the repository whole, and nothing of ours waits or is left behind in it."""
    repo.fsck()
    common = Path(repo.git("rev-parse", "--path-format=absolute", "--git-common-dir"))
    assert os.listdir(common / "prov/journal") == []
    # A copy of the index that was in the making has a name of its own: it is in nobody's way, and swept up later.
    in_the_way = (path for path in common.rglob("*.lock") if common / "prov/tmp" not in path.parents)
    assert [str(path) for path in in_the_way if path.is_file()] == []
