"""A quick look at the policy, before pydantic, patterns and records are paid for: may any rule be about a change?

Certain only where the answer is no. What is malformed is left to `loading`, which names it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitprov.api.policy.changes import CI, COMMIT_MSG, PRE_COMMIT, PRE_PUSH, Change, located
from gitprov.api.policy.matching import is_named, may_match
from gitprov.api.policy.sources import Source
from gitprov.api.session import Session
from gitprov.gitrepo.changes import blob_sizes
from gitprov.model.size import parse_size

NATURAL: Final[Mapping[str, tuple[str, ...]]] = {
    "needs-replication": (PRE_PUSH,),
    "needs-review": (PRE_PUSH,),
    "data-classes": (PRE_PUSH,),
    "signed-records": (PRE_PUSH,),
    "message-names-run": (COMMIT_MSG,),
}
"""The stages of rules that say none, where they are others than `pre-commit`; `model.policy` says the same."""
_BY_SIZE: Final = "data-as-pointers"
BY_COMMIT: Final = frozenset({_BY_SIZE, "data-classes", "message-names-run"})
"""The rules that look at every commit; the others at what all of them come to."""
_LARGE: Final = 10 << 20
_PLAIN: Final = frozenset({"level", "stages", "branches", "max_size"})
_LEVELS: Final = ("warn", "block")


def settled(session: Session, source: Source, change: Change) -> tuple[str, ...] | None:
    """Return the rules that were asked and have nothing to say, where no other is about a change.

    `None` where the policy has to be read whole.
    """
    rules = _rules(source)
    if rules is None:
        return None
    found = []
    for name, rule in rules.items():
        if not isinstance(rule, Mapping):
            return None
        if rule.get("branches"):
            change = located(session, change)
        if not _is_held(rule, name, change):
            continue
        if not (_is_small(name, rule, change) and _are_small(session, rule, change)):
            return None
        found.append(name)
    return tuple(found)


def names_branch(source: Source, branch: str) -> bool:
    """Tell whether a rule is about some branches only, and this may be one of them."""
    rules = (rule for rule in (_rules(source) or {}).values() if isinstance(rule, Mapping))
    every = (rule["branches"] for rule in rules if rule.get("branches") and rule.get("level") != "off")
    return any(not _are_texts(branches) or is_named(branch, branches) for branches in every)


def _rules(source: Source) -> Mapping[str, Any] | None:
    """The tables of the rules; `None` where they cannot be read."""
    try:
        table: Any = tomllib.loads(source.data.decode())
    except (ValueError, RecursionError):
        return None
    for key in source.above:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    rules = table.get("rules", {}) if isinstance(table, dict) else None
    return rules if isinstance(rules, dict) else None


def _is_held(rule: Mapping[str, Any], name: str, change: Change) -> bool:
    """Whether a rule may be held against a change: by its level, its stages, its branches and its paths."""
    if rule.get("level") == "off" or not _is_asked_at(rule, name, change):
        return False
    if change.tag and rule.get("tags"):
        return True
    if not _is_about(rule, change) or not (change.paths or change.commits):
        return False
    patterns = rule.get("paths", [])
    if not patterns or not _are_texts(patterns) or (change.commits and name in BY_COMMIT):
        return True
    return may_match(patterns, [one.path for one in change.paths])


def _is_about(rule: Mapping[str, Any], change: Change) -> bool:
    """Whether a rule may be about the branch that a change goes to."""
    branches = rule.get("branches")
    if not branches or not _are_texts(branches) or change.tag or change.branch is None:
        return True
    return is_named(change.branch, branches)


def _is_asked_at(rule: Mapping[str, Any], name: str, change: Change) -> bool:
    stages = rule.get("stages", NATURAL.get(name, (PRE_COMMIT,)))
    return change.stage == CI or not isinstance(stages, list | tuple) or change.stage in stages


def _is_small(name: str, rule: Mapping[str, Any], change: Change) -> bool:
    """Whether a rule asks for the sizes of what is staged, and for nothing else that has to be understood."""
    is_plain = name == _BY_SIZE and _PLAIN.issuperset(rule) and rule.get("level", "warn") in _LEVELS
    return is_plain and not change.commits and any(one.is_file for one in change.paths)


def _are_small(session: Session, rule: Mapping[str, Any], change: Change) -> bool:
    limit = parse_size(rule.get("max_size", _LARGE))
    blobs = set(_blobs(change))
    sizes = blob_sizes(session.repo, blobs)
    return limit is not None and len(sizes) == len(blobs) and max(sizes.values()) <= limit


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _blobs(change: Change) -> Iterator[str]:
    return (one.new for one in change.paths if one.is_file)
