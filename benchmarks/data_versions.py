"""Two versions of a very large dataset, ten files apart: `python -m benchmarks.data_versions`.

What each recording takes, how much memory, and what it adds to the repository. The files are written once; the bytes
stay where they are (`--no-keep`), for recording a version needs digests only.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.measure import Bench, Table, bench, report

_CHANGED: Final = 10
_SHAPES: Final = {"in directories of 1,000": 1000, "in one directory": sys.maxsize}
_MEBI: Final = 1 << 20


class Recording(NamedTuple):
    """One command: seconds, the peak memory of its largest process, and what its repository gained, both in bytes."""

    name: str
    seconds: float
    memory: int
    grown: int


def main() -> None:
    """Make the data in each shape, record it, change ten files, record it again, and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1_000_000, help="files in the dataset (default: 1,000,000)")
    options = parser.parse_args()
    tables, facts = [], {}
    with bench() as place:
        for number, (shape, width) in enumerate(_SHAPES.items()):
            recordings = _versions(place, f"versions-{number}", options.files, width)
            tables.append(Table(f"{options.files:,} files {shape}", _COLUMNS, [_row(one) for one in recordings]))
            facts[shape] = [one._asdict() for one in recordings]
        report("data_versions", tables, {"files": options.files, "recordings": facts})  # removing it takes minutes


_COLUMNS: Final = ("command", "seconds", "peak memory, MiB", "added to the repository, KiB")


def _row(one: Recording) -> Sequence[str | float]:
    return one.name, f"{one.seconds:.2f}", f"{one.memory / _MEBI:.0f}", f"{one.grown / 1024:.1f}"


def _versions(place: Bench, name: str, files: int, width: int) -> list[Recording]:
    repository = place.repository(name)
    changing = _make(repository / "data", files, width)
    (repository / ".gitignore").write_text("data/\n")
    add = ("git", "prov", "data", "add", "--no-keep", "data")
    recordings = [_recorded(place, "first version", add, repository)]
    recordings.append(_recorded(place, "the same again", add, repository))
    for path in changing:
        path.write_bytes(b"changed\n")
    recordings.append(_recorded(place, f"{_CHANGED} files changed", add, repository))
    return recordings


def _make(root: Path, files: int, width: int) -> list[Path]:
    """Write small files that all differ, and return the paths of those that change in the next version.

    All paths together would weigh more than what is measured: a process begins as large as the one that starts it.
    """
    paths = []
    for number in range(files):
        directory = root / f"{number // width:04d}"
        if number % width == 0:
            directory.mkdir(parents=True)
        path = directory / f"{number:07d}"
        path.write_bytes(b"%d\n" % number)
        if number % max(files // _CHANGED, 1) == 0:
            paths.append(path)
    return paths[:_CHANGED]


def _recorded(place: Bench, name: str, command: Sequence[str], repository: Path) -> Recording:
    before = _stored(repository)
    start = time.perf_counter()
    child = os.fork()
    if not child:  # a process of its own, so that its children's peak is of this command alone
        os.chdir(repository)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.execvpe(command[0], [*command], place.environ)  # noqa: S606 - a list of words, from above
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"{' '.join(command)} exited with {os.waitstatus_to_exitcode(status)}")
    # ru_maxrss is of the largest process among the command and all it waited for, in KiB
    return Recording(name, seconds, used.ru_maxrss * 1024, _stored(repository) - before)


def _stored(repository: Path) -> int:
    """Return the bytes of all objects and refs of a repository."""
    git = repository / ".git"
    places = (git / "objects", git / "refs", git / "packed-refs")
    files = (path for place in places for path in ([place] if place.is_file() else place.rglob("*")))
    return sum(path.stat().st_size for path in files if path.is_file())


if __name__ == "__main__":
    main()
