"""Programs under the observer, without `git prov run` around them, and what they were seen to do."""

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gitprov.capture.injection import inject
from gitprov.observer.protocol import ENDED, PROCESS, TOLD, decode, unpair
from support.program import PATIENCE, laid_over

_OLDEST, _NEWEST = (3, 8), (3, 14)
_PATHS = "rwudxa"
_PAIRS = "ml"


class Process(NamedTuple):
    """What one process wrote."""

    header: dict[str, Any]
    events: list[tuple[str, str]]
    """Kind and payload, what is JSON aside; of two paths, `old -> new`."""
    told: list[dict[str, Any]]
    ends: list[dict[str, Any]]

    def of(self, kinds: str, below: Path) -> list[tuple[str, str]]:
        """Return the events of some kinds whose paths are below a directory, relative to it."""
        return [
            (kind, path.replace(f"{below}/", ""))
            for kind, path in self.events
            if kind in kinds and path.startswith(f"{below}/")
        ]


class Seen(NamedTuple):
    """How an observed program ended, what it said, and its processes, the first to start first."""

    status: int
    stdout: str
    stderr: str
    processes: list[Process]

    @property
    def first(self) -> Process:
        """The process that was started."""
        return self.processes[0]

    @property
    def gaps(self) -> list[str]:
        """What the processes know to have missed."""
        return [told["gap"] for process in self.processes for told in process.told if "gap" in told]

    def paths(self, kinds: str, below: Path) -> set[str]:
        """Return the paths below a directory that any process touched in one of the ways."""
        return {path for process in self.processes for _, path in process.of(kinds, below)}


def observe(
    *argv: str | Path,
    cwd: Path,
    events: Path | None = None,
    files: bool = True,
    env: Mapping[str, str | None] | None = None,
    stdin: str = "",
) -> Seen:
    """Run a program as `git prov run` does, with the observer in its environment; `env` is laid over the test's own."""
    events = events or cwd.parent / f"{cwd.name}.observed"
    events.mkdir(exist_ok=True)
    environ = laid_over(os.environ, env or {})
    inject(environ, str(events), files=files)
    done = subprocess.run(
        argv, cwd=cwd, env=environ, input=stdin, text=True, capture_output=True, check=False, timeout=PATIENCE
    )
    return Seen(done.returncode, done.stdout, done.stderr, read_events(events))


def python(
    source: str, *arguments: str, cwd: Path, files: bool = True, env: Mapping[str, str | None] | None = None
) -> Seen:
    """Run a program text as a script of its own under this interpreter, observed."""
    script = cwd / "program.py"
    script.write_text(source)
    return observe(sys.executable, script, *arguments, cwd=cwd, files=files, env=env)


def read_events(directory: Path) -> list[Process]:
    """Return what is in a directory of events."""
    found = []
    for file in directory.glob("*.events"):
        events = decode(file.read_bytes())
        if events and events[0][0] == PROCESS:
            found.append((events[0][1], _process(events)))
    return [process for _, process in sorted(found, key=lambda item: item[0])]


def _process(events: list[tuple[bytes, int, bytes]]) -> Process:
    said = {kind: [json.loads(payload) for one, _, payload in events if one == kind] for kind in (PROCESS, TOLD, ENDED)}
    others = [(kind.decode(), _shown(kind.decode(), payload)) for kind, _, payload in events if kind not in said]
    return Process(said[PROCESS][0], others, said[TOLD], said[ENDED])


def _shown(kind: str, payload: bytes) -> str:
    if kind in _PAIRS:
        return " -> ".join(map(os.fsdecode, unpair(payload)))
    return os.fsdecode(payload)


@functools.cache
def interpreters() -> dict[str, str]:
    """Return the Pythons of this machine by version (`3.8`): on PATH, or installed beside the one that runs this."""
    names = ["python2.7", *(f"python3.{minor}" for minor in range(6, _NEWEST[1] + 1))]
    candidates = [path for name in names if (path := shutil.which(name))]
    candidates += map(str, sorted(Path(sys.base_prefix).parent.glob("*/bin/python")))
    found: dict[str, str] = {}
    for path in candidates:
        done = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), path)
    return found


OBSERVED = [f"3.{minor}" for minor in range(_OLDEST[1], _NEWEST[1] + 1)]
"""Versions that the observer works in."""
UNOBSERVED = ["2.7", "3.6", "3.7"]
"""Versions that must run as if it were not there."""
