"""The real program in a process of its own, as a shell would start it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PATIENCE = 120
"""Seconds after which a command that hangs is a failure."""


class Outcome(NamedTuple):
    """How a program ended: its exit status (negative: the signal), and all it said."""

    status: int
    stdout: str
    stderr: str


def git_prov(
    *args: str | Path,
    cwd: Path,
    env: Mapping[str, str | None] | None = None,
    stdin: str = "",
) -> Outcome:
    """Run `git prov` with `args` in `cwd`; `env` is laid over the sealed environment, `None` takes a name out."""
    return run_program("git", "prov", *args, cwd=cwd, env=env, stdin=stdin)


def run_program(
    *argv: str | Path,
    cwd: Path,
    env: Mapping[str, str | None] | None = None,
    stdin: str = "",
) -> Outcome:
    """Run any program the same way. Bytes that are not UTF-8 come back as surrogates, as from `os.fsdecode`."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=laid_over(os.environ, env or {}),
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    return Outcome(done.returncode, _text(done.stdout), _text(done.stderr))


def laid_over(environ: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return `environ` with `changes` made to it: a value set, or, where it is `None`, the name taken out."""
    return {name: value for name, value in {**environ, **changes}.items() if value is not None}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
