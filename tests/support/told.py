"""What a program told the run it was in, as that run's journal has it. It is a real program, in its own process."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gitprov.api.inside import JOURNAL
from gitprov.records.journal import RUN


class Told(NamedTuple):
    """All lines put together: points of metrics are `(step, value)`, a step of None where none was given."""

    params: dict[str, Any]
    metrics: dict[str, list[tuple[int | None, Any]]]
    outputs: list[str]
    words: str
    """What the program said on standard error."""


def needs(*packages: str) -> pytest.MarkDecorator:
    """Skip what needs packages that are not installed; none of them is imported to find out."""
    absent = [package for package in packages if importlib.util.find_spec(package) is None]
    return pytest.mark.skipif(bool(absent), reason=f"needs {', '.join(absent)}")


def told(script: str, where: Path, *, inside: bool = True) -> Told:
    """Run a Python script in the directory `where`, inside a run or outside any, and return what it told."""
    journal = where / "journal.jsonl"
    journal.touch()
    environ = {**os.environ, **({JOURNAL: str(journal), RUN: "0" * 32} if inside else {})}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=where,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    words = done.stderr.decode(errors="replace")
    assert done.returncode == 0, words
    found = Told({}, {}, [], words)
    for line in map(json.loads, journal.read_text().splitlines()):
        found.params.update(line.get("params", {}))
        found.outputs.extend(line.get("outputs", []))
        for point in line.get("metrics", []):
            found.metrics.setdefault(point["name"], []).append((point.get("step"), point["value"]))
    return found
