"""Text by lines: the first line that differs is named, numbers in a line are compared as numbers."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO, Final

from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_LONGEST: Final = 1 << 20
_DIGITS: Final = 300
# Atomic groups: a line of a million digits and a letter is looked at once, not once for each digit.
NUMBER: Final = re.compile(r"(?<![\w.])[-+]?(?>\d+\.?\d*|\.\d+)(?>[eE][-+]?\d+)?+(?!\.*+\w)")
"""A number that stands by itself in a text, and is no part of a name or a version."""
_TAKEN: Final = re.compile(
    r"(?<![\w.])(?>\d+\.?\d*)(?:[eE][-+]?\d+)? ?(?:[nmuµ]s|s|secs?|seconds?|min|minutes?|h|hours?)(?!\w)"
)
"""A number of seconds, or of another unit of time."""
_SAYS_SO: Final = re.compile(r"\b(?:took|elapsed|(?:completed|finished|done|passed)(?: \w+){0,3} in)\b", re.IGNORECASE)
"""Words by which a line says that this is how long the program took, and no result."""


def text(before: Source, after: Source, tally: Tally) -> None:
    """Compare two texts, line by line."""
    with before.open() as one, after.open() as other:
        for number, (mine, its) in enumerate(zip_longest(_lines(one), _lines(other)), 1):
            if mine is None or its is None:
                tally.says(f"line {number} stands only in what is {'new' if mine is None else 'recorded'}")
                return
            if mine != its:
                line(f"line {number}", mine, its, tally)


def line(where: str, before: str, after: str, tally: Tally) -> None:
    """Compare two lines: their ends, what is particular to each side, then words exactly and numbers by tolerance."""
    if before.rstrip("\r\n") == after.rstrip("\r\n"):
        tally.noise("line endings")
        return
    (mine, found), (its, also) = tally.terms.before(before), tally.terms.after(after)
    if not tally.evens_out(mine, its) and not _same_but_numbers(where, mine, its, tally):
        untimed = [_TAKEN.sub("(time)", text) for text in (mine, its)]
        is_taken = tally.evens_out(*untimed)
        if not (is_taken and _SAYS_SO.search(mine) and _SAYS_SO.search(its)):
            # else times taken are not what matters in it
            tally.differs(where, *_shown(*((mine, its) if is_taken else untimed)), is_taken=is_taken)
            return
        tally.noise("how long something took")
    tally.noise(*sorted(found | also))


def _shown(before: str, after: str) -> tuple[str, str]:
    """Return two lines as they are shown: what is between columns takes no room, where that is not the difference."""
    narrow = " ".join(before.split()), " ".join(after.split())
    return narrow if narrow[0] != narrow[1] else (before.strip(), after.strip())


def _same_but_numbers(where: str, before: str, after: str, tally: Tally) -> bool:
    """Compare lines that differ in numbers only; False for others, and where a number is not near enough."""
    if NUMBER.split(before) != NUMBER.split(after):
        return False
    if any(len(number) > _DIGITS for number in (*NUMBER.findall(before), *NUMBER.findall(after))):
        return False
    pairs = [
        (_value(mine), _value(its)) for mine, its in zip(NUMBER.findall(before), NUMBER.findall(after), strict=True)
    ]
    judge = tally.terms.tolerances.judge
    if not all(judge(mine, its, *tally.terms.names).is_within for mine, its in pairs):
        return False
    for mine, its in pairs:
        tally.number(where, mine, its)
    return True


def _value(number: str) -> int | float:
    try:
        return int(number)
    except ValueError:
        return float(number)


def _lines(file: BinaryIO) -> Iterator[str]:
    while data := file.readline(_LONGEST + 1):
        if len(data) > _LONGEST:
            raise Unreadable("a line is too long to be text")
        yield data.decode("utf-8", "surrogateescape")
