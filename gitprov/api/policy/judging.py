"""The one judge: hooks, `git prov check` and CI hand it a change, and get the same judgement for the same change."""

from collections.abc import Collection, Iterable, Iterator

from gitprov.api.policy.changes import CI, Change, located
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.known import Known
from gitprov.api.policy.matching import is_named, matcher
from gitprov.api.policy.prelook import BY_COMMIT
from gitprov.api.policy.rules import RULES
from gitprov.api.session import Session
from gitprov.model.policy import Policy, Rule
from gitprov.model.verdicts import Finding, Judgement


def judge(
    session: Session, policy: Policy, change: Change, only: Collection[str] = (), known: Known | None = None
) -> Judgement:
    """Ask the rules of a policy about a change; of several, those that are named in `only`.

    `known` are the records, where they have been read already. Raises `ProvError` where a rule cannot be asked at all,
    because records have not been fetched.
    """
    known = known or Known(session)
    change = located(session, change)
    rules = list(asked(policy, change, only))
    with Facts(session, change, known, policy) as facts:
        found = tuple(finding for name, rule in rules for finding in RULES[name](rule, facts))
    notes = tuple(_notes(session, known, found)) if found else ()
    return Judgement(found, tuple(name for name, _ in rules), change.named, notes)


def _notes(session: Session, known: Known, found: Iterable[Finding]) -> Iterator[str]:
    """What there is to know beside findings."""
    if known.were_asked_for:
        if remote := known.not_fetched:
            yield f"no records have been fetched from {remote}; if others made what is meant: git prov sync {remote}"
        if known.unread:
            records = f"{known.unread} record{'s' if known.unread > 1 else ''}"
            yield f"{records} here only a newer git prov understands: what they say was left out of account"
    if session.repo.prefix and any(one.mend for one in found):
        yield "the commands that mend it are to be run at the top of the repository"


def asked(policy: Policy, change: Change, only: Collection[str] = ()) -> Iterator[tuple[str, Rule]]:
    """Yield the rules that a policy holds against a change: by name, by stage, by branch or tag, by what changed."""
    for name, rule in policy.rules():
        if only and name not in only:
            continue
        if _is_asked_at(rule, change) and _is_about(rule, change) and _finds_something(name, rule, change):
            yield name, rule


def _is_asked_at(rule: Rule, change: Change) -> bool:
    return change.stage == CI or change.stage in {str(stage) for stage in rule.stages}


def _finds_something(name: str, rule: Rule, change: Change) -> bool:
    """Whether there may be something in a change that a rule is about."""
    if change.tag or (change.commits and name in BY_COMMIT):
        return True
    is_meant = matcher(rule.paths)
    return any(one.is_file and is_meant(one.path) for one in change.paths)


def _is_about(rule: Rule, change: Change) -> bool:
    """Whether a rule is about the branch, or the tag, that a change goes to."""
    tags = getattr(rule, "tags", ())
    if change.tag:
        return is_named(change.tag, tags) or not (rule.branches or tags)
    if not rule.branches:
        return not tags
    return change.branch is None or is_named(change.branch, rule.branches)
