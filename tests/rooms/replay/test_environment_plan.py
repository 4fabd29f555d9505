import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitprov.errors import ProvError
from gitprov.replay.environment.build import build
from gitprov.replay.environment.plan import CONTAINER, CURRENT, RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import plan_environment
from gitprov.replay.environment.world import Choices, World
from support.locks import VERSION, lock_of, pinned
from support.repo import RepoBuilder

COMMIT = "42145eb087c78fcb5e5055a3f43a5a559bfd6aff"
MINOR = ".".join(VERSION.split(".")[:2])


def world(**environ: str) -> World:
    return World({**os.environ, **environ}, str(Path.cwd()), sys.executable)


def plan(
    lock: bytes | None,
    environment: Mapping[str, Any] | None = None,
    how: str = RESTORE,
    **choices: Any,  # noqa: ANN401
) -> EnvironmentPlan:
    record = {"command": ["python", "train.py"], "environment": environment or {}}
    return plan_environment(record, lock, how, world(), Choices(installer="pip")._replace(**choices))


def editable(path: str) -> dict[str, Any]:
    return {"name": "lib", "directory": {"path": path, "editable": True}, "tool": {"git-prov": {"version": "0.1"}}}


def test_the_recorded_python_is_found_and_nothing_deviates() -> None:
    found = plan(lock_of(pinned("a"), pinned("b")))

    assert found.refused == ""
    assert found.recipe is not None
    assert found.recipe.interpreter is not None
    assert found.recipe.interpreter.version == VERSION
    assert (found.deviations, found.missing, found.consents) == ((), (), ())
    assert "install 2 packages with pip" in found.steps[1]


def test_another_patch_of_python_is_named() -> None:
    found = plan(lock_of(python=f"{MINOR}.99"))

    assert found.recipe is not None
    assert found.recipe.interpreter is not None
    assert [one.what for one in found.deviations] == [
        f"Python {found.recipe.interpreter.version} instead of {MINOR}.99"
    ]


def test_another_minor_version_of_python_is_refused_with_a_way_out() -> None:
    found = plan(lock_of(python="3.99.1"))

    assert found.refused == "Python 3.99 is not on this machine; recorded was 3.99.1"
    assert "--env current" in found.hint
    with pytest.raises(ProvError, match=r"3\.99"):
        build(found, world(), 0.0, lambda _: None)


def test_another_implementation_is_not_taken_for_it() -> None:
    assert plan(lock_of(implementation="nosuchpython")).refused.startswith("nosuchpython of Python")


def test_another_platform_is_named_with_what_it_means() -> None:
    lock = lock_of().replace(b"sys_platform == '" + sys.platform.encode(), b"sys_platform == 'plan9")
    found = plan(lock, {"platform": "plan9-mips"})

    assert found.deviations[0].what.endswith("instead of plan9-mips: other builds of the same versions are installed")


@pytest.mark.parametrize(("digest", "why"), [("b3:" + "ab" * 32, "not in this clone"), ("", "has no lock")])
def test_without_a_lock_it_is_refused(digest: str, why: str) -> None:
    assert why in plan(None, {"digest": digest}).refused


def test_a_lock_that_is_none_is_refused_in_words() -> None:
    assert plan(b"not = [toml").refused.startswith("the lock cannot be read")


def test_what_the_record_says_of_indexes_is_mentioned_and_not_followed() -> None:
    found = plan(lock_of(pinned("a", index="https://evil.example/simple"), {"name": "--index-url=x", "version": "1"}))

    assert found.notes == (
        "the lock names the index https://evil.example/simple: it is not used",
        "refused in the lock: --index-url=x is no package's name",
    )
    assert found.recipe is not None
    assert found.recipe.requirements.lines() == ["a==1.0"]


def test_a_package_from_an_address_needs_consent() -> None:
    source = {"type": "git", "url": "https://host.example/lib", "commit-id": COMMIT}
    wheel = {"url": "https://host.example/w-1.0-py3-none-any.whl", "hashes": {}}
    lock = lock_of({"name": "lib", "vcs": source}, pinned("w", archive=wheel))

    refused, granted = plan(lock), plan(lock, build=True)

    assert [one.what for one in refused.consents] == [
        f"build lib from https://host.example/lib at commit {COMMIT[:10]}",
        "install w from https://host.example/w-1.0-py3-none-any.whl",
    ]
    assert [one.what for one in refused.missing] == ["lib", "w 1.0"]
    assert granted.missing == ()
    assert refused.recipe is not None
    assert granted.recipe is not None
    assert refused.recipe.requirements.lines() == []
    assert len(granted.recipe.requirements.lines()) == 2


def test_an_editable_package_elsewhere_comes_from_its_recorded_commit() -> None:
    tree = {"name": "lib", "commit": COMMIT, "remote": "https://host.example/lib", "dirty": True}
    found = plan(lock_of(editable("/nowhere/lib")), {"editable": [tree]}, build=True)

    assert found.recipe is not None
    assert found.recipe.requirements.lines() == [f"lib @ git+https://host.example/lib@{COMMIT}"]
    assert found.deviations[0].what == ("lib had changes in /nowhere/lib that were not committed: they cannot be had")


def test_an_editable_package_is_taken_from_a_repository_here_that_has_its_commit(repo: RepoBuilder) -> None:
    tree = {"name": "lib", "commit": repo.head, "remote": "https://host.example/lib"}
    found = plan(lock_of(editable(str(repo.path))), {"editable": [tree]}, build=True)

    assert found.recipe is not None
    assert found.recipe.requirements.lines() == [f"git+{repo.path.as_uri()}@{repo.head}#egg=lib"]


@pytest.mark.parametrize(
    ("tree", "used", "why", "means"),
    [
        ({}, ["lib"], "whose commit was not recorded", "the run imported it and will most likely fail"),
        ({"commit": "main"}, ["other"], "whose commit was not recorded", "the run did not import it"),
        ({"commit": COMMIT}, [], "is not on this machine", "where the run needs it, it will fail"),
        ({"commit": COMMIT, "remote": "ext::sh -c evil"}, [], "is not on this machine", "where the run needs it"),
    ],
)
def test_an_editable_package_that_cannot_be_had_is_said_with_what_it_means(
    tree: dict[str, Any], used: list[str], why: str, means: str
) -> None:
    found = plan(lock_of(editable("/nowhere/lib")), {"editable": [{"name": "lib", **tree}], "used": used}, build=True)

    assert [one.what for one in found.missing] == ["lib 0.1"]
    assert why in found.missing[0].why
    assert found.missing[0].means.startswith(means)


def test_what_only_conda_has_is_missing_and_what_it_shares_is_taken_elsewhere() -> None:
    conda = ["https://host/linux-64/libblas-3.9.0-20_x.conda", "https://host/linux-64/numpy-1.26.4-py311_0.conda"]
    found = plan(lock_of(pinned("numpy", "1.26.4", tool={"git-prov": {"installer": "conda"}}), conda=conda))

    assert [one.what for one in found.missing] == ["1 package of conda"]
    assert "numpy" in found.deviations[0].what


def test_what_a_person_leaves_out_is_left_out() -> None:
    found = plan(lock_of(pinned("a"), pinned("b")), without=("b",))

    assert found.recipe is not None
    assert found.recipe.requirements.lines() == ["a==1.0"]
    assert [one.what for one in found.deviations] == ["b is left out, as asked"]


def test_records_of_any_shape_are_planned_without_an_error() -> None:
    for odd in (None, "x", 7, [1], {"a": 1}, [{"name": 1, "commit": [], "remote": {}}]):
        names = ("editable", "used", "others", "platform", "python", "container", "digest")
        for how in (RESTORE, CURRENT, CONTAINER):
            assert plan(lock_of(editable("/x")), dict.fromkeys(names, odd), how).how == how
        assert plan_environment({"environment": odd, "command": odd}, lock_of(), RESTORE, world()).how == RESTORE


def test_the_current_environment_says_what_differs() -> None:
    found = plan(lock_of(pinned("nosuch-package", "3.0"), python="3.1.1"), how=CURRENT)

    assert found.interpreter
    assert any(one.what.startswith("python 3.") and one.kind == "python" for one in found.deviations)
    assert "nosuch-package 3.0 is not installed here" in [one.what for one in found.deviations]


DOCKER = """#!/bin/sh
case "$*" in
  "image inspect --format {{.Id}} sha256:%(digest)s") exit %(known)d ;;
  images*) echo "sha256:%(digest)s sha256:beef" ;;
  *) exit 9 ;;
esac
"""


@pytest.mark.parametrize(("known", "image"), [(0, "sha256:" + "ab" * 32), (1, "sha256:beef")])
def test_a_recorded_image_that_is_here_is_used_and_never_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: int, image: str
) -> None:
    digest = "ab" * 32
    engine = tmp_path / "docker"
    engine.write_text(DOCKER % {"digest": digest, "known": known})
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    found = plan(None, {"container": f"sha256:{digest}"}, CONTAINER)

    assert found.refused == ""
    assert found.command[:2] == (str(engine), "run")
    assert found.command[-1] == image
    assert "--pull=never" in found.command


@pytest.mark.parametrize("told", ["--privileged", "sif:1234", "evil/image", ""])
def test_what_is_no_digest_of_an_image_is_refused(told: str) -> None:
    assert plan(None, {"container": told}, CONTAINER).refused != ""


def test_nothing_of_the_persons_variables_leads_an_installer_elsewhere() -> None:
    building = world(PIP_TARGET="/x", PYTHONPATH="/y", GIT_DIR="/z", PIP_INDEX_URL="https://mine", GIT_CONFIG_COUNT="0")

    environ = building.building()

    assert not {"PIP_TARGET", "PYTHONPATH", "GIT_DIR"} & environ.keys()
    assert environ["PIP_INDEX_URL"] == "https://mine"
    assert environ["GIT_CONFIG_KEY_0"] == "protocol.ext.allow"
    assert environ["GIT_TERMINAL_PROMPT"] == "0"
