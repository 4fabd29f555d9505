"""Files whose head says when they were made: compiled Python, MATLAB's `.mat`; and files that are never opened."""

import re
from itertools import zip_longest
from typing import Final

from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source, full
from gitprov.replay.compare.tally import Tally

_PYC_HEAD: Final = 16
_MAT_TEXT: Final = 116
_CREATED: Final = re.compile(rb"Created on: [\w :.]+")


def pyc(before: Source, after: Source, tally: Tally) -> None:
    """Compare two files of compiled Python: all but the time of its source. The code is never loaded."""
    mine, its = before.read(), after.read()
    if mine[:4] != its[:4]:
        tally.says("compiled by another Python")
    elif mine[_PYC_HEAD:] == its[_PYC_HEAD:]:
        tally.noise("time of the source")
    else:
        raise Unreadable("compiled Python differs in more than the time of its source")


def mat(before: Source, after: Source, tally: Tally) -> None:
    """Compare two MATLAB 5 files: all but the date in their text."""
    with before.open() as one, after.open() as other:
        heads = [_CREATED.sub(b"", file.read(_MAT_TEXT)).rstrip() for file in (one, other)]
        while (mine := full(one)) == (its := full(other)):
            if not mine:
                break
        if heads[0] != heads[1] or mine != its:
            raise Unreadable("no comparison for what differs in this MATLAB file")
    tally.noise("creation date")


def pickled(before: Source, after: Source, tally: Tally) -> None:  # noqa: ARG001 - it has the face of a comparison
    """Refuse: loading a pickle runs whatever it says."""
    raise Unreadable("a pickle is never loaded")


def opaque(before: Source, after: Source, tally: Tally) -> None:  # noqa: ARG001 - it has the face of a comparison
    """Say where two files of a kind that is not known begin to differ."""
    with before.open() as one, after.open() as other:
        at = 0
        while (mine := full(one)) == (its := full(other)):
            at += len(mine)
            if not mine:
                return
        at += next((n for n, pair in enumerate(zip_longest(mine, its)) if pair[0] != pair[1]), 0)
    raise Unreadable(f"no comparison for this kind of file; the first byte that differs is number {at + 1}")
