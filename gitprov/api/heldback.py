"""Data that does not go to a data remote: the rule `data-classes`, asked where no hook of git's sees what is pushed."""

from collections.abc import Sequence
from typing import Final

from gitprov.api.data.holding import Hold
from gitprov.api.data.push import push as send
from gitprov.api.data.settings import DataRemote
from gitprov.api.options import Progress
from gitprov.api.policy import sources
from gitprov.api.session import Session
from gitprov.model.data import Answer, Pushed

_RULE: Final = "data-classes"


def push(
    session: Session, words: Sequence[str], progress: Progress | None = None, *, scheduler: str = ""
) -> Answer[Pushed]:
    """Send data as `api.data.push` does, but for what the policy of the working tree holds back from the remote.

    Raises as that does, and `PolicyError`: while nobody can tell what is held back, nothing is sent.
    """
    return send(session, words, progress, scheduler=scheduler, hold=lambda remote: hold(session, remote))


def hold(session: Session, remote: DataRemote) -> Hold | None:
    """Return what tells which paths the policy holds back from a remote; `None` where it holds back nothing."""
    found = sources.find(session.repo, sources.WORKTREE)
    if found is None or _RULE.encode() not in found.data:
        return None
    from gitprov.api.policy.loading import understood
    from gitprov.api.policy.matching import is_named, matcher
    from gitprov.api.policy.rules.data_classes import held_back
    from gitprov.model.policy import Level

    policy = understood(found).shared.policy
    rule = policy.data_classes
    if rule is None or rule.level is Level.OFF:
        return None
    if rule.remotes and not any(is_named(name, rule.remotes) for name in (remote.name, remote.url)):
        return None
    is_about = matcher(rule.paths)

    def what(path: str) -> str:
        return held_back(rule, policy, path) if is_about(path) else ""

    return Hold(what, stops=rule.level is Level.BLOCK)
