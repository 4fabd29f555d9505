"""`needs-replication`: others have reproduced the runs that made the files."""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.model.ids import ABBREV
from gitprov.model.policy import NeedsReplication
from gitprov.model.records import Run
from gitprov.model.standing import STANDS
from gitprov.model.verdicts import Finding

NAME: Final = "needs-replication"


def find(rule: NeedsReplication, facts: Facts) -> Iterator[Finding]:
    """Yield the runs that too few others have reproduced; what whoever made a run did again does not count."""

    def test(run: Run, _: Changed) -> Fault | None:
        persons = facts.known.persons
        tries = facts.known.replications.get(run.id, ())
        good = [one for one in tries if one.verdict in STANDS and not persons.are_same(one.by, run.by)]
        people = {persons.key(one.by) for one in good}
        machines = {one.machine for one in good if one.machine}
        counts = (
            _short(len(good), rule.count, "time", "times"),
            _short(len(people), rule.people, "person", "people", "by "),
            _short(len(machines), rule.machines, "machine", "machines", "on "),
        )
        lacking = [words for words in counts if words]
        if not lacking:
            return None
        what = f"was reproduced {', '.join(lacking)} by others" if good else "was reproduced by nobody else"
        return Fault(what, f"somebody else: git prov reproduce {run.id[:ABBREV]}")

    yield from unmet(NAME, rule, facts, test, rule.tags)


def _short(have: int, wanted: int, one: str, several: str, by: str = "") -> str:
    return f"{by}{have} of {wanted} {one if wanted == 1 else several}" if have < wanted else ""
