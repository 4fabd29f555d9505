"""`signed-records`: the records of the runs that made the files are signed by a key that counts."""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.verifying import checked
from gitprov.model.ids import ABBREV
from gitprov.model.policy import SignedRecords
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding
from gitprov.model.vouching import GOOD, UNCHECKED, UNSIGNED, Checked

NAME: Final = "signed-records"
_WORDS: Final = {UNSIGNED: "is not signed", UNCHECKED: "has a signature that cannot be checked here"}


def find(rule: SignedRecords, facts: Facts) -> Iterator[Finding]:
    """Yield the runs for whose records nobody vouches whose key counts."""
    found = _checked(rule, facts)
    signers = tuple(_addresses(rule, facts))

    def test(run: Run, _: Changed) -> Fault | None:
        one = found.get(run.id)
        digits = run.id[:ABBREV]
        if one is None or not one.is_vouched_for:
            word = one.word if one else UNSIGNED
            what = _WORDS.get(word, f"is not signed by a key that counts ({word.replace('-', ' ')})")
            mend = f"git prov sign {digits}" if word == UNSIGNED else f"see why: git prov verify {digits}"
            return Fault(what, mend)
        if signers and not _is_by(one, signers):
            return Fault("is signed by nobody whose signature is asked for", f"one of them: git prov sign {digits}")
        return None

    yield from unmet(NAME, rule, facts, test)


def _checked(rule: SignedRecords, facts: Facts) -> dict[str, Checked]:
    """What is found of all runs that matter, git being asked about them at once."""
    reading = facts.known.reading
    made = {output.run.id for one in facts.results(rule.paths) for output in facts.origin(one).made}
    wanted = [stored for stored in reading.runs if stored.id in made]
    return {one.id: one for one in checked(facts.session.repo, reading, wanted)}


def _addresses(rule: SignedRecords, facts: Facts) -> Iterator[str]:
    for signer in rule.signers:
        yield from facts.policy.people.get(signer, (signer,))


def _is_by(one: Checked, signers: tuple[str, ...]) -> bool:
    states = [*([one.state] if one.word == GOOD else []), *(by.state for by in one.vouchers if by.word == GOOD)]
    return any(state.is_by(signer) for state in states for signer in signers)
