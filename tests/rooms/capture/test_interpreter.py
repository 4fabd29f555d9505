"""Finding the interpreter of a command: real links and scripts in a directory that stands for the system."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitprov.capture.environment.interpreter import Found, find_interpreter, is_late


class System:
    """A directory with programs, a PATH that leads to them, and a place to stand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cwd = root / "project"
        self.cwd.mkdir()
        self.environ = {"PATH": str(root / "bin"), "HOME": str(root / "home")}

    def program(self, path: str, text: str = "\x7fELF") -> str:
        """Put a program at a place below the root; with a text that begins with `#!`, a script."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755)
        return str(place)

    def find(self, *argv: str, **environ: str) -> Found | None:
        """Look for the interpreter of a command, with more in the environment."""
        everything: Mapping[str, str] = {**self.environ, **environ}
        return find_interpreter(argv, everything, str(self.cwd))


@pytest.fixture
def system(tmp_path: Path) -> System:
    """Return a system that has nothing yet but an interpreter on its PATH."""
    system = System(tmp_path)
    system.program("bin/python3")
    return system


def test_a_named_interpreter_is_the_one_on_path(system: System) -> None:
    system.program("bin/python3.11")
    assert system.find("python3.11", "train.py") == Found(str(system.root / "bin/python3.11"), "command")


def test_a_path_is_taken_from_where_the_command_starts(system: System) -> None:
    path = system.program("project/.venv/bin/python")
    assert system.find(".venv/bin/python", "train.py") == Found(path, "command")


def test_a_link_into_a_virtual_environment_is_not_resolved(system: System) -> None:
    link = system.root / "project/.venv/bin/python"
    link.parent.mkdir(parents=True)
    link.symlink_to(system.root / "bin/python3")
    assert system.find("./.venv/bin/python", "-m", "train") == Found(str(link), "command")


@pytest.mark.parametrize(
    "line",
    ["#!{python}", "#! {python} -u", "#!/usr/bin/env {python}", "#!/usr/bin/env -S {python} -u"],
)
def test_a_script_runs_in_the_interpreter_of_its_first_line(system: System, line: str) -> None:
    python = system.program("venv/bin/python")
    system.program("bin/train", line.format(python=python) + "\nprint()\n")
    assert system.find("train") == Found(python, "script")


@pytest.mark.parametrize(
    "second",
    ['\'\'\'exec\' "{python}" "$0" "$@"', "'''exec' '{python}' \"$0\" \"$@\"", "'''exec' {python} \"$0\" \"$@\""],
)
def test_a_script_with_a_long_first_line_hands_over_in_its_second(system: System, second: str) -> None:
    python = system.program("venv/bin/python")
    system.program("bin/train", f"#!/bin/sh\n{second.format(python=python)}\n' '''\n")
    assert system.find("train") == Found(python, "script")


def test_a_script_that_can_be_moved_runs_in_the_interpreter_beside_it(system: System) -> None:
    python = system.program("venv/bin/python")
    second = """'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@\""""
    script = system.program("venv/bin/train", f"#!/bin/sh\n{second}\n' '''\n")
    assert system.find(script) == Found(python, "script")


@pytest.mark.parametrize(
    "command",
    [
        "env X=1 Y=2 {python} a.py",
        "env -u HOME -S '{python} -u' a.py",
        "nice -n 10 {python} a.py",
        "nohup {python} a.py",
        "timeout -k 5 10 {python} a.py",
        "time -p nice nohup {python} a.py",
        "mpirun -np 4 --bind-to none {python} a.py",
        "srun --gres=gpu:1 {python} a.py",
        "bash -c 'cd data && X=1 {python} a.py | tee log'",
        "sh -ec 'make data; ({python} a.py)'",
        "bash -c '{python} a.py; echo \\'",
    ],
)
def test_launchers_and_shell_lines_are_looked_through(system: System, command: str) -> None:
    python = system.program("venv/bin/python")
    assert system.find(*shlex.split(command.format(python=python))) == Found(python, "argument")


def test_a_launcher_that_is_a_python_script_runs_in_its_own_interpreter(system: System) -> None:
    python = system.program("venv/bin/python3")
    system.program("bin/torchrun", f"#!{python}\n")
    assert system.find("torchrun", "--nproc=2", "python3", "train.py") == Found(python, "script")


def test_a_wrapped_script_is_found_by_its_first_line(system: System) -> None:
    python = system.program("venv/bin/python3")
    system.program("bin/pytest", f"#!{python}\n")
    assert system.find("timeout", "5", "pytest", "-q") == Found(python, "script")


def test_env_can_change_where_programs_are_found(system: System) -> None:
    python = system.program("other/python3")
    assert system.find("env", f"PATH={system.root}/other", "python3") == Found(python, "argument")


def test_activating_an_environment_in_a_shell_line_counts(system: System) -> None:
    python = system.program("project/.venv/bin/python")
    assert system.find("bash", "-c", "source .venv/bin/activate && python3 a.py") == Found(python, "argument")


@pytest.mark.parametrize("manager", ["uv", "pdm", "poetry", "pipenv"])
def test_a_project_manager_uses_the_environment_of_the_project(system: System, manager: str) -> None:
    python = system.program("project/.venv/bin/python")
    system.cwd = system.root / "project/deep/down"
    system.cwd.mkdir(parents=True)
    assert system.find(manager, "run", "python", "a.py") == Found(python, "project")


def test_the_managers_own_ways_of_naming_an_environment_count(system: System) -> None:
    python = system.program("elsewhere/bin/python")
    elsewhere = str(system.root / "elsewhere")
    assert system.find("uv", "run", "a.py", UV_PROJECT_ENVIRONMENT=elsewhere) == Found(python, "project")
    assert system.find("poetry", "run", "a.py", VIRTUAL_ENV=elsewhere) == Found(python, "project")
    system.program("other/.venv/bin/python")
    found = system.find("uv", "run", "--directory", "../other", "a.py")
    assert found == Found(str(system.root / "other/.venv/bin/python"), "project")


def test_a_manager_that_keeps_environments_elsewhere_leaves_only_path(system: System) -> None:
    python = system.program("venv/bin/python")
    system.program("bin/hatch", f"#!{python}\n")
    assert system.find("hatch", "run", "train") == Found(str(system.root / "bin/python3"), "PATH")


def test_launchers_that_may_change_the_environment_are_told_apart() -> None:
    assert is_late(["uv", "run", "a.py"])
    assert is_late(["timeout", "5", "/usr/bin/pixi", "run", "a.py"])
    assert not is_late(["python", "a.py"])
    assert not is_late(["poetry", "run", "a.py"])


def test_conda_finds_environments_by_name_and_by_place(system: System) -> None:
    conda = system.program("miniconda/bin/conda", "#!/usr/bin/env python3\n")
    base = system.program("miniconda/bin/python")
    named = system.program("miniconda/envs/ml/bin/python")
    own = system.program("home/.conda/envs/mine/bin/python")
    placed = system.program("project/env/bin/python")
    for options, expected in (
        (["-n", "ml"], named), (["--name=mine"], own), (["-p", "./env"], placed), (["-n", "base"], base),
    ):  # fmt: skip
        assert system.find(conda, "run", *options, "python", "a.py") == Found(expected, "project")


def test_a_pyenv_shim_leads_to_the_chosen_version(system: System) -> None:
    shim = system.program("pyenv/shims/python3", "#!/bin/sh\n")
    old = system.program("pyenv/versions/3.10.1/bin/python3")
    new = system.program("pyenv/versions/3.12.0/bin/python3")
    (system.root / "pyenv/version").write_text("3.10.1\n")
    path = os.path.dirname(shim) + ":" + system.environ["PATH"]
    assert system.find("python3", PATH=path) == Found(old, "command")
    (system.root / "project/.python-version").write_text("# ours\n3.12.0\n")
    assert system.find("python3", PATH=path) == Found(new, "command")
    assert system.find("python3", PATH=path, PYENV_VERSION="3.10.1:3.12.0") == Found(old, "command")
    assert system.find("python3", PATH=path, PYENV_VERSION="system") == Found(
        str(system.root / "bin/python3"), "command"
    )
    assert system.find("python3", PATH=path, PYENV_VERSION="3.13") == Found(shim, "command")


def test_a_command_that_says_nothing_of_python_gets_the_first_on_path(system: System) -> None:
    system.program("bin/simulate")
    first = Found(str(system.root / "bin/python3"), "PATH")
    assert system.find("simulate", "--n", "3") == first
    assert system.find("make", "all") == first
    assert system.find("no-such-program") == first
    assert system.find() == first


def test_an_active_environment_counts_where_path_has_no_python(system: System) -> None:
    python = system.program("venv/bin/python")
    prefix = str(system.root / "venv")
    assert system.find("true", PATH="/nowhere", VIRTUAL_ENV=prefix) == Found(python, "PATH")
    assert system.find("true", PATH="/nowhere", CONDA_PREFIX=prefix) == Found(python, "PATH")


def test_where_there_is_no_python_none_is_found(system: System) -> None:
    assert system.find("true", PATH="/nowhere") is None


def test_scripts_that_lead_to_each_other_do_not_lead_on_for_ever(system: System) -> None:
    system.program("bin/a", f"#!{system.root}/bin/b\n")
    system.program("bin/b", f"#!{system.root}/bin/a\n")
    assert system.find("a") == Found(str(system.root / "bin/python3"), "PATH")


def test_a_directory_or_a_plain_file_is_no_program(system: System) -> None:
    (system.root / "bin/python").mkdir()
    (system.root / "project/python").write_text("")
    assert system.find("./python") == Found(str(system.root / "bin/python3"), "PATH")
    assert system.find("python") == Found(str(system.root / "bin/python3"), "PATH")
