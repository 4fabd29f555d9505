"""`git prov init` and `git prov deinit`: one clone set up, and as it was before."""

import os
from typing import NamedTuple

from gitprov.api.session import Session
from gitprov.api.setup import hooks, redirect, refspecs
from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.copied import leave_twin
from gitprov.api.setup.ledger import Ledger, clone_ledger
from gitprov.api.setup.places import refreshed, touch, user_dir
from gitprov.errors import ExitStatus, NotFound, ProvError
from gitprov.gitrepo.repo import Repo
from gitprov.records import notes, sync
from gitprov.records.layout import DISPLAY
from gitprov.records.writer import writer_id

DISPLAY_KEY = "notes.displayRef"
"""Where git log is told what to show besides its own notes."""

FETCH_SECONDS = 60.0
"""How long a fetch of records may take where nobody waits for it."""


class Report(NamedTuple):
    """What came of setting up or taking out, one line each."""

    done: list[str]
    notes: list[str]
    warnings: list[str]


def init(session: Session, *, program: str, remote: str = "") -> Report:
    """Set this clone up, and bring what its remotes have. Doing it again mends what was changed since.

    `program` is the git-prov that the hooks start; `remote` limits fetching to one. A remote that cannot be reached is
    a warning. Raises `NotFound` for an unknown remote, `GitFailed` and `OSError` where the clone cannot be written.
    """
    remotes = chosen_remotes(session.repo, remote)
    ledger = clone_ledger(session)
    ledger.off, ledger.only = False, remote
    report = Report([], [], [])
    installed = hooks.install(session, ledger, program)
    report.done.append(f"hooks: {_WAYS[installed.way]}")
    if installed.kept:
        report.notes.append(f"kept and still run: {', '.join(installed.kept)}")
    if hooks.local_config(session, ledger).add(DISPLAY_KEY, DISPLAY):
        report.done.append("git log shows runs")
    if leave_twin(session):
        report.notes.append("this clone is a copy of another; it writes its records under a name of its own now")
    writer_id(session.state)
    connected = _connect(session, ledger, remotes, report)
    _bring(session, connected, report, attended=True)
    if session.repo.config.get("prov.snapshots", "share") == "share":
        report.notes.append(
            "a push shares snapshots of uncommitted work that a run was made on; to keep them here: "
            "git config prov.snapshots local"
        )
    return report


_WAYS = {
    "config": "entries in this clone's git configuration",
    "files": "files in its hooks directory",
    "redirect": "core.hooksPath, which hands over to the directory it named before",
}


def adopt(session: Session) -> Report:
    """What `init --global` promises for a clone, done by the first hook that runs in it: refspecs, and a fetch."""
    ledger = clone_ledger(session)
    ledger.save()  # from now on this is known to have been done, whatever becomes of it
    report = Report([], [], [])
    remotes = session.repo.remotes()
    writer_id(session.state)
    connected = _connect(session, ledger, remotes, report)
    _bring(session, connected, report, attended=False)
    return report


def connect(session: Session, remote: str) -> None:
    """Add what is missing to the fetch refspecs of one remote."""
    _connect(session, clone_ledger(session), [remote], Report([], [], []))


def deinit(session: Session) -> Report:
    """Take out what `init` put in. What was changed since by somebody else, and all records, stay."""
    ledger = clone_ledger(session)
    report = Report([], [], [])
    if not ledger.exists and hooks.is_absent(session):
        report.notes.append("nothing was set up here")
        return report
    redirect.settle(session, ledger)
    for name in {edit.file for edit in ledger.edits}:
        ConfigFile(session.repo.git, ledger.place(name), ledger).undo()
    report.warnings.extend(hooks.remove(session, ledger))
    if os.path.exists(refreshed(session.state)):
        os.unlink(refreshed(session.state))
    if os.path.exists(os.path.join(user_dir(session.environ), "install.json")):
        ledger.off = True  # hooks from `init --global` go on being run here, and are to do nothing
        ledger.save()
    else:
        ledger.forget()
    report.done.append("hooks, fetch refspecs and the display in git log are as they were before")
    report.notes.append("the records stay; to remove them from this clone: " + REMOVE_RECORDS)
    return report


REMOVE_RECORDS = "git for-each-ref --format='delete %(refname)' refs/prov refs/notes/prov | git update-ref --stdin"
"""The command that removes every record and view from a clone."""


def chosen_remotes(repo: Repo, remote: str) -> list[str]:
    """All remotes, or the one that was asked for. Raises `NotFound`."""
    known = repo.remotes()
    if not remote:
        return known
    if remote not in known:
        hint = f"known are: {', '.join(known)}" if known else f"add it: git remote add {remote} URL"
        raise NotFound(f"{remote!r} is not a remote of this repository", hint=hint, status=ExitStatus.FATAL)
    return [remote]


def _connect(session: Session, ledger: Ledger, remotes: list[str], report: Report) -> list[str]:
    """Let git fetch bring records from these remotes; returns those that it now does it from."""
    config = hooks.local_config(session, ledger)
    connected = []
    for remote in remotes:
        plan = refspecs.plan(session.repo, remote)
        if plan.skipped:
            report.notes.append(f"{remote}: fetch refspecs left alone: {plan.skipped}")
            continue
        connected.append(remote)
        if refspecs.apply(config, remote, plan):
            report.done.append(f"{remote}: git fetch brings records")
    if connected and session.repo.shallow:
        report.notes.append("a shallow clone: the code of other people's runs is not fetched")
    return connected


def _bring(session: Session, remotes: list[str], report: Report, *, attended: bool) -> None:
    """Fetch from each remote and bring the views up to date; the clone is set up all the same where that fails."""
    for remote in remotes:
        try:
            sync.receive(
                session.repo, session.state, remote, timeout=None if attended else FETCH_SECONDS, attended=attended
            )
        except ProvError as error:
            report.warnings.append(f"{remote}: records were not fetched: {error.message}")
            report.notes.append(f"to try again: git prov sync {remote}")
    if not remotes:
        notes.refresh(session.repo, session.state)
    touch(refreshed(session.state))
