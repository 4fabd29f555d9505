"""Names that will be regretted: with spaces, alike but for case, versions by hand, untitled, dates of results."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gitprov.model.advice import Advice
from gitprov.model.text import quote

_MARKS: Final = "final|copy|backup|bak|old|new|latest|orig"
_VERSION: Final = re.compile(
    rf"(?P<base>.+?)(?:[\s._-]+(?:v?\d{{1,3}}[\s._-]+)*(?:{_MARKS})\d{{0,3}}(?:[\s._-]+v?\d{{1,3}})?)+", re.IGNORECASE
)
_COPY: Final = re.compile(
    r"copy[\s_-]+(?:\(?\d+\)?[\s_-]+)?of[\s_-]+(?P<of>.+)|(?P<before>.+?)[\s_-]+copy(?:[\s_-]*\(?\d+\)?)?|(?P<numbered>.+?)\s*\(\d+\)",
    re.IGNORECASE,
)
_UNTITLED: Final = re.compile(r"untitled[\s_-]?\d*(?:-copy\d*)?", re.IGNORECASE)
_DATE: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?P<gap>[-_.]?)(?:0[1-9]|1[0-2])(?P=gap)(?:0[1-9]|[12]\d|3[01])(?:[T_-]?\d{4,6})?(?!\d)"
)
_RESULTS: Final = frozenset(
    {"results", "result", "outputs", "output", "out", "figures", "plots", "models", "checkpoints", "metrics", "runs"}
)
"""Directories whose files a run makes."""


def advice(paths: Sequence[str], among: Sequence[str]) -> Iterator[Advice]:
    """Yield advice on the names of files, `among` all that there are. What is said of a directory is said once."""
    seen: set[str] = set()
    for path in paths:
        for place in _places(path):
            if place not in seen:
                seen.add(place)
                yield from _of_name(place, os.path.basename(place))
        yield from _date(path)
    yield from _twins(seen, {place for path in among for place in _places(path)})


def _places(path: str) -> Iterator[str]:
    """A path, and the directories that it stands in."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _of_name(place: str, name: str) -> Iterator[Advice]:
    """The first thing that is amiss with a name: what mends it mends the others too."""
    stem, dot, ending = name.partition(".") if not name.startswith(".") else (name, "", "")
    if _UNTITLED.fullmatch(stem):
        why = "nobody will know what is in it"
        yield Advice("untitled", quote(place), 0, "has no name of its own", why, "call it by what it does")
    elif bare := _without_version(stem):
        why = "Git has every version, and nobody will know which one counts"
        instead = f"one file, {quote(_without_spaces(bare) + dot + ending)}"
        yield Advice("version", quote(place), 0, "has a version in its name", why, instead)
    elif any(letter.isspace() for letter in name):
        why = "scripts and commands take it for two names"
        instead = f"call it {quote(_without_spaces(name))}"
        yield Advice("space", quote(place), 0, "has a space in its name", why, instead)


def _without_spaces(name: str) -> str:
    return re.sub(r"[\s-]*\s[\s-]*", "-", name.strip())


def _without_version(stem: str) -> str:
    """The name that is meant, of one that is marked as a copy or a version of it; "" for any other."""
    if stem.lower().startswith("test_"):  # named after what is tested
        return ""
    if found := _COPY.fullmatch(stem):
        return found["of"] or found["before"] or found["numbered"]
    if found := _VERSION.fullmatch(stem):
        return found["base"]
    return ""


def _date(path: str) -> Iterator[Advice]:
    """A date in the name of a result, where a run's record would tell."""
    parts = path.split("/")
    if not _RESULTS.intersection(part.lower() for part in parts[:-1]):
        return
    name = parts[-1]
    if found := _DATE.search(name):
        stem, ending = os.path.splitext(name)
        bare = re.sub(r"[-_.]{2,}", "-", stem.replace(found[0], "", 1)).strip("-_. ")
        instead = f"one file{f', {quote(bare + ending)}' if bare else ''}, and git prov ls for when it was made"
        why = "a run's record tells when, and from what"
        yield Advice("date", quote(path), 0, "has a date in its name", why, instead)


def _twins(places: Iterable[str], among: Iterable[str]) -> Iterator[Advice]:
    """Names that are one name where case does not count; below two such directories nothing more is said."""
    groups: dict[str, list[str]] = defaultdict(list)
    for place in among:
        groups[place.casefold()].append(place)
    wanted = set(places)
    for group in groups.values():
        if len(group) == 1 or wanted.isdisjoint(group):
            continue
        first, *others = sorted(group)
        for other in others:
            if other.rpartition("/")[0] == first.rpartition("/")[0]:
                what = f"differs from {quote(first)} in case only"
                why = "on Windows and macOS only one of the two is checked out"
                yield Advice("case", quote(other), 0, what, why, "give one of them another name")
