"""`results-need-run`: files at `paths` are what a run made, byte for byte."""

import os
from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.known import Output
from gitprov.api.policy.origins import Origin
from gitprov.api.policy.words import ANY_COMMAND, again, brief, doubt, finding, named, shown
from gitprov.artifacts.hashing import digest_file
from gitprov.errors import ProvError
from gitprov.model import shell
from gitprov.model.policy import Rule
from gitprov.model.text import quote
from gitprov.model.verdicts import Finding

NAME: Final = "results-need-run"


def find(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield the files that no run made."""
    for one in facts.results(rule.paths):
        origin = facts.origin(one)
        if origin.made:
            continue
        if origin.unsure and not origin.spoiled:
            what = f"whether a run made {shown(one.path)} cannot be told: {origin.unsure.reason}"
            yield doubt(NAME, what, origin.unsure.help, path=one.path)
        else:
            source = origin.spoiled[0][0] if origin.spoiled else origin.last
            run, mend = source.run if source else None, _mend(one, origin, source, facts)
            yield finding(NAME, rule, _what(one, origin, facts), mend, path=one.path, run=run)


def _what(one: Changed, origin: Origin, facts: Facts) -> str:
    if not origin.spoiled:
        return f"{shown(one.path)} {'changed' if one.old else 'is new'}, and no run made it"
    output, why = origin.spoiled[0]
    retraction = facts.known.retractions.get(output.run.id)
    because = f": {brief(retraction.because)}" if retraction else ""
    return f"{shown(one.path)} was made by {named(output.run)}, which {why}{because}"


def _mend(one: Changed, origin: Origin, source: Output | None, facts: Facts) -> str:
    if not facts.change.tree and not origin.spoiled and source and _is_on_disk(one, source, facts):
        return f"git add {shell.pathspec(one.path)}"
    return again(source.run, source) if source else ANY_COMMAND


def _is_on_disk(one: Changed, source: Output, facts: Facts) -> bool:
    """Whether what the run made is in the working tree, and something else is staged."""
    made = source.item
    file = os.path.join(facts.session.repo.worktree or "", one.path)
    try:
        is_likely = made.path == quote(one.path) and os.path.getsize(file) == made.size
        return is_likely and digest_file(file).digest == made.digest
    except (OSError, ProvError):
        return False
