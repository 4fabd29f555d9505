"""Hashing data, first and unchanged, beside limits of the machine and peers: `python -m benchmarks.data_hashing`.

Two tables for each kind of data: our engine by itself, and whole verbs as people type them, ours and those of peers.
"""

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

from benchmarks.data_verbs import COLUMNS, WALK, Data, compete, rows
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
_SCAN = """
import sys
from gitprov.artifacts.scan import scan
listings = []
root, cache, is_known = sys.argv[1:]
known = (lambda digest: True) if is_known else None
scan(root, cache=cache, sink=lambda digest, data: listings.append(digest), known=known)
"""


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
            results = [] if options.only_engine else compete(place, options.peers, root, data, options.repeats)
            shutil.rmtree(root)
            title = data.name + (f", divided by {options.divide}" if options.divide > 1 else "")
            tables.append(Table(f"{title}: the engine", ("command", "first, s", "unchanged, s"), _rows(taken)))
            if results:
                tables.append(Table(f"{title}: as people type it", COLUMNS, rows(results)))
            facts[data.name] = {"seconds": taken, "verbs": [result._asdict() for result in results]}
            report("data_hashing", tables, facts)  # at each step: the whole takes some twenty minutes


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
        Case("limit: os.scandir and stat", [*python, WALK, root], place.root),
        Case("engine, first", [*python, _SCAN, root, "", ""], place.root),
        Case("engine, unchanged", [*python, _SCAN, root, cache, "known"], place.root),
        Case("engine, unchanged, all listings", [*python, _SCAN, root, cache, ""], place.root),
    ]


def _rows(taken: dict[str, list[float]]) -> list[tuple[str, str, str]]:
    middle = {name: statistics.median(seconds) for name, seconds in taken.items()}
    (limit, least), (walk, least_again) = list(middle.items())[:2]
    first, again = middle["engine, first"], middle["engine, unchanged"]
    listed = middle["engine, unchanged, all listings"]
    return [
        (limit, _seconds(least), ""),
        (walk, "", _seconds(least_again)),
        ("engine", _against(first, least), _against(again, least_again)),
        ("engine, all listings made again", "", _against(listed, least_again)),
    ]


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _against(value: float, limit: float) -> str:
    return f"{value:.3f} ({value / limit:.2f} x)"


if __name__ == "__main__":
    main()
