"""The records go along with a push, and `git log` shows what has come: what hooks do about records."""

import contextlib
import json
import os
from collections.abc import Iterator

from gitprov.api.session import Session
from gitprov.api.setup.ledger import Ledger, clone_ledger
from gitprov.api.setup.places import refreshed, touch
from gitprov.errors import ConfigError, GitFailed
from gitprov.hooks.parent import is_dry_run
from gitprov.hooks.saying import say
from gitprov.records import notes, sync
from gitprov.records.layout import NOTES, ROOT
from gitprov.records.sync import Sent

_NAME_AND_URL = 2
_PUSHED_REF = ("local ref", "local id", "remote ref", "remote id")


def refresh(session: Session, *, adopting: bool = True) -> None:
    """Let `git log` show the runs below a new commit, and those that a fetch has brought.

    A clone that `init --global` has brought its hooks to is `adopting` what else belongs to them.
    """
    ledger = clone_ledger(session)
    if ledger.off:
        return
    if adopting and not ledger.exists:
        _adopt(session)
    notes.refresh(session.repo, session.state)
    touch(refreshed(session.state))


def push(session: Session, args: list[str], pushed: bytes) -> None:
    """Send the records to where a push goes, on a connection of their own, before it."""
    ledger = clone_ledger(session)
    if ledger.off:
        return
    if not ledger.exists:
        _adopt(session)
    config = session.repo.config
    if len(args) < _NAME_AND_URL or not config.flag("prov.push", True) or _goes_along(pushed):
        return
    if is_dry_run(lambda verb: config.get(f"alias.{verb.lower()}")):
        return
    _send(session, ledger, args[0], _where(session, *args[:_NAME_AND_URL]))


def _send(session: Session, ledger: Ledger, name: str, remote: str) -> None:
    try:
        sent = sync.send(session.repo, session.state, remote, timeout=_timeout(session))
    except GitFailed as error:
        _remember_failure(session, name, error)
        say(f"the records were not sent: {error.message}")
        return
    if name in session.repo.remotes() and not ledger.only:
        from gitprov.api.setup.local import connect

        connect(session, name)  # a remote that was added since init
    for line in _worth_a_line(name, sent):
        say(line)


def _adopt(session: Session) -> None:
    """The first hook in a clone that `init --global` has brought its hooks to."""
    from gitprov.api.setup.local import adopt

    for warning in adopt(session).warnings:
        say(warning)


def _goes_along(pushed: bytes) -> bool:
    """Whether the push carries refs of ours by itself (`--mirror`): sending them first would make it fail."""
    lines = (line.split(b" ") for line in pushed.splitlines())
    targets = [os.fsdecode(words[2]) for words in lines if len(words) == len(_PUSHED_REF)]
    return any(target.startswith(ROOT) or target == NOTES for target in targets)


def _where(session: Session, name: str, url: str) -> str:
    """The remote by its name, which has settings of its own; by its address where it has several and git does one."""
    config = session.repo.config
    if name not in session.repo.remotes():
        return url
    urls = config.all(f"remote.{name}.pushurl") or config.all(f"remote.{name}.url")
    return name if len(urls) == 1 else url


def _timeout(session: Session) -> float:
    value = session.repo.config.get("prov.pushtimeout")
    try:
        return float(value) if value else sync.DEFAULT_TIMEOUT
    except ValueError:
        hint = "give it in seconds: git config prov.pushTimeout 60"
        raise ConfigError(f"git config prov.pushTimeout is {value!r}, not a number", hint=hint) from None


def _worth_a_line(remote: str, sent: Sent) -> Iterator[str]:
    if sent.renamed:
        yield "this clone is a copy of another; it writes its records under a name of its own now"
    for problem in sent.problems:
        yield f"{problem.where}: {problem.reason}"
    if sent.refused:
        words = sent.refused[0].words
        yield f"{remote} refused the records: {words}; to push without them: git config prov.push false"


def _remember_failure(session: Session, remote: str, error: GitFailed) -> None:
    """For `doctor`, where a push that arrived leaves its outcome."""
    with contextlib.suppress(OSError), open(session.state.last_push, "w", encoding="utf-8") as file:
        json.dump({"remote": remote, "refused": [], "error": error.message}, file)
