"""`no-stale-results`: what the runs that made the files read is still the same in the tree that is committed."""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.inputs import moved, untold
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import again
from gitprov.model.policy import NoStaleResults
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding

NAME: Final = "no-stale-results"
_NAMED: Final = 2


def find(rule: NoStaleResults, facts: Facts) -> Iterator[Finding]:
    """Yield the runs that read something that is another thing now."""
    known: dict[str, Fault | None] = {}

    def test(run: Run, _: Changed) -> Fault | None:
        if run.id not in known:
            known[run.id] = _fault(run, facts)
        return known[run.id]

    yield from unmet(NAME, rule, facts, test)


def _fault(run: Run, facts: Facts) -> Fault | None:
    found = moved(run, facts)
    if not found:
        unknown = untold(run, facts)
        return Fault(f"{unknown}: whether it is stale cannot be told", again(run), unsure=True) if unknown else None
    more = f", and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return Fault(f"is stale: {'; '.join(found[:_NAMED])}{more}", again(run))
