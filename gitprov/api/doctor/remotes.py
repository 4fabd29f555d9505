"""The remotes: what a fetch brings, what a push does, what became of the last one, and what git log shows."""

import json

from gitprov.api.session import Session
from gitprov.api.setup import refspecs
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.local import DISPLAY_KEY
from gitprov.errors import ConfigError
from gitprov.model.results import Finding
from gitprov.records.layout import DISPLAY, NOTES, ROOT

_MEND = "git prov init"
_NO_PUSH = "git config prov.push false"


def findings(session: Session, ledger: Ledger) -> list[Finding]:
    """One finding for each remote and each thing a push depends on."""
    config = session.repo.config
    found = [_fetch(session, remote, ledger.only) for remote in session.repo.remotes()]
    found += [finding for remote in session.repo.remotes() for finding in _push(session, remote)]
    shown = DISPLAY in config.all(DISPLAY_KEY.lower())
    found.append(
        Finding("git log", True, "shows runs", "")
        if shown
        else Finding("git log", False, f"does not show runs: {DISPLAY_KEY} lacks {DISPLAY}", _MEND)
    )
    found += _wanted(session)
    last = _last_push(session)
    return [*found, last] if last else found


def _wanted(session: Session) -> list[Finding]:
    try:
        if session.repo.config.flag("prov.push", True):
            return []
    except ConfigError as error:
        return [Finding("push", False, error.message, error.hint.removeprefix("mend it: "))]
    return [Finding("push", None, "prov.push is false: records stay here", "git config --unset prov.push")]


def _fetch(session: Session, remote: str, only: str) -> Finding:
    name = f"fetch {remote}"
    plan = refspecs.plan(session.repo, remote)
    if plan.skipped:
        return Finding(name, None, f"is left alone: {plan.skipped}", "")
    if only and remote != only:
        return Finding(name, None, f"brings no records, since git prov init was told --remote {only}", _MEND)
    if plan.stale:
        return Finding(name, False, "files its records under a name the remote had before", _MEND)
    if plan.missing:
        return Finding(name, False, "does not bring all records", _MEND)
    return Finding(name, True, "brings records", "")


def _push(session: Session, remote: str) -> list[Finding]:
    """`remote.*.push` with refs of ours in it replaces what a plain `git push` pushes; it is none of our doing."""
    key = f"remote.{remote}.push"
    ours = [spec for spec in session.repo.config.all(key) if ROOT in spec or NOTES in spec]
    mend = "git config --fixed-value --unset {} '{}'"
    return [Finding(f"push {remote}", False, f"{key} has {spec}", mend.format(key, spec)) for spec in ours]


def _last_push(session: Session) -> Finding | None:
    """What became of the last sending, where it was not taken."""
    try:
        with open(session.state.last_push, encoding="utf-8") as file:
            last = json.load(file)
        remote, refused, error = last["remote"], last["refused"], last.get("error", "")
        if error:
            return Finding("last push", False, f"{remote} was not reached: {error}", f"git prov sync {remote}")
        if refused:
            ref, words = refused[0]
            mend = f"let the host take refs/prov/*, then: git prov sync {remote}; to keep them here: {_NO_PUSH}"
            return Finding("last push", False, f"{remote} refused {ref}: {words}", mend)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Finding("last push", True, f"{remote} took the records", "")
