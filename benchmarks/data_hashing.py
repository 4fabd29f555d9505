"""Hashing data, first and unchanged, beside limits of the machine and peers: `python -m benchmarks.data_hashing`."""

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Bench, Case, Table, bench, report

# The limits: the least that any program has to do, written down as plainly as can be.
_ONE_FILE = """
import sys
from blake3 import blake3
blake3(max_threads=blake3.AUTO).update_mmap(sys.argv[1] + "/000/000000").digest()
"""
_MANY_FILES = """
import os, sys
from blake3 import blake3
root, size = sys.argv[1], int(sys.argv[2])
paths = [f"{root}/{inner}/{name}" for inner in os.listdir(root) for name in os.listdir(f"{root}/{inner}")]
half = len(paths) // 2
child = os.fork()
for path in paths[half:] if child else paths[:half]:
    handle = os.open(path, os.O_RDONLY)
    blake3(os.read(handle, size + 1)).digest()
    os.close(handle)
if child:
    os.waitpid(child, 0)
"""
_WALK = """
import os, sys
pending, total = [sys.argv[1]], 0
while pending:
    with os.scandir(pending.pop()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
"""
_SCAN = """
import sys
from gitprov.artifacts.scan import scan
listings = []
root, cache, is_known = sys.argv[1:]
known = (lambda digest: True) if is_known else None
scan(root, cache=cache, sink=lambda digest, data: listings.append(digest), known=known)
"""
_MOST_FOR_ANNEX = 2000  # files: it takes some ten milliseconds for each


class Data(NamedTuple):
    """Files of one size, 1,000 to a directory."""

    name: str
    files: int
    size: int


class Rival(NamedTuple):
    """A program that takes data under its control: how it is set up, takes them, and looks again."""

    name: str
    setup: Sequence[Sequence[str | Path]]
    first: Sequence[str | Path]
    again: Sequence[str | Path]
    most: int = sys.maxsize


def main() -> None:
    """Make the data, time everyone on it, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="times that each reading command is run (default: 5)")
    parser.add_argument("--peers", type=Path, help="directory that peers.sh has filled")
    parser.add_argument("--only-engine", action="store_true", help="leave out the programs that take minutes")
    parser.add_argument("--divide", type=int, default=1, help="make the data so many times smaller")
    options = parser.parse_args()
    shapes = [
        Data("one file of 4 GiB", 1, (4 << 30) // options.divide),
        Data("20,000 files of 10 KiB", 20_000 // options.divide, 10 << 10),
        Data("100,000 files of 1 KiB", 100_000 // options.divide, 1 << 10),
    ]
    tables: list[Table] = []
    facts: dict[str, object] = {"divided by": options.divide}
    with bench() as place:
        for number, data in enumerate(shapes):
            root = place.root / f"data-{number}"
            _make(root, data)
            taken = place.interleaved(_engine(place, root, data), options.repeats)
            rivals = [] if options.only_engine else _rivals(options.peers)
            others = {rival.name: _compete(place, rival, root, data) for rival in rivals}
            shutil.rmtree(root)
            title = data.name + (f", divided by {options.divide}" if options.divide > 1 else "")
            tables.append(Table(title, ("command", "first, s", "unchanged, s"), _rows(taken, others)))
            facts[data.name] = {"seconds": taken, "others": others}
    report("data_hashing", tables, facts)


def _make(root: Path, data: Data) -> None:
    """Write files that all differ."""
    block = os.urandom(1 << 20)
    for number in range(data.files):
        directory = root / f"{number // 1000:03d}"
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / f"{number:06d}").open("wb") as file:
            file.write(number.to_bytes(8, "big") + block[: min(data.size, len(block)) - 8])
            for _ in range(data.size // len(block) - 1):
                file.write(block)


def _engine(place: Bench, root: Path, data: Data) -> list[Case]:
    """The limits and our engine, each as a whole process; the cache is filled by the round that does not count."""
    python = (sys.executable, "-c")
    if data.files == 1:
        limit = Case("limit: BLAKE3, mapped, all threads", [*python, _ONE_FILE, root], place.root)
    else:
        limit = Case("limit: two processes, sized reads", [*python, _MANY_FILES, root, str(data.size)], place.root)
    cache = place.root / f"cache-{root.name}"
    return [
        limit,
        Case("limit: os.scandir and stat", [*python, _WALK, root], place.root),
        Case("engine, first", [*python, _SCAN, root, "", ""], place.root),
        Case("engine, unchanged", [*python, _SCAN, root, cache, "known"], place.root),
        Case("engine, unchanged, all listings", [*python, _SCAN, root, cache, ""], place.root),
    ]


def _rivals(peers: Path | None) -> list[Rival]:
    git = [["git", "init", "-q"]]
    found = [
        Rival("git prov data", [*git, ["git", "prov", "init"]], ["git", "prov", "data", "add", "data"],
              ["git", "prov", "data", "status", "data"]),
        Rival("git add, git status", git, ["git", "add", "data"], ["git", "status", "--porcelain"]),
    ]  # fmt: skip
    if peers and (dvc := peers.resolve() / "dvc" / "bin" / "dvc").exists():
        found.append(
            Rival("dvc add, dvc status", [*git, [dvc, "init", "-q"]], [dvc, "add", "-q", "data"], [dvc, "status"])
        )
    if shutil.which("git-annex"):
        annex = [*git, ["git", "annex", "init", "-q"]]
        first = ["git", "annex", "add", "-q", "data"]
        found.append(Rival("git annex add, status", annex, first, ["git", "annex", "status"], _MOST_FOR_ANNEX))
    return found


def _compete(place: Bench, rival: Rival, root: Path, data: Data) -> tuple[str, float, float]:
    """Time a program on a copy of the data in a new repository: first once, then thrice unchanged."""
    repository = place.root / "rival"
    repository.mkdir()
    for command in rival.setup:
        place.run(*command, cwd=repository)
    for directory in sorted(root.iterdir())[: max(rival.most // 1000, 1)]:
        shutil.copytree(directory, repository / "data" / directory.name)
    first = place.seconds(Case(rival.name, rival.first, repository))
    again = [place.seconds(Case(rival.name, rival.again, repository)) for _ in range(3)]
    shutil.rmtree(repository)
    name = rival.name if data.files <= rival.most else f"{rival.name} ({rival.most:,} files)"
    return name, first, statistics.median(again)


def _rows(taken: dict[str, list[float]], others: dict[str, tuple[str, float, float]]) -> list[tuple[str, str, str]]:
    middle = {name: statistics.median(seconds) for name, seconds in taken.items()}
    (limit, least), (walk, least_again) = list(middle.items())[:2]
    first, again = middle["engine, first"], middle["engine, unchanged"]
    listed = middle["engine, unchanged, all listings"]
    return [
        (limit, _seconds(least), ""),
        (walk, "", _seconds(least_again)),
        ("engine", _against(first, least), _against(again, least_again)),
        ("engine, all listings made again", "", _against(listed, least_again)),
        *((name, _against(one, least), _against(other, least_again)) for name, one, other in others.values()),
    ]


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _against(value: float, limit: float) -> str:
    return f"{value:.3f} ({value / limit:.2f} x)"


if __name__ == "__main__":
    main()
