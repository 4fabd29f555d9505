"""Environments other than the main one: where a run starts interpreters that stand elsewhere."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from gitprov.capture.environment.probe import EnvironmentCapture, describe

_MOST: Final = 4


class Others(NamedTuple):
    """The other environments of a run."""

    entries: list[dict[str, Any]]
    """For the record's `environment.others`: `interpreter`, `python`, `digest` of the lock."""
    locks: dict[str, bytes]
    """Their locks, by digest."""
    problems: list[str]
    """What is uncertain, in words."""


def others(
    executables: Iterable[str], main: EnvironmentCapture, environ: Mapping[str, str], cache_dir: str, worktree: str
) -> Others:
    """Describe the environments of interpreters that ran code of the run, without the main one.

    `executables` are their absolute paths, of which several may be of one environment. One that was not seen before is
    asked now, which takes a moment.
    """
    # `python` and `python3` of one virtual environment are one; two versions that stand in /usr/bin are two
    by_place = {(os.path.dirname(path), os.path.realpath(path)): path for path in executables}
    found = Others([], {}, [])
    for path in by_place.values():
        if len(found.entries) == _MOST:
            found.problems.append(
                f"the run used more than {_MOST} other Python interpreters: the rest are not described"
            )
            break
        one = describe(path, cache_dir, environ, worktree=worktree)
        if not one.digest:
            found.problems.extend(one.problems)
        elif one.digest != main.digest and one.digest not in found.locks:
            found.locks[one.digest] = one.lock
            found.entries.append({name: one.fields[name] for name in ("interpreter", "python", "digest")})
            found.problems.extend(one.problems)
    return found
