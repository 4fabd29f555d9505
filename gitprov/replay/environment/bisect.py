"""Which change between two environments makes a difference: by bisection over the packages that are not the same.

The changes are put in one order. With the first few of them made, a run comes out as before; with all of them, not;
so there is a first one with which it turns. Where several changes have to be made together, environments in between
cannot be built or fail: they say nothing, and what is found is then more than one change.
"""

from collections.abc import Callable
from typing import NamedTuple

from gitprov.errors import ExitStatus, ProvError
from gitprov.model.environments import Change
from gitprov.replay.environment.difference import PYTHON, differences
from gitprov.replay.environment.lock import Lock

Judge = Callable[[Lock], bool | None]
"""Builds an environment and runs in it: whether it comes out as with the first one; `None` where it cannot be told."""


class NotTurned(ProvError):
    """Packages do not explain it: an answer, and no failure."""

    status = ExitStatus.NO


class Culprit(NamedTuple):
    """What turns the outcome."""

    changes: tuple[Change, ...]
    """One change; several, where what is between them could not be tried. Names of packages only."""
    alone: bool | None
    """Whether they turn it without the other changes; `None` where that cannot be told."""
    tried: int
    """How many environments were tried."""


def bisect(before: Lock, after: Lock, judge: Judge) -> Culprit:
    """Return which changes from one environment to the other turn the outcome.

    Raises `NotTurned` where the packages are all the same, or the outcome does not turn from one to the other, and
    `ProvError` where that cannot be told.
    """
    changes = package_changes(before, after)
    if not changes:
        raise NotTurned("the two environments have the same packages")
    tries = _Tries(before, after, changes, judge)
    _require_turn(tries, len(changes))
    good, bad = _between(tries, len(changes))
    found = tuple(changes[good:bad])
    verdict = tries.only(found) if len(found) < len(changes) else False
    return Culprit(found, None if verdict is None else not verdict, tries.count)


def package_changes(before: Lock, after: Lock) -> list[Change]:
    """Return the packages that are not the same, in the order in which they are tried."""
    return [change for change in differences(before, after) if _is_package(change, before, after)]


def _require_turn(tries: "_Tries", count: int) -> None:
    """Raise unless the outcome is one thing before all changes, and another after them."""
    if (verdict := tries.first(0)) is not True:
        if verdict is None:
            raise ProvError("with the first environment it cannot be told how it comes out")
        raise NotTurned("with the first environment it does not come out as recorded: packages do not explain it")
    if (verdict := tries.first(count)) is not False:
        if verdict is None:
            raise ProvError("with the packages of the second environment it cannot be told how it comes out")
        raise NotTurned("with the packages of the second environment it comes out as recorded: they do not explain it")


def mixed(before: Lock, after: Lock, changes: tuple[Change, ...]) -> Lock:
    """Return the first environment with some of the changes made to it."""
    packages, others = before.named(), after.named()
    for change in changes:
        packages.pop(change.name, None)
        if change.name in others:
            packages[change.name] = others[change.name]
    return before._replace(packages=tuple(packages[name] for name in sorted(packages)))


class _Tries:
    """Environments with some of the changes, and what came out in each."""

    def __init__(self, before: Lock, after: Lock, changes: list[Change], judge: Judge) -> None:
        self._before = before
        self._after = after
        self._changes = changes
        self._judge = judge
        self._known: dict[int, bool | None] = {}
        self.count = 0

    def first(self, number: int) -> bool | None:
        """Judge the first so many changes; each number once."""
        if number not in self._known:
            self._known[number] = self.only(tuple(self._changes[:number]))
        return self._known[number]

    def only(self, changes: tuple[Change, ...]) -> bool | None:
        """Judge these changes alone."""
        self.count += 1
        return self._judge(mixed(self._before, self._after, changes))


def _between(tries: _Tries, count: int) -> tuple[int, int]:
    """Return the numbers of changes between which it turns, as close together as can be told."""
    good, bad = 0, count
    untold: set[int] = set()
    while left := [number for number in range(good + 1, bad) if number not in untold]:
        middle = min(left, key=lambda number: abs(2 * number - good - bad))
        verdict = tries.first(middle)
        if verdict is None:
            untold.add(middle)
        elif verdict:
            good = middle
        else:
            bad = middle
    return good, bad


def _is_package(change: Change, before: Lock, after: Lock) -> bool:
    return change.name != PYTHON and (change.name in before.named() or change.name in after.named())
