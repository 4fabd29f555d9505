"""`needs-review`: others have accepted the runs that made the files, owners among them, and nobody rejects them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from gitprov.api.codeowners import CodeOwners
from gitprov.api.owners import owners, read
from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import brief, shown
from gitprov.api.reviews import NOBODY
from gitprov.model.ids import ABBREV
from gitprov.model.policy import NeedsReview
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding

NAME: Final = "needs-review"


def find(rule: NeedsReview, facts: Facts) -> Iterator[Finding]:
    """Yield the runs that too few have accepted, or somebody rejects. What their makers say of them does not count."""
    yield from unmet(NAME, rule, facts, _Reviews(rule, facts).test, rule.tags)


class _Reviews:
    def __init__(self, rule: NeedsReview, facts: Facts) -> None:
        self._rule = rule
        self._facts = facts

    def test(self, run: Run, one: Changed) -> Fault | None:
        reviewed = self._facts.known.reviews.get(run.id, NOBODY)
        ask = f"ask for it: git prov review {run.id[:ABBREV]} --accept"
        if reviewed.rejected:
            first = reviewed.rejected[0]
            because = f": {brief(first.review.text)}" if first.review.text else ""
            return Fault(f"was rejected by {first.person}{because}", "mend what was found, run it again, and ask anew")
        accepted = {opinion.person for opinion in reviewed.accepted}
        if len(accepted) < self._rule.count:
            many = f"by {len(accepted)} of {self._rule.count} people" if accepted else "by nobody else"
            return Fault(f"was accepted {many}", ask)
        if self._rule.owners and (who := self._owners_lacking(one.path, accepted)):
            return Fault(f"was accepted by too few owners of {shown(one.path)}{who}", ask)
        return None

    def _owners_lacking(self, path: str, accepted: set[str]) -> str:
        """Say whose word is lacking; "" where nobody's is."""
        people, persons = self._facts.policy.people, self._facts.known.persons
        found = owners(self._file, [path], people=people, persons=persons)[path]
        lacking = found.lacking(accepted)
        if not lacking:
            return ""
        who = sorted(set().union(*(group.people for group in lacking))) or sorted(found.unknown)
        return f" ({', '.join(who[:3])})" if who else " "

    @cached_property
    def _file(self) -> CodeOwners | None:
        """CODEOWNERS as the branch has it that the change goes to: what it brings must not choose who is asked."""
        change = self._facts.change
        return read(self._facts.session.repo, change.bases[0] if change.bases else change.tree)
