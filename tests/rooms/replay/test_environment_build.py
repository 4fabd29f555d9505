"""Environments that are really built, with pip, from wheels of one module each."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gitprov.capture.environment.probe import describe
from gitprov.errors import ProvError
from gitprov.model.environments import Change
from gitprov.replay.environment.build import Built, Place, build, build_in
from gitprov.replay.environment.difference import differences
from gitprov.replay.environment.lock import read
from gitprov.replay.environment.making import installed
from gitprov.replay.environment.plan import RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import plan_environment
from gitprov.replay.environment.world import Choices, World
from support.locks import lock_of, pinned, wheel
from support.repo import RepoBuilder

PROJECT = """\
[project]
name = "own-pkg"
version = "3.0"
[project.scripts]
own = "own_pkg:main"
"""
OWN = {
    "name": "own-pkg",
    "directory": {"path": ".", "editable": True},
    "tool": {"git-prov": {"version": "3.0"}},
}


class Shop(NamedTuple):
    """A machine with a few wheels, and nothing else to be had."""

    world: World
    root: Path
    told: list[str]

    def plan(self, lock: bytes, record: Mapping[str, Any] | None = None, **choices: Any) -> EnvironmentPlan:  # noqa: ANN401
        """Plan with pip; `choices` as in `Choices`."""
        return plan_environment(record or {}, lock, RESTORE, self.world, Choices(installer="pip", **choices))

    def build(self, plan: EnvironmentPlan, place: Place | None = None) -> Built:
        """Build a plan."""
        return build(plan, self.world, time.time(), self.told.append, place or Place())

    @property
    def cached(self) -> list[str]:
        """What stands in the cache."""
        return sorted(os.listdir(self.world.cache)) if os.path.isdir(self.world.cache) else []


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    wheels = tmp_path / "wheels"
    wheel(wheels, "alpha", script=True)
    wheel(wheels, "beta", "2.0")
    environ = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    return Shop(World(environ, str(home), sys.executable), tmp_path, [])


def what_differs(shop: Shop, built: Built, lock: bytes, worktree: Path = Path("/nowhere")) -> list[Change]:
    """Return how an environment, recorded as it is now, differs from a lock."""
    now = describe(built.python, str(shop.root / "memory"), os.environ, worktree=str(worktree)).lock
    return differences(read(lock), read(now))


def said(*command: str | Path, **environ: str) -> str:
    """Return what a program printed."""
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environ}).stdout


@pytest.mark.slow
def test_an_environment_is_built_once_and_has_what_the_lock_has_and_no_more(shop: Shop) -> None:
    lock = lock_of(pinned("alpha"), pinned("beta", "2.0"))

    first = shop.build(shop.plan(lock))
    second = shop.build(shop.plan(lock))

    assert (first.was_cached, second.was_cached) == (False, True)
    assert first.python == second.python
    assert installed(str(Path(first.python).parents[1])) == {"alpha": "1.0", "beta": "2.0"}
    assert what_differs(shop, first, lock) == []
    assert said(first.python, "-c", "import beta; print(beta.VERSION)") == "2.0\n"
    assert said("alpha", **first.environ) == "1.0\n"


@pytest.mark.slow
def test_an_environment_that_was_changed_is_left_alone_and_not_used_again(shop: Shop) -> None:
    plan = shop.plan(lock_of(pinned("alpha")))
    first = shop.build(plan)
    module = next(Path(first.python).parents[1].glob("lib/*/site-packages/alpha.py"))
    module.write_text("VERSION = 'other'\n")

    second = shop.build(plan)

    assert not second.was_cached
    assert said(second.python, "-c", "import alpha; print(alpha.VERSION)") == "1.0\n"
    assert said(first.python, "-c", "import alpha; print(alpha.VERSION)") == "other\n"
    assert shop.build(plan).python == second.python


@pytest.mark.slow
def test_a_package_that_cannot_be_had_is_named_and_nothing_is_left(shop: Shop) -> None:
    with pytest.raises(ProvError, match=r"gamma 7\.1 could not be installed; pip says:\n.*gamma==7\.1") as failed:
        shop.build(shop.plan(lock_of(pinned("alpha"), pinned("gamma", "7.1"))))

    assert "--without gamma" in failed.value.hint
    assert shop.cached == []


@pytest.mark.slow
def test_what_the_run_did_not_import_is_left_out_where_it_cannot_be_had(shop: Shop) -> None:
    record = {"environment": {"used": ["alpha"]}}
    lock = lock_of(pinned("alpha"), pinned("gamma", "7.1"))

    first = shop.build(shop.plan(lock, record))
    second = shop.build(shop.plan(lock, record))

    assert [one.what for one in first.deviations] == [
        "gamma is left out: no release or wheel of it for this Python was found; the run did not import it"
    ]
    assert second.was_cached
    assert second.deviations == first.deviations


@pytest.mark.slow
def test_a_file_with_another_hash_is_not_installed(shop: Shop) -> None:
    wheels = [{"name": "alpha-1.0-py3-none-any.whl", "hashes": {"sha256": "ab" * 32}}]

    with pytest.raises(ProvError, match=r"alpha 1\.0 could not be installed") as failed:
        shop.build(shop.plan(lock_of(pinned("alpha", wheels=wheels)), {"environment": {"used": ["beta"]}}))

    assert failed.value.hint.startswith("it is not the file that was recorded")
    assert shop.cached == []


@pytest.mark.slow
def test_an_interrupt_leaves_nothing(shop: Shop) -> None:
    def interrupt(words: str) -> None:
        if words.startswith("installing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(shop.plan(lock_of(pinned("alpha"))), shop.world, time.time(), interrupt)

    assert shop.cached == []


@pytest.mark.slow
def test_the_repositorys_own_package_stands_on_top_and_the_shared_environment_knows_nothing_of_it(
    shop: Shop, repo: RepoBuilder
) -> None:
    repo.write("pyproject.toml", PROJECT)
    repo.write("src/own_pkg/__init__.py", "import alpha\n\n\ndef main():\n    print('own', alpha.VERSION)\n")
    lock = lock_of(pinned("alpha"), OWN)
    overlay = shop.root / "overlay"

    built = shop.build(shop.plan(lock), Place(str(repo.path), str(overlay)))

    assert said("own", **built.environ) == "own 1.0\n"
    assert said("alpha", **built.environ) == "1.0\n"
    code = "import importlib.metadata as m, own_pkg; print(m.version('own-pkg'), own_pkg.__file__)"
    assert said(built.python, "-c", code) == f"3.0 {repo.path}/src/own_pkg/__init__.py\n"
    assert what_differs(shop, built, lock, repo.path) == []
    (shared,) = [name for name in shop.cached if not name.endswith(".lock")]
    assert installed(os.path.join(shop.world.cache, shared)) == {"alpha": "1.0"}
    assert list(Path(shop.world.cache).rglob("*own_pkg*")) == []


@pytest.mark.slow
def test_a_repository_at_a_commit_is_built_where_that_is_allowed(shop: Shop, repo: RepoBuilder) -> None:
    # Its build backend stands in the repository itself, so that nothing has to be fetched to build it.
    backend = """\
import zipfile

def build_wheel(directory, settings=None, metadata=None):
    with zipfile.ZipFile(f"{directory}/delta-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("delta.py", "VALUE = 1")
        wheel.writestr("delta-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: delta\\nVersion: 1.0\\n")
        wheel.writestr("delta-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("delta-1.0.dist-info/RECORD", "delta.py,,\\n")
    return "delta-1.0-py3-none-any.whl"
"""
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    commit = repo.commit("delta", {"backend.py": backend, "pyproject.toml": system})
    repo.commit("later", {"backend.py": "raise SystemExit('the wrong commit')"})
    source = {"type": "git", "url": repo.path.as_uri(), "requested-revision": "v1", "commit-id": commit}
    lock = lock_of({"name": "delta", "vcs": source, "tool": {"git-prov": {"version": "1.0"}}})

    refused = shop.plan(lock)
    allowed = shop.plan(lock, build=True)
    built = shop.build(allowed)

    assert [one.granted for one in (*refused.consents, *allowed.consents)] == [False, True]
    assert refused.missing[0].what == "delta 1.0"
    assert said(built.python, "-c", "import delta; print(delta.VALUE)") == "1\n"
    assert what_differs(shop, built, lock) == []


@pytest.mark.slow
def test_an_environment_of_ones_own_is_built_where_it_is_asked_for(shop: Shop, repo: RepoBuilder) -> None:
    repo.write("pyproject.toml", PROJECT)
    repo.write("own_pkg.py", "def main():\n    print('own')\n")
    directory = shop.root / "mine"

    built = build_in(
        shop.plan(lock_of(pinned("alpha"), OWN)), str(directory), shop.world, shop.told.append, str(repo.path)
    )

    assert built.python == str(directory / "bin/python")
    assert said(directory / "bin/own") == "own\n"
    assert installed(str(directory)) == {"alpha": "1.0", "own-pkg": "3.0"}
    with pytest.raises(ProvError, match="is there already"):
        build_in(shop.plan(lock_of(pinned("alpha"))), str(directory), shop.world, shop.told.append, str(repo.path))
