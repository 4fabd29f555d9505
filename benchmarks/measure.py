"""What the benchmarks share: a sealed place to work in, timing of whole processes, and the report."""

import compileall
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

OUT = Path(__file__).resolve().parent / "out"

# A run that fills every field of its record which a command without output of its own can fill.
FULL_RUN = (
    *("git", "prov", "run", "-m", "why", "--hypothesis", "it helps", "--expect", "accuracy >= 0.9", "--tag", "trial"),
    *("--seed", "1", "--param", "lr=0.1", "-i", "data.csv", "--metrics", "metrics.json", "--", "true"),
)

_GIT_CONFIG = """[user]
	name = Benchmark
	email = benchmark@example.org
[init]
	defaultBranch = main
[gc]
	auto = 0
"""


class Case(NamedTuple):
    """One thing to time: a command in a directory."""

    name: str
    command: Sequence[str | Path]
    cwd: Path


class Table(NamedTuple):
    """A table of the report."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float]]


class Bench:
    """A temporary directory with a HOME of its own, where commands run sealed from the person's settings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        home = root / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(_GIT_CONFIG)
        path = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        self.environ = {
            "DATALAD_LOG_LEVEL": "error",
            "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PATH": os.pathsep.join(path),
        }

    def run(self, *command: str | Path, cwd: Path, data: bytes = b"") -> bytes:
        """Run a command untimed and return its output; a failure ends the benchmark with its words."""
        done = subprocess.run(command, cwd=cwd, env=self.environ, input=data, capture_output=True, check=False)
        if done.returncode:
            words = (done.stdout + done.stderr).decode(errors="replace")
            sys.exit(f"{' '.join(map(str, command))} exited with {done.returncode}\n{words}")
        return done.stdout

    def seconds(self, case: Case) -> float:
        """Wall time of one whole process, from its start to its end."""
        with (self.root / "words").open("wb+") as words:
            start = time.perf_counter()
            done = subprocess.run(
                case.command,
                cwd=case.cwd,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                check=False,
            )
            took = time.perf_counter() - start
            words.seek(0)
            if done.returncode:
                sys.exit(f"{case.name} exited with {done.returncode}\n{words.read().decode(errors='replace')}")
        return took

    def interleaved(self, cases: Sequence[Case], repeats: int) -> dict[str, list[float]]:
        """Time every case `repeats` times, taking turns, after one round that does not count."""
        for case in cases:
            self.seconds(case)
        taken: dict[str, list[float]] = {case.name: [] for case in cases}
        for _ in range(repeats):
            for case in cases:
                taken[case.name].append(self.seconds(case))
        return taken

    def repository(self, name: str, *, rules: str = "", set_up: bool = True) -> Path:
        """Make a small repository with one commit, with `rules` if there are any, and with provenance `set_up`."""
        path = self.root / name
        path.mkdir()
        self.run("git", "init", "-q", cwd=path)
        (path / "train.py").write_text("print('trained')\n")
        (path / "data.csv").write_text("x,y\n" * 1000)
        (path / "metrics.json").write_text('{"accuracy": 0.93, "loss": 0.21}\n')
        if rules:
            (path / ".gitprov.toml").write_text(rules)
        self.run("git", "add", ".", cwd=path)
        self.run("git", "commit", "-q", "-m", "Begin", cwd=path)
        if set_up:
            self.run("git", "prov", "init", cwd=path)
        return path


@contextlib.contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a temporary directory that is removed afterwards; our own code is byte-compiled first."""
    if not shutil.which("git-prov", path=str(Path(sys.executable).parent)):
        sys.exit("git-prov is not installed beside this Python: pip install -e . (see benchmarks/README.md)")
    compiled(Path(sysconfig.get_path("purelib")), Path(__file__).resolve().parents[1] / "gitprov")
    with tempfile.TemporaryDirectory(prefix="git-prov-bench-", ignore_cleanup_errors=True) as root:
        yield Bench(Path(root).resolve())


def compiled(*directories: Path) -> None:
    """Byte-compile what stands in the directories, so that nobody is timed while compiling."""
    for directory in directories:
        compileall.compile_dir(directory, quiet=2, workers=0)


def milliseconds(taken: Sequence[float]) -> tuple[float, float, float]:
    """Median, and the quartiles around it, in milliseconds."""
    if len(taken) == 1:
        return taken[0] * 1e3, taken[0] * 1e3, taken[0] * 1e3
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive")
    return middle * 1e3, low * 1e3, high * 1e3


def report(name: str, tables: Sequence[Table], facts: Mapping[str, object]) -> None:
    """Print the tables and write them, with the raw `facts` and the machine, to out/NAME.md and out/NAME.json."""
    machine = _machine()
    lines = [f"# {name.capitalize()}", "", *(f"- {key}: {value}" for key, value in machine.items())]
    for table in tables:
        lines += ["", f"## {table.title}", "", *_markdown(table)]
    text = "\n".join(lines) + "\n"
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.md").write_text(text, encoding="utf-8")
    (OUT / f"{name}.json").write_text(json.dumps({"machine": machine, **facts}, indent=2) + "\n", encoding="utf-8")
    print(text)
    print(f"written to {OUT / name}.md and .json")


def _machine() -> dict[str, object]:
    """What the figures depend on."""
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    return {
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "git": git.split()[2],
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def _processor() -> str:
    """The processor's name, where the system tells."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _markdown(table: Table) -> list[str]:
    """Lines of a Markdown table, its columns padded so that it reads in a terminal too."""
    cells = [[_cell(value) for value in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.columns))]
    numeric = [column > 0 for column in range(len(widths))]
    lines = [
        "| "
        + " | ".join(_pad(cell, width, right) for cell, width, right in zip(row, widths, numeric, strict=True))
        + " |"
        for row in cells
    ]
    rule = [("-" * (width - 1) + ":") if right else "-" * width for width, right in zip(widths, numeric, strict=True)]
    return [lines[0], "| " + " | ".join(rule) + " |", *lines[1:]]


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _pad(cell: str, width: int, right: bool) -> str:
    return cell.rjust(width) if right else cell.ljust(width)
