"""Where the scripts run: fresh repositories that hold nothing but a script and what it reads."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.gallery.entries import Entry
from benchmarks.measure import Bench, Case, bench


class Stage:
    """A sealed place, an environment with the scripts' libraries, and a HOME whose caches are warm."""

    def __init__(self, place: Bench, projects: Path, venv: Path) -> None:
        self.root = place.root
        self._bench = place
        self._projects = projects.resolve()
        venv = venv.absolute()
        home = Path(place.environ["HOME"])
        base = subprocess.run(
            [venv / "bin" / "python", "-c", "import sys; print(sys.base_prefix)"], capture_output=True, check=True
        ).stdout.decode().strip()  # fmt: skip
        self.environment = [venv, Path(base), *(home / name for name in (".cache", ".config", ".gitconfig", ".local"))]
        """What belongs to the environment and to the caches of tools."""
        temporary = place.root / "tmp"
        temporary.mkdir()
        path = f"{venv / 'bin'}{os.pathsep}{place.environ['PATH']}"
        self.environ = {
            **place.environ,
            "PATH": path,
            "MPLBACKEND": "agg",  # no window
            "TMPDIR": str(temporary),
            "OMP_NUM_THREADS": "1",
            "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1",  # examples older than that default
            "DO_NOT_TRACK": "1",
        }
        warm = "import matplotlib.pyplot, sklearn, pandas"
        subprocess.run([venv / "bin" / "python", "-c", warm], env=self.environ, check=True)

    def repository(self, entry: Entry, name: str) -> Path:
        """A new repository with the entry's files in its one commit."""
        top = self.root / "work" / name / entry.name.replace(" ", "-").replace("/", "-")
        shutil.rmtree(top, ignore_errors=True)
        copied(entry, self._projects, top)
        for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "Begin"), ("prov", "init")):
            self._bench.run("git", *command, cwd=top)
        return top

    def interleaved(self, cases: Sequence[Case], repeats: int) -> dict[str, list[float]]:
        """Time every case `repeats` times, taking turns, in the scripts' environment."""
        self._bench.environ = self.environ
        return self._bench.interleaved(cases, repeats)

    def output(self, *command: str, cwd: Path) -> bytes:
        """Run a command and return its output."""
        return self._bench.run(*command, cwd=cwd)


def copied(entry: Entry, projects: Path, top: Path) -> None:
    """Copy what belongs to an entry into a new directory."""
    source = projects / entry.project / entry.base
    top.mkdir(parents=True)
    for file in entry.files:
        if (source / file).is_dir():
            shutil.copytree(source / file, top / file, dirs_exist_ok=True)
        else:
            shutil.copy(source / file, top / file)


@contextlib.contextmanager
def staged(projects: Path, venv: Path) -> Iterator[Stage]:
    """A stage that is removed afterwards."""
    with bench() as place:
        yield Stage(place, projects, venv)
