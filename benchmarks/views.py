"""What reading costs as records grow: `git prov ls --json` and plain `git log`; `python -m benchmarks.views`."""

import argparse
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import FULL_RUN, Bench, Case, Table, bench, milliseconds, report
from gitprov.gitrepo.repo import Repo
from gitprov.model.stamp import stamp
from gitprov.records.layout import State
from gitprov.records.notes import refresh
from gitprov.records.writer import Addition, append

_PER_COMMIT = 10
_BATCH = 1000
_COMMANDS = {
    "git prov ls --json": ["git", "prov", "ls", "--json"],
    "git prov show @": ["git", "prov", "show", "@"],
    "git log": ["git", "log"],
    "git log --no-notes": ["git", "log", "--no-notes"],
}


def main() -> None:
    """Fill a repository for each size, time the commands in all of them, taking turns, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 1000, 10_000], help="numbers of records")
    parser.add_argument("--repeats", type=int, default=7, help="times each command is timed (default: 7)")
    options = parser.parse_args()
    with bench() as place:
        cases = [case for size in options.sizes for case in _cases(place, size, max(options.sizes))]
        taken = place.interleaved(cases, options.repeats)
    columns = ["records", *_COMMANDS]
    rows = [[f"{size:,}", *(_median(taken, name, size) for name in _COMMANDS)] for size in options.sizes]
    commits = max(options.sizes) // _PER_COMMIT
    title = f"Median milliseconds of {options.repeats} interleaved repeats, {commits:,} commits"
    report("views", [Table(title, columns, rows)], {"seconds": taken})


def _median(taken: dict[str, list[float]], name: str, size: int) -> float | str:
    seconds = taken.get(f"{name}, {size}")
    return milliseconds(seconds)[0] if seconds else ""


def _cases(place: Bench, size: int, largest: int) -> Iterator[Case]:
    """The commands in a repository with `size` records; its history is as long for every size."""
    repository = place.repository(f"with-{size}")
    _add_commits(place, repository, largest // _PER_COMMIT)
    if size:
        place.run(*FULL_RUN, cwd=repository)
        _add_records(place, repository, size - 1)
    assert len(json.loads(place.run(*_COMMANDS["git prov ls --json"], cwd=repository))["runs"]) == size
    assert place.run("git", "log", cwd=repository).count(b" ok: true") == size
    for name, command in _COMMANDS.items():
        if size or name != "git prov show @":
            yield Case(f"{name}, {size}", command, repository)


def _add_commits(place: Bench, repository: Path, count: int) -> None:
    """Grow the history by `count` commits, each with a change, without a process for each."""
    stream = ["reset refs/heads/main\nfrom refs/heads/main^0\n"]
    for number in range(count):
        text = f"print('trained {number}')\n"
        stream.append(
            f"commit refs/heads/main\ncommitter Benchmark <benchmark@example.org> {1_700_000_000 + number} +0000\n"
            f"data 8\nA change\nM 100644 inline train.py\ndata {len(text)}\n{text}\n"
        )
    place.run("git", "fast-import", "--quiet", cwd=repository, data="".join(stream).encode())
    place.run("git", "reset", "-q", "--hard", cwd=repository)


def _add_records(place: Bench, repository: Path, count: int) -> None:
    """Add `count` records like the newest one, spread over the history, as the runs of many weeks would be."""
    repo = Repo.open(str(repository), place.environ)
    log = place.run("git", "log", "-1", "--format=%B", "--glob=refs/prov/log", cwd=repository)
    model = json.loads(log.splitlines()[2])
    history = place.run("git", "log", "--format=%H %T", cwd=repository).decode().splitlines()
    made = [_like(model, number, *history[number // _PER_COMMIT].split()) for number in range(count)]
    state = State(repo.common_dir)
    for start in range(0, count, _BATCH):
        append(repo, state, Addition(records=made[start : start + _BATCH]))
    refresh(repo, state)
    place.run("git", "gc", "-q", cwd=repository)


def _like(model: dict[str, Any], number: int, commit: str, tree: str) -> dict[str, Any]:
    """A record like `model`, of another run at an earlier time, on other code, with other results."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return model | {
        "id": digest[:16].hex(),
        "at": stamp(datetime.fromisoformat(model["at"]) - timedelta(minutes=5 * (number + 1))),
        "code": model["code"] | {"commit": commit, "tree": tree},
        "params": {"lr": digest[16] / 100},
        "metrics": {"accuracy": digest[17] / 255, "loss": digest[18] / 255},
    }


if __name__ == "__main__":
    main()
