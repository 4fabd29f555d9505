"""One function for each place where git, or a person, asks whether a change meets the policy.

Light until a rule may be about what changed: most commits have nothing to do with results, and wait for little more
than Python's start. Nothing is written but by `commit_msg`, which may add a trailer.
"""

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from gitprov.api.policy import asking, changes, sources
from gitprov.api.policy.changes import COMMIT_MSG, Change
from gitprov.api.policy.prelook import names_branch, settled
from gitprov.api.session import Session
from gitprov.api.settings import FILE
from gitprov.errors import ProvError, UsageError
from gitprov.model.verdicts import Judgement, together

if TYPE_CHECKING:
    from gitprov.model.policy import Policy

NO_RULES: Final = f"there are no rules here: {FILE} has none"


def check_names(rules: Collection[str]) -> None:
    """Refuse names of rules that there are not. Raises `UsageError`, with what is near."""
    from gitprov.api.policy.naming import near
    from gitprov.api.policy.rules import RULES

    for rule in rules:
        if rule not in RULES:
            raise UsageError(f"there is no rule {rule!r}{near(rule, RULES, 'there are')}")


def pre_commit(
    session: Session,
    files: Sequence[str] = (),
    *,
    only: Collection[str] = (),
    branch: str | None = None,
    amend: bool = False,
) -> Judgement:
    """Judge what is staged: the index that git is committing from, never the working tree.

    `branch` is where it goes to, without it the one HEAD is on; `amend` says that the commit takes the place of HEAD.
    Raises `ProvError` for what cannot be judged.
    """
    change = changes.staged(session, files, amend=amend)
    ask = asking.staged(files, only, branch)
    return _judged(session, change._replace(branch=branch) if branch else change, only)._replace(ask=ask)


def commit_msg(session: Session, file: str, *, only: Collection[str] = (), amend: bool = False) -> Judgement:
    """Judge the message in a file for what is staged, after adding the runs that it is to name. Raises `OSError`."""
    change = changes.staged(session, stage=COMMIT_MSG, amend=amend)
    policy = _look(session, change).policy
    if policy is None:
        return Judgement(judged=change.named)
    from gitprov.api.policy.judging import judge
    from gitprov.api.policy.known import Known
    from gitprov.api.policy.trailing import add_runs, read_message

    known = Known(session)
    change = change._replace(message=read_message(file))
    change = add_runs(session, policy, change, file, only=only, known=known)
    return judge(session, policy, change, only, known)._replace(ask=asking.message(file, only))


def pre_push(session: Session, lines: str, remote: str, *, only: Collection[str] = ()) -> Judgement:
    """Judge what a push brings to a remote: `lines` are what git says to its pre-push hook, a line a ref.

    What cannot be judged of one ref takes nothing away from what is found of another. Raises `ProvError` where
    nothing that was judged stops the push and something could not be.
    """
    found: list[Judgement] = []
    refused: list[ProvError] = []
    for ref in changes.pushed_refs(lines):
        try:
            if (change := _pushed(session, ref, remote)) is not None:
                found.append(_judged(session, change, only)._replace(ask=asking.pushed(ref, remote, only)))
        except ProvError as error:
            refused.append(error)
    judgement = together(found)
    if refused and not judgement.blocked:
        raise refused[0]
    return judgement._replace(notes=(*judgement.notes, *(error.message for error in refused)))


def ci(
    session: Session,
    text: str = "",
    files: Sequence[str] = (),
    *,
    only: Collection[str] = (),
    branch: str | None = None,
) -> Judgement:
    """Judge a range `A..B`, or what the CI job is about where none is given, by every rule whatever its stages.

    A job that says nothing is about the newest commit. `branch` is where the commits go to; without it what the CI
    says, else the branch HEAD is on.
    """
    from gitprov.api.policy.cirange import ci_range
    from gitprov.api.policy.target import target

    text = text or ci_range(session.repo, session.environ)
    to = target(session.repo, session.environ, branch)
    change = changes.of_range(session, text, files) if text else changes.newest(session, files)
    ask = asking.in_ci(text, files, only, to.branch)
    return _judged(session, change._replace(branch=to.branch, tag=to.tag), only)._replace(ask=ask)


def _pushed(session: Session, ref: changes.PushedRef, remote: str) -> Change | None:
    """What pushing a ref brings. A new branch that a rule is about by its name is judged from the default branch on.

    Its commits may all be on the remote under another name, for which the rule was not asked.
    """
    change = changes.pushed(session, ref, remote)
    if change is None or not change.branch or ref.remote_oid.strip("0"):
        return change
    source = _source(session, change)
    if source is None or not names_branch(source, change.branch):
        return change
    return changes.pushed(session, ref, remote, since_default=True)


def _judged(session: Session, change: Change, only: Collection[str]) -> Judgement:
    seen = _look(session, change)
    if seen.policy is None:
        asked = tuple(name for name in seen.settled if not only or name in only)
        return Judgement(rules=asked, judged=change.named, notes=() if seen.found else _without_rules(session, change))
    from gitprov.api.policy.judging import judge

    return judge(session, seen.policy, change, only)


class _Look(NamedTuple):
    """What a first look at the policy comes to."""

    policy: "Policy | None" = None
    """The policy that comes with the change; `None` where none of its other rules can be about it."""
    settled: tuple[str, ...] = ()
    """Rules that were asked, and have nothing to say."""
    found: bool = True
    """Whether there is a policy, where anything is judged."""


def _look(session: Session, change: Change) -> _Look:
    if not (change.paths or change.commits or change.tag):
        return _Look()
    found = _source(session, change)
    if found is None:
        return _Look(found=False)
    rules = settled(session, found, change)
    if rules is not None:
        return _Look(settled=rules)
    from gitprov.api.policy.loading import understood

    return _Look(understood(found).shared.policy)


def _source(session: Session, change: Change) -> sources.Source | None:
    if change.tree:
        return sources.find(session.repo, change.tree)
    return sources.find(session.repo, sources.INDEX, index_file=session.environ.get("GIT_INDEX_FILE", ""))


def _without_rules(session: Session, change: Change) -> tuple[str, ...]:
    """What to say where there is no policy at all; that its file was never added is a likely reason."""
    if not (change.paths or change.commits):
        return ()
    here = session.repo.worktree and os.path.exists(os.path.join(session.repo.worktree, FILE))
    return (f"{FILE} is not in what is judged, so its rules do not hold yet: git add {FILE}" if here else NO_RULES,)
