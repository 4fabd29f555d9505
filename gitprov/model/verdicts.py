"""What is said of a change: findings of rules, and the judgement they add up to."""

from collections.abc import Iterable
from typing import Final, NamedTuple, TypeVar

_T = TypeVar("_T")
WARN: Final = "warn"
BLOCK: Final = "block"


class Finding(NamedTuple):
    """One offence."""

    rule: str
    """The rule's name in the policy."""
    level: str
    """`warn` or `block`. What cannot be judged is never more than `warn`."""
    what: str
    """One sentence without its full stop: it names the thing and the reason."""
    mend: str = ""
    """The command, or the step, that mends it."""
    path: str = ""
    """The file, from the top of the repository, in the form of `model.text.quote`."""
    commit: str = ""
    """The commit, where it is not the change as a whole that offends."""
    run: str = ""
    """The run that is spoken of, by its whole id."""


class Judgement(NamedTuple):
    """What came of asking the rules."""

    findings: tuple[Finding, ...] = ()
    rules: tuple[str, ...] = ()
    """The rules that were asked: those that are about something that changed."""
    judged: str = ""
    """What was judged, in words: `3 staged changes`."""
    notes: tuple[str, ...] = ()
    """What the person should know besides."""
    ask: str = "git prov check --json"
    """The command that asks the same again, and shows every finding."""

    @property
    def blocked(self) -> bool:
        """Whether one of the findings stops git, and makes the exit status 1."""
        return any(one.level == BLOCK for one in self.findings)


def together(judgements: Iterable[Judgement]) -> Judgement:
    """Return several judgements as one; what several of them say is said once."""
    every = list(judgements)
    return Judgement(
        findings=_once(one for judgement in every for one in judgement.findings),
        rules=_once(rule for judgement in every for rule in judgement.rules),
        judged="; ".join(_once(judgement.judged for judgement in every if judgement.judged)),
        notes=_once(note for judgement in every for note in judgement.notes),
        ask=next((one.ask for one in every if one.findings), Judgement().ask),
    )


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
