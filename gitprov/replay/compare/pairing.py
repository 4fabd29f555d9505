"""Which new output is which recorded one, where a name has a date, a time or something random in it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_EDGE: Final = r"(?<![0-9A-Za-z])"
_END: Final = r"(?![0-9A-Za-z])"
_DAY: Final = r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])"
_TIME: Final = r"(?:[01]\d|2[0-3])[-_.:hH]?[0-5]\d(?:[-_.:mM]?[0-5]\d(?:[.,_]\d{1,9})?)?"
_MONTH_DAY: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d\d"
_PARTICULAR: Final = (
    ("<date>", re.compile(rf"{_EDGE}{_DAY}(?:[-_.T ]?{_TIME}(?:Z|[+-]\d\d:?\d\d)?)?{_END}")),
    ("<date>", re.compile(rf"{_EDGE}{_MONTH_DAY}[-_]{_TIME}{_END}")),
    ("<date>", re.compile(rf"{_EDGE}1[5-9]\d{{8}}(?:\d{{3}}|\.\d+)?{_END}")),  # seconds or milliseconds since 1970
    ("<id>", re.compile(rf"(?i){_EDGE}[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}{_END}")),
    ("<id>", re.compile(rf"{_EDGE}(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{{8,64}}{_END}")),
    ("<temporary>", re.compile(rf"{_EDGE}tmp[a-z0-9_]{{6,8}}{_END}")),
    ("<number>", re.compile(r"(?<=version_)\d+" + _END)),  # Lightning counts the runs that it finds on disk
)
_EVENTS: Final = re.compile(r"(events\.out\.tfevents\.)[^/]*?((?:\.v2)?)$")
"""TensorBoard's names: seconds, host, process, counter."""


def outline(path: str) -> str:
    """Return a path with its dates, times, identifiers and temporary names replaced by words for them."""
    path = _EVENTS.sub(r"\1<run>\2", path)
    for token, pattern in _PARTICULAR:
        path = pattern.sub(token, path)
    return path


def pairs(recorded: Iterable[str], new: Iterable[str]) -> dict[str, str]:
    """Return for each recorded path the new one that it is: the same path, else the one with the same outline.

    Where several have one outline, they are taken in the order of their names, and only where there are as many.
    """
    before, after = set(recorded), set(new)
    found = {path: path for path in before & after}
    left, outlines = _by_outline(before - after), _by_outline(after - before)
    for shape, paths in left.items():
        candidates = outlines.get(shape, [])
        if len(candidates) == len(paths):
            found.update(zip(paths, candidates, strict=True))
    return found


def _by_outline(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        shape = outline(path)
        if shape != path:
            found[shape].append(path)
    return found
