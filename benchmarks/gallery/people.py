"""People who share nothing but a bare repository: one records, another one clones. Each has a HOME of their own."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import Bench

_INSTALLERS = ("PIP_", "UV_", "SSL_CERT", "HTTP_", "HTTPS_", "NO_PROXY")
"""Where packages come from is for the person's own settings to say: theirs, and not their HOME's, are passed on."""


class Done(NamedTuple):
    """What came of reproducing one run."""

    replication: Mapping[str, Any]
    installing: float
    """Seconds from the data being in place to the command's start: what it took to have the software."""
    seconds: float


class Person:
    """Somebody with a HOME, and commands that run in it."""

    def __init__(self, place: Bench, name: str) -> None:
        self.home = place.root / name
        self.home.mkdir()
        (self.home / ".gitconfig").write_text(
            f"[user]\n\tname = {name.title()}\n\temail = {name}@example.org\n[init]\n\tdefaultBranch = main\n"
        )
        passed_on = {key: value for key, value in os.environ.items() if key.startswith(_INSTALLERS)}
        self.environ = {**place.environ, **passed_on, "HOME": str(self.home)}

    def within(self, environment: Path) -> None:
        """Activate a virtual environment."""
        self.environ["PATH"] = f"{environment / 'bin'}{os.pathsep}{self.environ['PATH']}"
        self.environ["VIRTUAL_ENV"] = str(environment)

    def run(self, *command: str | Path, cwd: Path) -> str:
        """Run a command and return what it printed; a failure ends the program with its words."""
        done = subprocess.run(
            command, cwd=cwd, env=self.environ, check=False, stdin=subprocess.DEVNULL, capture_output=True
        )
        if done.returncode:
            words = (done.stdout + done.stderr).decode(errors="replace")
            raise SystemExit(f"{' '.join(map(str, command))} exited with {done.returncode}\n{words}")
        return done.stdout.decode()

    def clone(self, hub: Path, name: str) -> Path:
        """Clone a project and set provenance up."""
        self.run("git", "clone", "-q", hub, name, cwd=self.home)
        self.run("git", "prov", "init", cwd=self.home / name)
        return self.home / name

    def reproduce(self, run: str, options: Sequence[str], cwd: Path) -> Done:
        """Reproduce one run from its record."""
        began = time.perf_counter()
        process = subprocess.Popen(
            ("git", "prov", "reproduce", run, "--yes", "--json", *options),
            cwd=cwd, env=self.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stderr
        assert process.stdout
        told, in_place, starts = [], 0.0, 0.0
        for line in process.stderr:
            told.append(line.decode(errors="replace"))
            if line.startswith(b"Bringing its data"):
                in_place = time.perf_counter()
            if line.startswith(b"Running "):
                starts = time.perf_counter()
        answer = process.stdout.read()
        if process.wait() not in (0, 1) or not answer:
            raise SystemExit(f"reproduce {run} exited with {process.returncode}\n{''.join(told)}")
        (replication,) = json.loads(answer)["replications"]
        return Done(replication, starts - in_place if starts else 0.0, time.perf_counter() - began)
