"""`data-classes`: data of these classes or licences does not go to these remotes.

Every commit is looked at: what was added and taken away again goes to the remote all the same.
"""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import CI, Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.matching import is_named, matcher
from gitprov.api.policy.words import finding, shown
from gitprov.model.policy import DataClasses, Policy
from gitprov.model.verdicts import Finding

NAME: Final = "data-classes"
_SHORT: Final = 12


def find(rule: DataClasses, facts: Facts) -> Iterator[Finding]:
    """Yield the files that must not go where the change goes."""
    remote = _goes_to(rule, facts)
    if remote is None:
        return
    is_about = matcher(rule.paths)
    seen: set[str] = set()
    for commit, one in _brought(facts):
        if one.path in seen or not is_about(one.path):
            continue
        if name := held_back(rule, facts.policy, one.path) or _stated(rule, one, facts):
            seen.add(one.path)
            where = f" to {remote}" if remote else ""
            what = f"{shown(one.path)} is {name}, which does not go{where or ' to a remote'}"
            short = commit[:_SHORT]
            mend = f"take it out of commit {short}: git rebase -i {short}^" if commit else "take it out of the commit"
            yield finding(NAME, rule, what, mend, path=one.path, commit=commit)


def held_back(rule: DataClasses, policy: Policy, path: str) -> str:
    """Return in words what a path is that the rule holds back: `data of class patients`; "" where it is nothing."""
    for name, one in policy.classes.items():
        licence = next((licence for licence in one.licences if licence in rule.licences), "")
        if (name in rule.classes or licence) and matcher(one.paths)(path):
            return f"data of class {name}" if name in rule.classes else f"data under {licence}"
    return ""


def _stated(rule: DataClasses, one: Changed, facts: Facts) -> str:
    """Return in words under which licence somebody has said that these bytes stand, if the rule holds it back."""
    licences = {digest: name for digest, name in facts.known.licences.items() if name in rule.licences}
    if not licences:
        return ""
    found = next((digest for digest in facts.digests(one.path, one.new, one.mode) if digest in licences), "")
    return f"data under {licences[found]}" if found else ""


def _goes_to(rule: DataClasses, facts: Facts) -> str | None:
    """The remote that is meant, "" for any; `None` where the rule is not about where the change goes."""
    config, remotes = facts.session.repo.config, facts.session.repo.remotes()
    change = facts.change
    remote = change.remote or (remotes[0] if change.stage == CI and len(remotes) == 1 else "")
    if not rule.remotes:
        return remote
    addresses = [*config.all(f"remote.{remote}.url"), *config.all(f"remote.{remote}.pushurl")] if remote else []
    return remote if any(is_named(name, rule.remotes) for name in (remote, *addresses) if name) else None


def _brought(facts: Facts) -> Iterator[tuple[str, Changed]]:
    if not facts.change.commits:
        yield from (("", one) for one in facts.change.paths if one.is_file)
    for commit, changes in facts.history.items():
        yield from ((commit, one) for one in changes if one.is_file)
