"""What a run wrote, then and now: by digest, by kind where digests differ, member by member in directories."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitprov.model.text import unquote
from gitprov.replay.compare import files
from gitprov.replay.compare.moments import Span
from gitprov.replay.compare.outcome import (
    EXTRA,
    MISSING,
    NOISE,
    NOT_COMPARABLE,
    SAME,
    WITHIN,
    Outcome,
    fold,
)
from gitprov.replay.compare.pairing import pairs
from gitprov.replay.compare.places import Normaliser
from gitprov.replay.compare.source import from_path
from gitprov.replay.compare.tally import Terms
from gitprov.replay.tolerance import Tolerances

DATED: Final = "date or identifier in the file name"


class Side(NamedTuple):
    """One of two runs, as far as its outputs go."""

    outputs: Sequence[Mapping[str, Any]]
    """The record's `output`."""
    find: Callable[[str, str], str | None]
    """Where the bytes of an output are, by its recorded path and digest ("" where none is known); None if nowhere."""
    listing: Callable[[str], Mapping[str, str] | None] = lambda _: None
    """The digests of the files in a directory, by path below it, from the directory's digest; None if not known."""
    places: tuple[tuple[str, str], ...] = ()
    """Paths that are this side's own and a token for each: the repository (`places.REPOSITORY`), the home."""
    span: Span | None = None
    """When it ran."""


class OutputOutcome(NamedTuple):
    """One output, then and now."""

    path: str
    """As recorded; for one that is only new, as it is now."""
    outcome: Outcome
    before: str = ""
    """Its digest; "" where there is none."""
    after: str = ""
    now: str = ""
    """Its path in the new run, where that is another."""
    is_absolute: bool = False


def compare_outputs(recorded: Side, new: Side, tolerances: Tolerances) -> list[OutputOutcome]:
    """Compare all outputs of two runs, in the recorded order, what is only new at the end."""
    before = {str(entry.get("path", "")): entry for entry in recorded.outputs}
    after = {str(entry.get("path", "")): entry for entry in new.outputs}
    paired = pairs(before, after)
    comparison = _Comparison(recorded, new, tolerances)
    found = [comparison.one(entry, after.get(paired.get(path, ""))) for path, entry in before.items()]
    extra = after.keys() - paired.values()
    return found + [_only(after[path], EXTRA) for path in after if path in extra]


class _Comparison:
    def __init__(self, recorded: Side, new: Side, tolerances: Tolerances) -> None:
        self._recorded, self._new = recorded, new
        self._tolerances = tolerances
        self._before = Normaliser(recorded.places, recorded.span)
        self._after = Normaliser(new.places, new.span)

    def one(self, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> OutputOutcome:
        """Compare one output with what it is now."""
        if after is None:
            return _only(before, MISSING)
        path, now = str(before["path"]), str(after["path"])
        digests = _digest(before), _digest(after)
        if digests[0] and digests[0] == digests[1]:
            outcome = Outcome(SAME)
        elif "files" in before and (before.get("files", 1) != 1 or after.get("files", 1) != 1):
            outcome = self._directory(path, now, digests)
        else:
            outcome = self._file((path, now), digests, path)
        is_absolute = bool(before.get("absolute"))
        outcome = _renamed(outcome) if path != now else outcome
        return OutputOutcome(path, outcome, *digests, now if path != now else "", is_absolute)

    def _directory(self, path: str, now: str, digests: tuple[str, str]) -> Outcome:
        mine, its = self._recorded.listing(digests[0]), self._new.listing(digests[1])
        if mine is None or its is None:
            return Outcome(
                NOT_COMPARABLE, f"the {'recorded' if mine is None else 'new'} directory's listing is not at hand"
            )
        return fold(self._members((path, now), mine, its))

    def _members(
        self, tops: tuple[str, str], before: Mapping[str, str], after: Mapping[str, str]
    ) -> Iterator[tuple[str, Outcome]]:
        paired = pairs(before, after)
        for name, digest in before.items():
            other = paired.get(name)
            if other is None:
                yield name, Outcome(MISSING, "is missing")
            elif digest == after[other]:
                yield name, Outcome(SAME) if name == other else Outcome(NOISE, "", (DATED,))
            else:
                names = f"{tops[0]}/{name}", f"{tops[1]}/{other}"
                yield name, self._file(names, (digest, after[other]), tops[0])
        yield from ((name, Outcome(EXTRA, "is new")) for name in after.keys() - paired.values())

    def _file(self, paths: tuple[str, str], digests: tuple[str, str], stated: str) -> Outcome:
        """Compare the bytes of one file, where both sides have them; `stated` is the recorded entry it belongs to."""
        names = (paths[0], stated)
        tolerance = self._tolerances.named(*names)
        if tolerance is not None and tolerance.is_any:
            return Outcome(WITHIN, "left out of the comparison, as asked")
        sources = []
        for side, path, digest, called in zip(
            (self._recorded, self._new), paths, digests, ("recorded", "new"), strict=True
        ):
            place = side.find(path, digest)
            if place is None:
                return Outcome(NOT_COMPARABLE, f"the bytes differ, and the {called} file is not at hand")
            sources.append(from_path(place, _name(path)))
        mine, its = sources
        return files.compare(mine, its, Terms(self._tolerances, names, self._before, self._after))


def _only(entry: Mapping[str, Any], grade: str) -> OutputOutcome:
    digest = _digest(entry)
    sides = (digest, "") if grade == MISSING else ("", digest)
    words = "was not written this time" if grade == MISSING else "was not written when it was recorded"
    return OutputOutcome(str(entry.get("path", "")), Outcome(grade, words), *sides, "", bool(entry.get("absolute")))


def _renamed(outcome: Outcome) -> Outcome:
    grade = NOISE if outcome.grade == SAME else outcome.grade
    return outcome._replace(grade=grade, noise=(*outcome.noise, DATED))


def _digest(entry: Mapping[str, Any]) -> str:
    digest = entry.get("digest")
    return digest if isinstance(digest, str) else ""


def _name(path: str) -> str:
    """Return a recorded path as text that file kinds are told by."""
    try:
        return unquote(path).decode("utf-8", "replace")
    except ValueError:
        return path
