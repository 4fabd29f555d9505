"""Running a program with the adapters listening, and with nothing else of the observer."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_PYTHON = os.environ.get("PROV_TEST_PYTHON") or sys.executable
_OBSERVER = Path(__file__).parents[2] / "gitprov" / "observer"

# Loaded as `sitecustomize`, before the program.
_START = """
import atexit, importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location(
    "_gitprov_observer", OBSERVER + "/__init__.py", submodule_search_locations=[OBSERVER])
sys.modules[spec.name] = importlib.util.module_from_spec(spec)
from _gitprov_observer.adapters import install
from _gitprov_observer.posthooks import when_imported, when_sought
def tell(kind, told):
    with open(os.environ["TOLD"], "a") as file:
        file.write(json.dumps([kind, os.getpid(), told]) + "\\n")
def at_end(ending):
    atexit.register(lambda: tell("q", ending()))
install(when_imported, when_sought, lambda told: tell("j", told), at_end)
"""


class Heard(NamedTuple):
    """What one program's processes told."""

    told: list[dict[str, Any]]
    """In order, all processes together."""
    ends: list[dict[str, Any]]
    """What each process knew at its end, in order."""
    output: str
    status: int

    @property
    def ended(self) -> dict[str, Any]:
        """What the process that ended last knew."""
        return self.ends[-1] if self.ends else {}

    @property
    def seeds(self) -> list[tuple[str, Any]]:
        """Library and value of each seed, in order."""
        return [item for told in self.told for item in told.get("seed", {}).items()]

    @property
    def params(self) -> list[dict[str, Any]]:
        """Each set of parameters."""
        return [told for told in self.told if "params" in told]


def python_with(*libraries: str) -> str:
    """Return an interpreter that has these libraries, or skip: `PROV_TEST_PYTHON`, else the tests' own."""
    python = _PYTHON
    question = f"import importlib.util as u; print(all(map(u.find_spec, {list(libraries)!r})))"
    answer = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False).stdout.strip()
    if answer != "True":
        pytest.skip(f"{' and '.join(libraries)} not installed")
    return python


def listen(
    program: str, args: Sequence[str] = (), *, where: Path, python: str = sys.executable, **environ: str
) -> Heard:
    """Run `program`, the text of a script, in the directory `where`."""
    (where / "script.py").write_text(program)
    return listen_to([python, "script.py", *args], where=where, environ=environ)


def listen_to(command: Sequence[str], *, where: Path, environ: Mapping[str, str]) -> Heard:
    """Run a command whose Python processes are listened to."""
    site = where / ".site"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(f"OBSERVER = {str(_OBSERVER)!r}\n{_START}")
    told = where / ".told"
    told.unlink(missing_ok=True)
    child = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site), "TOLD": str(told), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=where, env={**child, **environ}, capture_output=True, text=True, check=False, timeout=300
    )
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    return Heard(
        told=[told for kind, _, told in lines if kind == "j"],
        ends=[known for kind, _, known in lines if kind == "q"],
        output=done.stdout + done.stderr,
        status=done.returncode,
    )
