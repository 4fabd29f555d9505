"""What wrapping and recording a command costs, beside its limits and its peers: `python -m benchmarks.overhead`."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import FULL_RUN, Bench, Case, Table, bench, compiled, milliseconds, report

BASE = "python -c pass"
_SPAWN = "import subprocess; subprocess.run(['true'])"


def main() -> None:
    """Time all cases, taking turns, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21, help="times each command is timed (default: 21)")
    parser.add_argument("--peers", type=Path, default=Path("peers"), help="where benchmarks/peers.sh put the peers")
    options = parser.parse_args()
    with bench() as place:
        peers = {"datalad": _datalad(place, options.peers), "dvc": _dvc(place, options.peers)}
        cases = [*_limits(place), *_ours(place), *(case for case in peers.values() if case)]
        taken = place.interleaved(cases, options.repeats)
        for name in ("plain", "declared"):
            listed = json.loads(place.run("git", "prov", "ls", "--json", cwd=place.root / name))["runs"]
            assert len(listed) == options.repeats + 1, f"{name}: a run was timed but not recorded"
    rows = _rows(taken) + [[f"{name}: not installed", "", "", "", ""] for name, case in peers.items() if not case]
    columns = ["command", "median ms", "lower quartile", "upper quartile", f"ratio to `{BASE}`"]
    table = Table(f"Whole-process wall time, {options.repeats} interleaved repeats", columns, rows)
    report("overhead", [table], {"seconds": taken})


def _rows(taken: dict[str, list[float]]) -> list[list[str | float]]:
    base = milliseconds(taken[BASE])[0]
    rows: list[list[str | float]] = []
    for name, seconds in taken.items():
        middle, low, high = milliseconds(seconds)
        rows.append([name, middle, low, high, middle / base])
    return rows


def _limits(place: Bench) -> Iterator[Case]:
    """What no recorder written in Python that keeps its records in git can be faster than."""
    repository = place.repository("limits")
    yield Case(BASE, [sys.executable, "-c", "pass"], repository)
    yield Case("python spawning true", [sys.executable, "-c", _SPAWN], repository)
    yield Case("git commit", ["git", "commit", "-q", "--no-verify", "--allow-empty", "-m", "x"], repository)


def _ours(place: Bench) -> Iterator[Case]:
    """Our commands, each recording in a clean repository of its own, so that none waits for another's growth."""
    yield Case("git-prov --version", ["git-prov", "--version"], place.repository("version"))
    yield Case("git prov run true", ["git", "prov", "run", "--", "true"], place.repository("plain"))
    yield Case("git prov run true, all declared", FULL_RUN, place.repository("declared"))


def _datalad(place: Bench, peers: Path) -> Case | None:
    """`datalad run true` in a DataLad dataset with nothing to save."""
    datalad = peers.resolve() / "datalad" / "bin" / "datalad"
    if not datalad.exists():
        return None
    compiled(datalad.parents[1] / "lib")
    dataset = place.root / "datalad"
    place.environ["PATH"] += f":{datalad.parent}"
    place.run(datalad, "create", dataset, cwd=place.root)
    return Case("datalad run true", [datalad, "run", "true"], dataset)


def _dvc(place: Bench, peers: Path) -> Case | None:
    """`dvc repro` of one stage that is `true`, forced, so that it runs each time."""
    dvc = peers.resolve() / "dvc" / "bin" / "dvc"
    if not dvc.exists():
        return None
    compiled(dvc.parents[1] / "lib")
    repository = place.root / "dvc"
    repository.mkdir()
    place.run("git", "init", "-q", cwd=repository)
    place.run(dvc, "init", "-q", cwd=repository)
    for setting in ("core.analytics", "core.check_update"):
        place.run(dvc, "config", setting, "false", cwd=repository)
    place.run(dvc, "stage", "add", "-q", "-n", "one", "true", cwd=repository)
    place.run("git", "add", ".", cwd=repository)
    place.run("git", "commit", "-q", "-m", "Begin", cwd=repository)
    return Case("dvc repro, one stage", [dvc, "repro", "--force"], repository)


if __name__ == "__main__":
    main()
