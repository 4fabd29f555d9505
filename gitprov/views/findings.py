"""What was looked at in a clone, as text: a line a finding, and below what is amiss the way to mend it."""

from collections.abc import Iterable
from typing import Final

from gitprov.model.results import Finding
from gitprov.model.text import visible
from gitprov.views.style import paint

_MARKS: Final = {True: ("ok", "green"), False: ("!!", "red"), None: ("--", "yellow")}
"""Well, amiss, and worth knowing."""


def findings(found: Iterable[Finding], *, colour: bool) -> str:
    """Return the findings as text; "" for none."""
    return "".join(_lines(finding, colour=colour) for finding in found)


def _lines(finding: Finding, *, colour: bool) -> str:
    mark, style = _MARKS[finding.ok]
    line = f"{paint(mark, style, colour=colour)} {finding.name}: {visible(finding.summary)}\n"
    return f"{line}     {visible(finding.mend)}\n" if finding.mend and not finding.ok else line
