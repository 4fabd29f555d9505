"""The gits that hooks are tested with: the installed one, and one that takes hooks from its configuration."""

import os
import shutil
import subprocess
from typing import Literal

import pytest

from support.repo import git_makes

Kind = Literal["hook files", "config hooks"]
KINDS: tuple[Kind, ...] = ("hook files", "config hooks")

VARIABLE = "GITPROV_TEST_GIT"
"""Names a git program, 2.54 or newer, for tests on a machine whose own git is older."""


def use_git(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a git of this kind first on PATH, or skip the test where there is none."""
    installed = shutil.which("git")
    for program in filter(None, (installed, os.environ.get(VARIABLE))):
        if (_version(program) >= (2, 54)) == (kind == "config hooks"):
            if program != installed:
                monkeypatch.setenv("PATH", os.path.dirname(program), prepend=os.pathsep)
            return
    pytest.skip(f"no git with {kind} here; {VARIABLE} can name one")


def use_reftable_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a git that makes reftable repositories first on PATH, or skip the test where there is none."""
    program = os.environ.get(VARIABLE, "")
    if not git_makes("reftable") and program:
        monkeypatch.setenv("PATH", os.path.dirname(program), prepend=os.pathsep)
    if not git_makes("reftable"):
        pytest.skip(f"no git that makes reftable repositories here; {VARIABLE} can name one")


def _version(program: str) -> tuple[int, ...]:
    words = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.split()
    return tuple(int(part) for part in words[2].split(".")[:2])
