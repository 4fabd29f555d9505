"""What runs add to a repository, loose and packed, and whether later runs cost more: `python -m benchmarks.storage`."""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import FULL_RUN, Bench, Case, Table, bench, report

_REFS = ("refs/prov/log", "refs/prov/code", "refs/prov/data", "refs/notes/prov")
_WINDOW = 9


class Size(NamedTuple):
    """What a repository holds: objects, their bytes, what they take on disk, and our own files beside them."""

    objects: int
    bytes: int
    disk: int
    state: int

    def since(self, before: "Size") -> "Size":
        """What came on top of an earlier size."""
        return Size(*(now - then for now, then in zip(self, before, strict=True)))


class Series(NamedTuple):
    """A series of runs: seconds each took, and an empty Python beside it; at milestones, the size and the refs."""

    seconds: list[float]
    base: list[float]
    sizes: dict[str, Size]
    held: dict[str, list[int]]


def main() -> None:
    """Record two series of runs and report what they added."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="runs in each series (default: 1000)")
    options = parser.parse_args()
    per_commit = 10
    with bench() as place:
        one = _series(place, "one", options.runs, lambda _: None)
        many = _series(place, "many", options.runs, _committing(place, place.root / "many", per_commit))
    named = {
        f"{options.runs:,} runs of one commit": one,
        f"{options.runs:,} runs, {per_commit} to a commit": many,
    }
    tables = [table for name, series in named.items() for table in _tables(name, series)]
    report("storage", tables, {"series": {name: series._asdict() for name, series in named.items()}})


def _series(place: Bench, name: str, runs: int, before: Callable[[int], object]) -> Series:
    """Record `runs` runs, then pack; `before` is called ahead of each but the first, with how many there were."""
    repository = place.repository(name)
    case = Case(name, FULL_RUN, repository)
    base = Case("python -c pass", [sys.executable, "-c", "pass"], repository)
    series = Series([], [], {"before": _size(place, repository)}, {})
    for number in range(1, runs + 1):
        if number > 1:
            before(number - 1)
        series.seconds.append(place.seconds(case))
        series.base.append(place.seconds(base))
        if number in {1, 2, 10, 100, runs}:
            series.sizes[f"{number:,}"] = _size(place, repository)
            series.held[f"{number:,}"] = _held(place, repository)
    for words, options in (("after git gc", []), ("after git gc --prune=now", ["--prune=now"])):
        place.run("git", "gc", "-q", *options, cwd=repository)
        series.sizes[f"{runs:,}, {words}"] = _size(place, repository)
    listed = json.loads(place.run("git", "prov", "ls", "--json", cwd=repository))["runs"]
    assert len(listed) == runs, f"{len(listed)} of {runs} runs are recorded"
    place.run("git", "fsck", "--strict", cwd=repository)
    return series


def _committing(place: Bench, repository: Path, per_commit: int) -> Callable[[int], None]:
    """What makes a new commit after every `per_commit` runs."""

    def commit(done: int) -> None:
        if done % per_commit == 0:
            (repository / "train.py").write_text(f"print('trained {done}')\n")
            place.run("git", "commit", "-q", "-a", "-m", f"After {done}", cwd=repository)

    return commit


def _size(place: Bench, repository: Path) -> Size:
    counts = dict(
        line.split(": ") for line in place.run("git", "count-objects", "-v", cwd=repository).decode().splitlines()
    )
    stats = [path.stat() for path in (repository / ".git" / "objects").rglob("*") if path.is_file()]
    ours = [path.stat().st_size for path in (repository / ".git" / "prov").rglob("*") if path.is_file()]
    return Size(
        int(counts["count"]) + int(counts["in-pack"]),
        sum(stat.st_size for stat in stats),
        sum(stat.st_blocks * 512 for stat in stats),
        sum(ours),
    )


def _held(place: Bench, repository: Path) -> list[int]:
    """How many commits each ref holds, and how many distinct blobs the data ref does (locks, manifests, pointers)."""
    counts = []
    for ref in _REFS:
        # The anchors have the commits of the code as parents; only the chain itself is counted.
        bounds = ["--first-parent", f"--glob={ref}*", "--not", "--branches"]
        answer = place.run("git", "rev-list", "--count", *bounds, cwd=repository)
        counts.append(int(answer))
    objects = place.run(
        "git",
        "rev-list",
        "--objects",
        "--filter=object:type=blob",
        "--filter-provided-objects",
        "--glob=refs/prov/data*",
        cwd=repository,
    )
    return [*counts, len(objects.splitlines())]


def _tables(name: str, series: Series) -> list[Table]:
    return [_growth(name, series), _refs(name, series), _speed(name, series)]


def _growth(name: str, series: Series) -> Table:
    start = series.sizes["before"]
    rows: list[Sequence[str | float]] = []
    for milestone, size in series.sizes.items():
        if milestone == "before":
            rows.append([milestone, *size, ""])
            continue
        grown = size.since(start)
        runs = int(milestone.partition(", ")[0].replace(",", ""))
        rows.append([f"+ runs: {milestone}", *grown, grown.bytes / runs])
    columns = ["", "objects", "bytes", "on disk", ".git/prov", "object bytes a run"]
    return Table(f"{name}: what they add", columns, rows)


def _refs(name: str, series: Series) -> Table:
    columns = ["after runs", *(f"{ref} commits" for ref in _REFS), "data blobs"]
    return Table(f"{name}: what the refs hold", columns, [[after, *held] for after, held in series.held.items()])


def _speed(name: str, series: Series) -> Table:
    """Medians over windows of runs, each beside an empty Python timed in turn, so that a busy machine shows as one.

    The first run, which meets the environment for the first time, stands apart.
    """
    last = len(series.seconds)
    windows = [(0, 1), *((end - _WINDOW, end) for end in sorted({1 + _WINDOW, 100, last}) if _WINDOW < end <= last)]
    medians = [
        (statistics.median(series.seconds[start:end]), statistics.median(series.base[start:end]))
        for start, end in windows
    ]
    first_run, first_base = medians[min(1, len(medians) - 1)]
    rows: list[Sequence[str | float]] = [
        [f"{start + 1:,} to {end:,}", run * 1e3, run / base, (run / base) / (first_run / first_base)]
        for (start, end), (run, base) in zip(windows, medians, strict=True)
    ]
    columns = ["run", "median ms", "ratio to `python -c pass`", f"that beside runs 2 to {1 + _WINDOW}"]
    return Table(f"{name}: wall time a run", columns, rows)


if __name__ == "__main__":
    main()
