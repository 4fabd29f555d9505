"""A judgement as Markdown: for the summary of a CI job, or for a comment.

Names of files are written by whoever made the change, so nothing in them is mark-up, a mention or a link. Bounded:
GitHub throws a summary of more than 1 MiB away.
"""

from collections.abc import Sequence
from typing import Final

from gitprov.model.verdicts import Finding, Judgement
from gitprov.views import markdown
from gitprov.views.check import by_rule, outcome

ROWS: Final = 200
"""Rows in all. No row has more than 4 KiB, its step to mend included."""
_PATH: Final = 250
_WHAT: Final = 400
_MEND: Final = 350
_NOTES: Final = 20


def check(judgement: Judgement) -> str:
    """Return the verdict in one line, then a table a rule with the steps that mend it, what blocks before the rest."""
    found = by_rule(judgement)
    room = ROWS // max(len(found), 1)
    parts = [[f"## Rules: {markdown.plain(outcome(judgement))}"]]
    if judgement.judged:
        parts.append([markdown.plain(judgement.judged)])
    for same in found:
        parts += _rule(same, max(room, 1))
    parts += [[markdown.plain(f"Note: {note}")] for note in judgement.notes[:_NOTES]]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _rule(same: Sequence[Finding], room: int) -> list[list[str]]:
    first, shown = same[0], same[:room]
    parts = [
        [f"### {markdown.plain(first.rule)} ({markdown.plain(first.level)})"],
        markdown.table(["file", "what"], [_row(one) for one in shown]),
    ]
    if len(shown) < len(same):
        parts.append([f"and {len(same) - len(shown)} more"])
    if mends := list(dict.fromkeys(one.mend[:_MEND] for one in shown if one.mend)):
        parts.append(["To mend it:", "", *markdown.block(mends)])
    return parts


def _row(one: Finding) -> list[str]:
    return [markdown.plain(one.path, _PATH), markdown.plain(one.what, _WHAT)]
