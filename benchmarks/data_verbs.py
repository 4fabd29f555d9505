"""Verbs on data as people type them, ours and those of peers: the rivals of `benchmarks.data_hashing`."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.measure import Bench, Case

WALK: Final = """
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
"""The least that who looks again has to do."""
_GIT: Final = "git add, git status"
_MOST_FOR_ANNEX: Final = 2000  # files: it takes some ten milliseconds for each
_LONG: Final = 30.0
"""Seconds from which on one look is enough: git hashes a file of exactly 4 GiB again whenever it looks."""


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
    """Files that it is given."""
    times: int = 1
    """How often it takes them, each time in a new repository; those that need minutes do it once."""


class Timed(NamedTuple):
    """A whole process: its wall time in seconds, and the peak memory of the largest among it and its own, in bytes."""

    seconds: float
    memory: int


class Result(NamedTuple):
    """How a rival took the data, and how it found them unchanged, in turn with bare walks over them."""

    name: str
    first: list[Timed]
    again: list[Timed]
    walks: list[Timed]


def _rivals(peers: Path | None) -> list[Rival]:
    git = [["git", "init", "-q"]]
    ours = [*git, ["git", "prov", "init"]]
    add, status = ["git", "prov", "data", "add"], ["git", "prov", "data", "status", "data"]
    found = [
        Rival("git prov data add, status", ours, [*add, "data"], status, times=3),
        Rival("git prov data add --no-keep, status", ours, [*add, "--no-keep", "data"], status, times=3),
        Rival(_GIT, git, ["git", "add", "data"], ["git", "status", "--porcelain"], times=3),
    ]
    if peers and (dvc := peers.resolve() / "dvc" / "bin" / "dvc").exists():
        found.append(
            Rival("dvc add, dvc status", [*git, [dvc, "init", "-q"]], [dvc, "add", "-q", "data"], [dvc, "status"])
        )
    if shutil.which("git-annex"):
        annex = [*git, ["git", "annex", "init", "-q"]]
        first = ["git", "annex", "add", "-q", "data"]
        found.append(Rival("git annex add, status", annex, first, ["git", "annex", "status"], _MOST_FOR_ANNEX))
    return found


def compete(place: Bench, peers: Path | None, root: Path, data: Data, repeats: int) -> list[Result]:
    """Time every program on copies of the data in new repositories, taking turns, then what it needs to look again."""
    rivals = _rivals(peers)
    results = {rival.name: Result(_name(rival, data), [], [], []) for rival in rivals}
    turns = max(rival.times for rival in rivals) if data.files > 1 else 1  # git hashes 4 GiB for minutes
    for turn in range(turns):
        for rival in (one for one in rivals if turn < one.times):
            repository = _set_up(place, rival, root)
            result = results[rival.name]
            result.first.append(_timed(place, Case(rival.name, rival.first, repository)))
            if turn + 1 == min(rival.times, turns):
                _look_again(place, rival, repository, result, repeats)
            shutil.rmtree(repository)
    return list(results.values())


def _set_up(place: Bench, rival: Rival, root: Path) -> Path:
    """Return a new repository with a copy of the data that is on the disk: nobody writes back what another wrote."""
    repository = place.root / "rival"
    repository.mkdir()
    for command in rival.setup:
        place.run(*command, cwd=repository)
    for directory in sorted(root.iterdir())[: max(rival.most // 1000, 1)]:
        shutil.copytree(directory, repository / "data" / directory.name)
    os.sync()
    return repository


def _look_again(place: Bench, rival: Rival, repository: Path, result: Result, repeats: int) -> None:
    """Time it where nothing has changed, in turn with a bare walk over the same files, after a round for nothing."""
    again = Case(rival.name, rival.again, repository)
    walk = Case(f"{rival.name}: walk", [sys.executable, "-c", WALK, repository / "data"], repository)
    for _ in range(repeats + 1):
        result.again.append(_timed(place, again))
        result.walks.append(_timed(place, walk))
        if result.again[-1].seconds > _LONG and len(result.again) > 1:
            break
    del result.again[0], result.walks[0]


def _timed(place: Bench, case: Case) -> Timed:
    start = time.perf_counter()
    with (place.root / "words").open("wb+") as words:
        process = subprocess.Popen(
            case.command, cwd=case.cwd, env=place.environ, stdin=subprocess.DEVNULL, stdout=words, stderr=words
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            words.seek(0)
            sys.exit(f"{case.name} exited with {process.returncode}\n{words.read().decode(errors='replace')}")
    return Timed(took, used.ru_maxrss * 1024)  # it is told in KiB


def _name(rival: Rival, data: Data) -> str:
    return rival.name if data.files <= rival.most else f"{rival.name} ({rival.most:,} files)"


COLUMNS: Final = (
    *("command", "first, s", "git add takes", "peak memory, MiB"),
    *("unchanged, s", "a walk takes, s", "times a walk", "peak memory, MiB"),
)


def rows(results: Sequence[Result]) -> list[list[str]]:
    """The verbs beside `git add`, and beside the walks that were done in turn with them."""
    git = next(_middle(result.first) for result in results if result.name == _GIT)
    found = []
    for result in results:
        first, again, walk = _middle(result.first), _middle(result.again), _middle(result.walks)
        longer = f"{git / first:.1f} x as long" if "files)" not in result.name else ""
        found.append([
            *(result.name, f"{first:.3f}", longer, _peak(result.first)),
            *(f"{again:.3f}", f"{walk:.3f}", f"{again / walk:.2f} x", _peak(result.again)),
        ])  # fmt: skip
    return found


def _middle(timed: Sequence[Timed]) -> float:
    return statistics.median(one.seconds for one in timed)


def _peak(timed: Sequence[Timed]) -> str:
    return f"{max(one.memory for one in timed) / (1 << 20):.0f}"
