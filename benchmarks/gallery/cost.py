"""What tracing the gallery's scripts costs, beside plain strace and ReproZip: `python -m benchmarks.gallery.cost`.

A ratio is the wall time under a tracer, less the fixed cost of a run, over the bare wall time. The fixed cost is what
`git prov run` with that tracer adds to a Python that does nothing. Each script is timed under all tracers in turns.
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
        fixed = _fixed(stage, tracers, options.repeats)
        for entry in ENTRIES:
            if entry.timed and (not options.names or any(name in entry.name for name in options.names)):
                print(f"{entry.name} ...", file=sys.stderr, flush=True)
                seconds[entry.name] = stage.interleaved(_cases(stage, entry, tracers), options.repeats)
    rows = [_row(name, taken, tracers, fixed) for name, taken in seconds.items()]
    means = [_mean([float(row[column]) for row in rows]) for column in range(2, 2 + len(tracers))]
    rows.append(["geometric mean", "", *means])
    costs = ", ".join(f"{name} {each * 1e3:.0f} ms" for name, each in fixed.items())
    title = f"Wall time over bare, {options.repeats} interleaved repeats, less the fixed cost of a run ({costs})"
    table = Table(title, ["script", "bare s", *tracers], [_rounded(row) for row in rows])
    report("tracing", [table], {"fixed": fixed, "seconds": seconds})


def _fixed(stage: Stage, tracers: Mapping[str, Sequence[str]], repeats: int) -> dict[str, float]:
    """Seconds that recording under each of our tracers adds to a Python that does nothing."""
    nothing = ("python", "-c", "pass")
    ours = {name: before for name, before in tracers.items() if before[:2] == ("git", "prov")}
    cases = [Case(name, (*before, *nothing), stage.repository(ENTRIES[0], name)) for name, before in ours.items()]
    taken = stage.interleaved([Case("bare", nothing, stage.root), *cases], max(repeats, 9))
    return {name: statistics.median(taken[name]) - statistics.median(taken["bare"]) for name in ours}


def _cases(stage: Stage, entry: Entry, tracers: Mapping[str, Sequence[str]]) -> list[Case]:
    cases = [Case("bare", entry.command, stage.repository(entry, "bare"))]
    for name, before in tracers.items():
        top = stage.repository(entry, name)
        where = (str(stage.root / "reprozip-trace"),) if name == "reprozip" else ()
        cases.append(Case(name, (*before, *where, *entry.command), top))
    return cases


def _row(
    name: str, taken: Mapping[str, Sequence[float]], tracers: Mapping[str, Sequence[str]], fixed: Mapping[str, float]
) -> list[str | float]:
    bare = statistics.median(taken["bare"])
    ratios = [(statistics.median(taken[tracer]) - fixed.get(tracer, 0.0)) / bare for tracer in tracers]
    return [name, bare, *ratios]


def _mean(ratios: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(statistics.fmean(map(math.log, ratios)))


def _rounded(row: Sequence[str | float]) -> list[str | float]:
    return [f"{value:.2f}" if isinstance(value, float) else value for value in row]


if __name__ == "__main__":
    main()
