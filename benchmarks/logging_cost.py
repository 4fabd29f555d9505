"""What a program pays for telling its metrics, beside MLflow and DVCLive: `python -m benchmarks.logging_cost`."""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Bench, Case, Table, bench, compiled, milliseconds, report

_OURS = "import gitprov\nfor step in range({points}): gitprov.log_metrics(loss=0.5, step=step)"
_MLFLOW = """import os
os.environ.update({settings})
import mlflow
with mlflow.start_run():
    for step in range({points}): mlflow.log_metric('loss', 0.5, step=step)"""
_DVCLIVE = """from dvclive import Live
with Live({settings}) as live:
    for step in range({points}): live.log_metric('loss', 0.5); live.next_step()"""
_PEERS = {
    "mlflow": [
        ("its default store", _MLFLOW, ""),
        ("files", _MLFLOW, "MLFLOW_ALLOW_FILE_STORE='true', MLFLOW_TRACKING_URI='mlruns'"),
    ],
    "dvclive": [
        ("its defaults", _DVCLIVE, ""),
        ("without an experiment", _DVCLIVE, "save_dvc_exp=False"),
    ],
}
_TELL_AND_WAIT = (
    "import os, json, sys; json.dump(dict(os.environ), open('environ.json', 'w')); print(flush=True); sys.stdin.read()"
)


class Timed(NamedTuple):
    """A case, and the name of the empty program of the same interpreter that it is compared to."""

    case: Case
    base: str


def main() -> None:
    """Time all cases, taking turns, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=11, help="times each program is timed (default: 11)")
    parser.add_argument("--points", type=int, default=100, help="metrics of the larger program (default: 100)")
    parser.add_argument("--peers", type=Path, default=Path("peers"), help="where benchmarks/peers.sh put the peers")
    options = parser.parse_args()
    counts = (1, options.points)
    with bench() as place:
        place.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}
        timed = [*_ours(place, counts), *_peers(place, options.peers, counts)]
        with _inside_a_run(place):
            taken = place.interleaved([one.case for one in timed], options.repeats)
        told = json.loads(place.run("git", "prov", "show", "--json", "@", cwd=place.root / "run"))["records"][0]
    expected = (options.repeats + 1) * sum(counts)
    assert [series["count"] for series in told["series"]] == [expected], "metrics were timed but not recorded"
    columns = ["program", "median ms", "lower quartile", "upper quartile", "ms beyond `pass`", "ratio to `pass`"]
    title = f"Whole-process wall time, {options.repeats} interleaved repeats; `pass` is of the same interpreter"
    report("logging_cost", [Table(title, columns, _rows(timed, taken))], {"seconds": taken})


def _rows(timed: list[Timed], taken: dict[str, list[float]]) -> list[list[str | float]]:
    rows: list[list[str | float]] = []
    for case, base in timed:
        middle, low, high = milliseconds(taken[case.name])
        least = milliseconds(taken[base])[0]
        rows.append([case.name, middle, low, high, middle - least, middle / least])
    return rows


def _ours(place: Bench, counts: tuple[int, ...]) -> Iterator[Timed]:
    """Programs that join the run under way; then the same with a run of their own, as the peers' have."""
    base = "python -c pass"
    inside, alone = place.repository("run"), place.repository("own")
    for name, script in ((base, "pass"), ("import gitprov", "import gitprov")):
        yield Timed(Case(name, [sys.executable, "-c", script], inside), base)
    for points in counts:
        command = ["python", "-c", _OURS.format(points=points)]
        yield Timed(Case(f"gitprov in a run, {_metrics(points)}", command, inside), base)
    for points in counts:
        command = ["git", "prov", "run", "--", "python", "-c", _OURS.format(points=points)]
        yield Timed(Case(f"gitprov and its run, {_metrics(points)}", command, alone), base)


def _peers(place: Bench, peers: Path, counts: tuple[int, ...]) -> Iterator[Timed]:
    """Each peer in each of its ways, in a repository of its own."""
    for name, ways in _PEERS.items():
        python = peers.resolve() / name / "bin" / "python"
        if not python.exists():
            print(f"{name}: not installed", file=sys.stderr)
            continue
        compiled(python.parents[1] / "lib")
        base = f"{name}'s python -c pass"
        yield Timed(Case(base, [python, "-c", "pass"], place.root), base)
        for number, (way, script, settings) in enumerate(ways):
            for points in counts:
                text = script.format(points=points, settings=settings)
                where = place.repository(f"{name}-{number}-{points}")
                yield Timed(Case(f"{name}, {way}, {_metrics(points)}", [python, "-c", text], where), base)


def _metrics(points: int) -> str:
    return "1 metric" if points == 1 else f"{points:,} metrics"


@contextlib.contextmanager
def _inside_a_run(place: Bench) -> Iterator[None]:
    """Let what is timed join a run that waits, so that the run's own cost is not in the figures."""
    where = place.root / "run"
    command = ["git", "prov", "run", "--", "python", "-c", _TELL_AND_WAIT]
    with subprocess.Popen(command, cwd=where, env=place.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin
        assert run.stdout
        run.stdout.readline()
        told = json.loads((where / "environ.json").read_text(encoding="utf-8"))
        place.environ |= {name: told[name] for name in ("GIT_PROV_RUN", "GIT_PROV_JOURNAL")}
        yield
        run.stdin.close()
        for name in ("GIT_PROV_RUN", "GIT_PROV_JOURNAL"):
            del place.environ[name]


if __name__ == "__main__":
    main()
