"""`acceptance`: the runs that made the files meet what is asked of them, and what they expected themselves."""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.rules.each_run import Fault, unmet
from gitprov.api.policy.words import again
from gitprov.capture.intent import judge, parse_expectation
from gitprov.errors import UsageError
from gitprov.model.policy import Acceptance
from gitprov.model.records import Run
from gitprov.model.verdicts import Finding
from gitprov.model.words import number

NAME: Final = "acceptance"
_MEND: Final = "take these results back, or change what is expected"


def find(rule: Acceptance, facts: Facts) -> Iterator[Finding]:
    """Yield the runs that missed something."""

    def test(run: Run, _: Changed) -> Fault | None:
        own = run.intent.expect if run.intent else ()
        missed = list(_missed(run, tuple(dict.fromkeys([*rule.criteria, *own]))))
        if not missed:
            return None
        mend = _MEND if run.metrics else f"let the run tell its metrics: {again(run, None, '--metrics', 'FILE')}"
        return Fault(f"does not meet {' and '.join(missed)}", mend)

    yield from unmet(NAME, rule, facts, test)


def _missed(run: Run, criteria: tuple[str, ...]) -> Iterator[str]:
    """Say what is not met, and why: a metric that is not there meets nothing."""
    for text in criteria:
        try:
            expectation = parse_expectation(text)
        except UsageError:
            yield f"{text!r}, which is no expectation"
            continue
        if judge([expectation], run.metrics).verdict != "met":
            value = run.metrics.get(expectation.name)
            yield f"{expectation} ({'there is no such metric' if value is None else f'it is {number(value)}'})"
