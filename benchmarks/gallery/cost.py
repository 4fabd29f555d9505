"""What tracing the gallery's scripts costs, beside plain strace and ReproZip: `python -m benchmarks.gallery.cost`.

A ratio is the wall time under a tracer, less the fixed cost of a run, over the bare wall time. The fixed cost is what
`git prov run --trace off` adds to the same script in the same repository. All of it is timed in turns.
"""

import argparse
import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.gallery.entries import ENTRIES, Entry
from benchmarks.gallery.stage import Stage, staged
from benchmarks.measure import Case, Table, report

_OFF = "off"
_TRACERS: Mapping[str, Sequence[str]] = {
    "python": ("git", "prov", "run", "--trace", "python", "--"),
    "strace": ("git", "prov", "run", "--trace", "strace", "--"),
    "auto": ("git", "prov", "run", "--"),
    "strace -f": ("strace", "-f", "-o", "/dev/null", "--"),
}


def main() -> None:
    """Time all scripts, or those named, and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--projects", type=Path, required=True, help="where fetch.sh put the projects")
    parser.add_argument("--venv", type=Path, required=True, help="the environment that fetch.sh made for them")
    parser.add_argument("--reprozip", type=Path, help="the reprozip program, where it is installed")
    parser.add_argument("--tracers", help=f"which of {', '.join(_TRACERS)} to time; all by default")
    parser.add_argument("--repeats", type=int, default=5, help="times each command is timed (default: 5)")
    parser.add_argument("names", nargs="*", help="words in the names of the scripts to time; all by default")
    options = parser.parse_args()
    wanted = options.tracers.split(",") if options.tracers else _TRACERS
    tracers = {name: _TRACERS[name] for name in wanted}
    if options.reprozip:
        trace = (str(options.reprozip), "trace", "--overwrite", "--dont-identify-packages", "-d")
        tracers["reprozip"] = trace
    seconds: dict[str, dict[str, list[float]]] = {}
    with staged(options.projects, options.venv) as stage:
        for entry in ENTRIES:
            if entry.timed and (not options.names or any(name in entry.name for name in options.names)):
                print(f"{entry.name} ...", file=sys.stderr, flush=True)
                seconds[entry.name] = stage.interleaved(_cases(stage, entry, tracers), options.repeats)
    rows = [_row(name, taken, tracers) for name, taken in seconds.items()]
    means = [_mean([float(row[column]) for row in rows]) for column in range(3, 3 + len(tracers))]
    rows.append(["geometric mean", "", "", *means])
    title = f"Wall time over bare, {options.repeats} interleaved repeats, less the fixed cost of a run"
    table = Table(title, ["script", "bare s", "fixed s", *tracers], [_rounded(row) for row in rows])
    report("tracing", [table], {"seconds": seconds})


def _cases(stage: Stage, entry: Entry, tracers: Mapping[str, Sequence[str]]) -> list[Case]:
    off = ("git", "prov", "run", "--trace", _OFF, "--")
    cases = [
        Case("bare", entry.command, stage.repository(entry, "bare")),
        Case(_OFF, (*off, *entry.command), stage.repository(entry, _OFF)),
    ]
    for name, before in tracers.items():
        top = stage.repository(entry, name)
        where = (str(stage.root / "reprozip-trace"),) if name == "reprozip" else ()
        cases.append(Case(name, (*before, *where, *entry.command), top))
    return cases


def _row(name: str, taken: Mapping[str, Sequence[float]], tracers: Mapping[str, Sequence[str]]) -> list[str | float]:
    middle = {case: statistics.median(seconds) for case, seconds in taken.items()}
    fixed = middle[_OFF] - middle["bare"]
    ours = {tracer for tracer, before in tracers.items() if before[:2] == ("git", "prov")}
    ratios = [(middle[tracer] - (fixed if tracer in ours else 0)) / middle["bare"] for tracer in tracers]
    return [name, middle["bare"], fixed, *ratios]


def _mean(ratios: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(statistics.fmean(map(math.log, ratios)))


def _rounded(row: Sequence[str | float]) -> list[str | float]:
    return [f"{value:.2f}" if isinstance(value, float) else value for value in row]


if __name__ == "__main__":
    main()
