"""What was looked at in a clone, as text: a line a finding, and below what is amiss the way to mend it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from gitprov.model.results import Finding
from gitprov.model.text import visible
from gitprov.views.style import paint

_MARKS: Final = {True: ("ok", "green"), False: ("!!", "red"), None: ("--", "yellow")}
"""Well, amiss, and worth knowing."""


def findings(found: Iterable[Finding], *, colour: bool) -> str:
    """Return the findings as text; "" for none. Neighbours that say the same share a line."""
    groups = groupby(found, key=lambda finding: finding[1:])
    return "".join(_lines(_together(list(same)), colour=colour) for _, same in groups)


def _together(same: list[Finding]) -> Finding:
    """One finding for several that differ in name only: `hook pre-push, post-commit`."""
    first, *others = same
    word = first.name.partition(" ")[0]
    return first._replace(name=", ".join([first.name, *(other.name.removeprefix(f"{word} ") for other in others)]))


def _lines(finding: Finding, *, colour: bool) -> str:
    mark, style = _MARKS[finding.ok]
    line = f"{paint(mark, style, colour=colour)} {finding.name}: {visible(finding.summary)}\n"
    return f"{line}     {visible(finding.mend)}\n" if finding.mend and not finding.ok else line
