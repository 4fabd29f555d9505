"""What the kernel's control groups leave to this process: a share of the processors, an amount of memory.

Version 2 has one tree; version 1 one for each controller. A limit may stand at any level above the process, and in a
container the path that `/proc` names may not be there, in which case the top of the tree is what we see of it.
"""

import os
from collections.abc import Iterator
from math import ceil

_NO_LIMIT = 1 << 60  # version 1 has no word for "none" but a number that no machine has


def cores(root: str = "/") -> int | None:
    """Return how many processors' worth of time the quota grants, rounded up; None without one."""
    quotas = []
    for directory in _levels(root, "cpu"):
        quota, period = (_words(directory, "cpu.max") or [*_words(directory, "cpu.cfs_quota_us"), "", ""])[:2]
        period = period or "".join(_words(directory, "cpu.cfs_period_us"))
        if quota.isdigit() and period.isdigit() and int(period) > 0:
            quotas.append(ceil(int(quota) / int(period)))
    return max(min(quotas), 1) if quotas else None


def memory(root: str = "/") -> int | None:
    """Return the limit on memory in bytes; None without one."""
    words = [
        word
        for directory in _levels(root, "memory")
        for word in _words(directory, "memory.max") or _words(directory, "memory.limit_in_bytes")
    ]
    return min((int(word) for word in words if word.isdigit() and int(word) < _NO_LIMIT), default=None)


def _levels(root: str, controller: str) -> Iterator[str]:
    """Yield the directories of the process's group and of those above it, for one controller."""
    for line in _lines(os.path.join(root, "proc/self/cgroup")):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        names = controllers.split(",")
        if controllers and controller not in names:
            continue
        # version 1 mounts the tree under its controllers' names, version 2 at the top (or at `unified` beside them)
        for mount in (controllers, controller) if controllers else ("", "unified"):
            top = os.path.join(root, "sys/fs/cgroup", mount)
            yield from _upwards(top, path)


def _upwards(top: str, path: str) -> Iterator[str]:
    parts = [part for part in path.split("/") if part and part != ".."]
    for depth in range(len(parts), -1, -1):
        yield os.path.join(top, *parts[:depth])


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _words(directory: str, name: str) -> list[str]:
    return [word for line in _lines(os.path.join(directory, name))[:1] for word in line.split()]
