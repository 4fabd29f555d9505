"""The rules, asked by git's hooks and by pre-commit's. Light: most commits wait for little more than Python's start."""

import os
import sys
from typing import Final

from gitprov.api.policy import calm, stages
from gitprov.api.policy.changes import COMMIT_MSG, PRE_PUSH
from gitprov.api.session import Session
from gitprov.hooks.parent import is_amend
from gitprov.hooks.saying import say
from gitprov.model.verdicts import Judgement

CHECK: Final = "check"
"""What pre-commit starts where git starts its hooks pre-commit, pre-merge-commit and pre-push."""
MESSAGE: Final = "message"
"""What pre-commit starts where git starts its hook commit-msg."""
_NO_COMMIT: Final = "0" * 40


def holds(session: Session, event: str, args: list[str], told: str = "") -> bool:
    """Tell whether git may go on, and say what the rules found. `told` is what git tells its pre-push hook.

    Raises `ProvError` for what cannot be judged.
    """
    is_push = event == PRE_PUSH or (event == CHECK and "PRE_COMMIT_REMOTE_NAME" in session.environ)
    skip = "git-prov-commit-msg" if event in (COMMIT_MSG, MESSAGE) else "git-prov-check"
    if skip in map(str.strip, session.environ.get("SKIP", "").split(",")):
        return True
    if event == COMMIT_MSG and _is_off(session):  # before anything is added to the message
        return True
    judgement = _pushing(session, event, args, told) if is_push else _committing(session, event, args)
    if not judgement.findings or _is_off(session):
        return True
    from gitprov.views import check as views

    print(views.check(judgement, colour=False), end="", file=sys.stderr)
    if judgement.blocked and not _range(session, event):
        done, verb = ("pushed", "push") if is_push else ("committed", "commit")
        say(f"nothing was {done}; to {verb} all the same: SKIP={skip} git {verb} (CI will ask again)")
    return not judgement.blocked


def _pushing(session: Session, event: str, args: list[str], told: str) -> Judgement:
    if event == PRE_PUSH:
        return stages.pre_push(session, told, args[0])
    said = session.environ.get
    ref, base = said("PRE_COMMIT_LOCAL_BRANCH", "HEAD"), said("PRE_COMMIT_FROM_REF", _NO_COMMIT)
    line = " ".join((ref, said("PRE_COMMIT_TO_REF", ref), said("PRE_COMMIT_REMOTE_BRANCH", ref), base))
    return stages.pre_push(session, line, session.environ["PRE_COMMIT_REMOTE_NAME"])


def _committing(session: Session, event: str, args: list[str]) -> Judgement:
    if within := _range(session, event):
        return stages.ci(session, within, args)
    amend = is_amend(lambda verb: session.repo.config.get(f"alias.{verb.lower()}"))
    if event in (COMMIT_MSG, MESSAGE):
        return stages.commit_msg(session, args[0], amend=amend)
    judgement = stages.pre_commit(session, () if amend else args, amend=amend)  # pre-commit names what is new alone
    if not judgement.findings:
        calm.remember(session)
    return judgement


def _range(session: Session, event: str) -> str:
    """The commits that pre-commit was told to look at: `pre-commit run --from-ref A --to-ref B`."""
    base, tip = (session.environ.get(f"PRE_COMMIT_{name}_REF") for name in ("FROM", "TO"))
    is_push = "PRE_COMMIT_REMOTE_NAME" in session.environ
    return f"{base}..{tip}" if event == CHECK and base and tip and not is_push else ""


def _is_off(session: Session) -> bool:
    """Whether this clone was taken out of what `init --global` has set up."""
    from gitprov.api.setup.ledger import clone_ledger

    return os.path.exists(session.state.install) and clone_ledger(session).off
