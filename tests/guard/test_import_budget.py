"""Imports are the budget of everything that a person, or git, waits for. Held on sys.modules: a count, not a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.repo import RepoBuilder

HEAVY = frozenset({"pygit2", "pydantic", "rich"})
"""What nothing may load that is called at every prompt, <Tab> or commit."""

UNSEEN = HEAVY | {
    "asyncio",
    "concurrent.futures",
    "dataclasses",
    "importlib.metadata",
    "platform",
    "tempfile",
    "tomllib",
}
"""What `git prov run` may not load either: each of them costs as much as a git call."""

PROGRAM = """
import os, sys
sys.argv = ["git-prov", *sys.argv[2:]]
os._exit = sys.exit  # a run ends its process at once
names = open({names!r}, "w")
try:
    from gitprov.__main__ import main
    status = main()
finally:
    names.write("\\n".join(sys.modules))
sys.exit(status)
"""


def loaded(tmp_path: Path, *args: str, cwd: Path) -> set[str]:
    """Return the modules that `git-prov` with `args` has loaded when it ends."""
    names = tmp_path / "modules"
    program = PROGRAM.format(names=str(names))
    ended = subprocess.run([sys.executable, "-c", program, "--", *args], cwd=cwd, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return set(names.read_text().split())


def test_the_budget_sees_what_is_loaded(tmp_path: Path) -> None:
    # were the probe blind, every other test here would pass
    assert {"gitprov.cli.main", "sys"} <= loaded(tmp_path, "--version", cwd=tmp_path)


def test_the_version_is_told_without_even_the_command_line_library(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--version", cwd=tmp_path).isdisjoint(UNSEEN | {"click"})


@pytest.mark.parametrize("event", ["post-commit", "post-checkout", "post-merge", "post-rewrite", "pre-push"])
def test_a_hook_with_nothing_to_do_loads_nothing_heavy(tmp_path: Path, repo: RepoBuilder, event: str) -> None:
    assert loaded(tmp_path, "hook", event, cwd=repo.path).isdisjoint(HEAVY)


def test_recording_a_run_loads_nothing_heavy_before_or_after_the_child(tmp_path: Path, repo: RepoBuilder) -> None:
    names = loaded(tmp_path, "run", "--", "true", cwd=repo.path)

    assert repo.refs("refs/prov/log"), "nothing was recorded, so nothing was measured"
    assert names.isdisjoint(UNSEEN)


DATA = UNSEEN - {"rich"} | {"click", "hashlib", "rich.console", "urllib.parse"}
"""What the verbs on data that are called most may not load; `rich` itself tells how wide a text is."""


def test_data_that_are_added_are_compared_and_recorded_without_anything_heavy(
    tmp_path: Path, repo: RepoBuilder
) -> None:
    repo.write("data/a.csv", "x,y\n")

    assert loaded(tmp_path, "data", "add", "data", cwd=repo.path).isdisjoint(DATA)
    assert loaded(tmp_path, "data", "add", "data", cwd=repo.path).isdisjoint(DATA)
    assert loaded(tmp_path, "data", "status", cwd=repo.path).isdisjoint(DATA)


def test_records_of_runs_are_judged_once_for_all_that_compare_data(tmp_path: Path, repo: RepoBuilder) -> None:
    repo.write("a.csv", "x,y\n")
    loaded(tmp_path, "run", "-i", "a.csv", "--", "true", cwd=repo.path)

    assert "pydantic" in loaded(tmp_path, "data", "status", cwd=repo.path)
    assert loaded(tmp_path, "data", "status", "a.csv", cwd=repo.path).isdisjoint(DATA)


def test_importing_the_package_loads_nothing_but_itself() -> None:
    program = "import sys; before = set(sys.modules); import gitprov; print(*sorted(set(sys.modules) - before))"
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    foreign = {name for name in asked.stdout.split() if name.partition(".")[0] != "gitprov"}
    assert foreign.isdisjoint(UNSEEN | {"click", "subprocess"})
