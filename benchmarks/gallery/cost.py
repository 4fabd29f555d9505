"""What tracing the gallery's scripts costs, beside plain strace and ReproZip: `python -m benchmarks.gallery.cost`.

A ratio is the wall time under a tracer, less the fixed cost of recording any run at all, over the bare wall time. The
fixed cost is what `git prov run --trace off` adds to `true`. Each script is timed under all tracers in turns.
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
    parser.add_argument("--repeats", type=int, default=5, help="times each command is timed (default: 5)")
    parser.add_argument("names", nargs="*", help="words in the names of the scripts to time; all by default")
    options = parser.parse_args()
    tracers = dict(_TRACERS)
    if options.reprozip:
        trace = (str(options.reprozip), "trace", "--overwrite", "--dont-identify-packages", "-d")
        tracers["reprozip"] = trace
    seconds: dict[str, dict[str, list[float]]] = {}
    with staged(options.projects, options.venv) as stage:
        fixed = _fixed(stage, options.repeats)
        for entry in ENTRIES:
            if entry.timed and (not options.names or any(name in entry.name for name in options.names)):
                print(f"{entry.name} ...", file=sys.stderr, flush=True)
                seconds[entry.name] = stage.interleaved(_cases(stage, entry, tracers), options.repeats)
    rows = [_row(name, taken, tracers, fixed) for name, taken in seconds.items()]
    means = [_mean([float(row[column]) for row in rows]) for column in range(2, 2 + len(tracers))]
    rows.append(["geometric mean", "", *means])
    title = (
        f"Wall time under a tracer over bare, {options.repeats} interleaved repeats, fixed cost {fixed * 1e3:.0f} ms"
    )
    table = Table(title, ["script", "bare s", *tracers], [_rounded(row) for row in rows])
    report("tracing", [table], {"fixed": fixed, "seconds": seconds})


def _fixed(stage: Stage, repeats: int) -> float:
    """Seconds that recording adds to a command that does nothing."""
    top = stage.repository(ENTRIES[0], "fixed")
    recorded = Case("recorded", ["git", "prov", "run", "--trace", "off", "--", "true"], top)
    taken = stage.interleaved([Case("bare", ["true"], top), recorded], max(repeats, 9))
    return statistics.median(taken["recorded"]) - statistics.median(taken["bare"])


def _cases(stage: Stage, entry: Entry, tracers: Mapping[str, Sequence[str]]) -> list[Case]:
    cases = [Case("bare", entry.command, stage.repository(entry, "bare"))]
    for name, before in tracers.items():
        top = stage.repository(entry, name)
        where = (str(stage.root / "reprozip-trace"),) if name == "reprozip" else ()
        cases.append(Case(name, (*before, *where, *entry.command), top))
    return cases


def _row(
    name: str, taken: Mapping[str, Sequence[float]], tracers: Mapping[str, Sequence[str]], fixed: float
) -> list[str | float]:
    bare = statistics.median(taken["bare"])
    ours = {tracer for tracer, before in tracers.items() if before[:2] == ("git", "prov")}
    ratios = [(statistics.median(taken[tracer]) - (fixed if tracer in ours else 0)) / bare for tracer in tracers]
    return [name, bare, *ratios]


def _mean(ratios: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(statistics.fmean(map(math.log, ratios)))


def _rounded(row: Sequence[str | float]) -> list[str | float]:
    return [f"{value:.2f}" if isinstance(value, float) else value for value in row]


if __name__ == "__main__":
    main()
