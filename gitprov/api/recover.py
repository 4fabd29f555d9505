"""Runs that were not recorded in time: killed with their wrapper, lost with the machine, refused by a full disk."""

import os
from typing import Any

from gitprov.api import finish
from gitprov.api.draft import redactor
from gitprov.api.session import Session
from gitprov.api.settings import load
from gitprov.api.store import store
from gitprov.errors import ProvError
from gitprov.gitrepo.read import CatFile, history
from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.records import journal
from gitprov.records.journal import Abandoned
from gitprov.records.layout import LOGS
from gitprov.records.scratch import sweep


def recover(session: Session) -> list[str]:
    """Record every abandoned run, and return their ids. Raises `ProvError` or `OSError` where that is not possible.

    One that cannot be recorded keeps none of the others waiting.
    """
    sweep(session.state)
    recovered = []
    failed: ProvError | None = None
    for left in journal.abandoned(session.state):
        try:
            record, data = _record(session, left)
            if record and not (left.entry.whole and _is_in_log(session.repo, record["id"])):
                store(session, record, code=left.entry.code, data=data)
                recovered.append(record["id"])
        except ProvError as error:
            failed = failed or error
        else:
            os.unlink(left.path)
    if failed:
        raise failed
    return recovered


def recover_quietly(session: Session) -> list[str]:
    """`recover` for commands that have other things to do: what cannot be recorded now waits for the next one."""
    try:
        return recover(session)
    except (ProvError, OSError):
        return []


def _record(session: Session, left: Abandoned) -> tuple[dict[str, Any], dict[str, bytes]]:
    entry = left.entry
    if entry.whole or not entry.run:
        return entry.run, entry.data
    told = finish.from_journal(entry)
    run = {**entry.run, "status": left.status, **told.fields}
    missing = [f"what came after the start: the run was {left.status}"]
    run["capture"] = {**run.get("capture", {}), "complete": False, "missing": missing}
    return redactor(session, load(session.repo)).value(run), told.data


def _is_in_log(repo: Repo, run: str) -> bool:
    """Whether our own log has the run: its wrapper died between writing the log and removing the journal."""
    tips = [ref.oid for ref in list_refs(repo.git, LOGS)]
    reader = CatFile(repo)
    try:
        wanted = f'"id":"{run}"'.encode()
        return any(wanted in item.data for item in reader.many(history(repo, tips)))
    finally:
        reader.close()
