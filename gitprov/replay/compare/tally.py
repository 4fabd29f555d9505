"""What is found while two files are walked through side by side."""

from collections.abc import Callable, Iterable, Sequence
from math import inf, isfinite, isnan
from typing import Final, NamedTuple, TypeAlias

from gitprov.index.compare import is_number
from gitprov.model.text import single_line
from gitprov.replay.compare import moments
from gitprov.replay.compare.outcome import DIFFERS, NOISE, SAME, WITHIN, Outcome, fold
from gitprov.replay.compare.places import Elsewhere, Normaliser
from gitprov.replay.compare.source import Source
from gitprov.replay.tolerance import Tolerances

ENOUGH: Final = 1000
"""Differences after which a file is looked at no further."""
_SHOWN: Final = 60

Number: TypeAlias = int | float
Where: TypeAlias = Callable[[int], str]
"""Says which value of many the n-th one is."""
Compare: TypeAlias = Callable[[Source, Source, "Terms"], Outcome]
"""Comparing two sources by whatever kind they are: how archives have their members compared."""


class Terms(NamedTuple):
    """What two files are compared by."""

    tolerances: Tolerances
    names: tuple[str, ...] = ()
    """Names under which a tolerance of the whole file may be stated: its path."""
    before: Normaliser = Normaliser()
    after: Normaliser = Normaliser()


class Enough(Exception):
    """So much differs that nothing is gained by looking further."""


class Tally:
    """Counts what differs, keeps the first of it, the largest tolerated difference, and the noise by name."""

    def __init__(self, terms: Terms, below: Compare) -> None:
        self.terms = terms
        self._below = below
        self._noise: dict[str, None] = {}
        self._count = self._taken = 0
        self._first = ""
        self._within = 0
        self._largest = ("", -1.0, "")
        self._parts: list[tuple[str, Outcome]] = []
        self._elsewhere = Elsewhere()

    def noise(self, *names: str) -> None:
        """Take note of a difference that means nothing."""
        self._noise.update(dict.fromkeys(names))

    def differs(self, where: str, before: object, after: object, *, is_taken: bool = False) -> None:
        """Take note of a difference, `is_taken` where it is in times taken only; Enough is raised after very many."""
        self._count += 1
        self._taken += is_taken
        if not self._first:
            mine, its = _excerpts(before, after)
            self._first = f"{where}: {shown(mine)} → {shown(its)}"
        if self._count >= ENOUGH:
            raise Enough

    def says(self, what: str) -> None:
        """Take note of a difference in its own words."""
        self._count += 1
        self._first = self._first or what

    def number(self, where: str, before: Number, after: Number, names: Sequence[str] = ()) -> None:
        """Compare two numbers by the tolerance of the first of `names`, or of the file, that has one."""
        judged = self.terms.tolerances.judge(before, after, *names, *self.terms.names)
        if judged.is_same:
            return
        if not judged.is_within:
            if self.terms.before.is_moment(before) and self.terms.after.is_moment(after):
                self.noise(moments.NOISE)
            else:
                self.differs(where, before, after)
            return
        self._within += 1
        difference = abs(float(after) - float(before)) if isfinite(before) and isfinite(after) else inf
        if difference > self._largest[1]:
            self._largest = (where, difference, judged.words)

    def numbers(self, where: Where, pairs: Iterable[tuple[object, object]], names: Sequence[str] = ()) -> None:
        """Compare many pairs of values as `number` does; `where` says which the n-th is, and is called for few."""
        absolute, relative = self.terms.tolerances.of_floats(*names, *self.terms.names)
        for index, (before, after) in enumerate(pairs):
            if before == after:
                continue
            if type(before) is float and type(after) is float:
                difference = abs(after - before)
                near = difference <= absolute or difference <= relative * abs(before)
                if near and difference <= self._largest[1]:  # a larger one `number` takes note of, and where it is
                    self._within += 1
                    continue
            if is_number(before) and is_number(after):
                self.number(where(index), before, after, names)
            else:
                self.differs(where(index), before, after)

    def text(self, where: str, before: str, after: str) -> None:
        """Compare two texts; what is particular to each side is evened out first."""
        if before == after:
            return
        (mine, found), (its, also) = self.terms.before(before), self.terms.after(after)
        if self.evens_out(mine, its):
            self.noise(*sorted(found | also))
        else:
            self.differs(where, mine, its)

    def evens_out(self, before: str, after: str) -> bool:
        """Tell whether two texts without their particulars are the same, but for where the recorded run stood."""
        return before == after or self._elsewhere.evens_out(before, after)

    def part(self, name: str, before: Source, after: Source) -> None:
        """Compare a member of both sides by its own kind."""
        self._parts.append((name, self._below(before, after, self.terms)))

    def outcome(self) -> Outcome:
        """Return what came of it."""
        return fold([("", self._own()), *self._parts]) if self._parts else self._own()

    def _own(self) -> Outcome:
        noise = tuple(self._noise)
        if self._count:
            most = " or more" if self._count >= ENOUGH else ""
            more = f" (and {self._count - 1}{most} further)" if self._count > 1 else ""
            more += "; nothing but how long something took" if self._taken == self._count else ""
            return Outcome(DIFFERS, self._first + more, noise)
        if self._within:
            where, difference, words = self._largest
            return Outcome(WITHIN, f"largest difference {difference:.3g} at {where}, allowed {words}", noise)
        return Outcome(NOISE if noise else SAME, "", noise)


def _excerpts(before: object, after: object) -> tuple[object, object]:
    """Return two long texts from shortly before the place where they begin to differ."""
    if not (isinstance(before, str) and isinstance(after, str)) or max(len(before), len(after)) <= _SHOWN:
        return before, after
    same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), _SHOWN)
    start = same - _SHOWN // 3
    return (before, after) if start <= 0 else ("…" + before[start:], "…" + after[start:])


def shown(value: object) -> str:
    """Return a value for a note: on one line, harmless, cut."""
    if isinstance(value, float) and isnan(value):
        return "NaN"
    return single_line(value if isinstance(value, str) else repr(value), _SHOWN) or "nothing"
