import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.seal import sealed


def test_the_persons_own_git_settings_do_not_get_in() -> None:
    foreign = {"GIT_DIR": "/elsewhere", "GIT_PROV_RUN": "a" * 32, "GIT_AUTHOR_NAME": "Somebody", "PATH": "/usr/bin"}

    inside = sealed(foreign, Path("/home/test"), Path("/home"))

    assert inside.keys().isdisjoint(foreign.keys() - {"PATH"})


@pytest.mark.parametrize("name", ["NO_COLOR", "FORCE_COLOR", "PYTHONHASHSEED", "LANG", "LC_TIME", "SLURM_PROCID", "CI"])
def test_what_would_change_an_answer_is_taken_out(name: str) -> None:
    assert name not in sealed({name: "1"}, Path("/home/test"), Path("/home"))


def test_what_the_machine_needs_stays() -> None:
    assert sealed({"TMPDIR": "/scratch"}, Path("/home/test"), Path("/home"))["TMPDIR"] == "/scratch"


def test_the_programs_of_the_tests_environment_come_first_and_once() -> None:
    scripts = os.path.dirname(sys.executable)

    path = sealed({"PATH": f"/usr/bin:{scripts}:/bin"}, Path("/home/test"), Path("/home"))["PATH"]

    assert path.split(":") == [scripts, "/usr/bin", "/bin"]


def test_a_test_stands_in_an_empty_home_outside_any_repository(home: Path) -> None:
    assert Path.cwd() == home == Path(os.environ["HOME"])
    assert subprocess.run(["git", "rev-parse"], capture_output=True, check=False).returncode == 128


def test_git_sees_the_sealed_configuration_and_no_other(home: Path) -> None:
    asked = subprocess.run(
        ["git", "config", "--list", "--show-origin", "--name-only"], capture_output=True, text=True, check=True
    )

    assert {line.split("\t")[0] for line in asked.stdout.splitlines()} == {f"file:{home}/.gitconfig"}


def test_libgit2_sees_the_sealed_configuration_too() -> None:
    # in a process of its own: this one may not have loaded libgit2, and must not because of this test
    program = (
        "import pygit2, sys; from pathlib import Path; from support.seal import seal_libgit2\n"
        "seal_libgit2(Path(sys.argv[1]))\n"
        "print(pygit2.Config.get_global_config()['user.name'])\n"
        "level = pygit2.enums.ConfigLevel\n"
        "print(*(pygit2.settings.search_path[kind] for kind in (level.GLOBAL, level.SYSTEM)), sep='\\n')"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program, os.environ["HOME"]],
        env={**os.environ, "HOME": "/nowhere", "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout.splitlines() == ["Ana Lima", os.environ["HOME"], f"{os.environ['HOME']}/no-template"]
