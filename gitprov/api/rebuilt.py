"""A run as far as its journal and its events tell, where its wrapper could not say the rest.

Apart from `recover`, which every command calls, so that only those that find such a run pay for the imports.
"""

import os
from typing import Any

from gitprov.api import finish, logged, observing
from gitprov.api.draft import Draft, redactor
from gitprov.api.options import RunOptions
from gitprov.api.session import Session, open_session
from gitprov.api.settings import load
from gitprov.capture.files.touched import gather
from gitprov.errors import ProvError
from gitprov.gitrepo.read import CatFile, history
from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.stamp import moment
from gitprov.records.journal import Entry
from gitprov.records.layout import LOGS


def run_of(session: Session, entry: Entry, name: str, status: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The record and its attachments, by the journal of this `name`; `status` is how a run ended that cannot say."""
    if entry.whole or not entry.run:
        return entry.run, entry.data
    told = finish.from_journal(entry)
    session = _where_it_ran(session, entry.root)
    settings = load(session.repo)
    draft = Draft(session, RunOptions(entry.run.get("command", ())), settings, redactor(session, settings))
    draft.fields = {**entry.run, "status": status, **told.fields}
    draft.data = {**entry.data, **told.data}
    draft.tracer = entry.run.get("capture", {}).get("tracer", draft.tracer)
    draft.missing = [f"what came after the start: the run was {status}"]
    draft.missing += logged.merge(draft.fields, entry.told, entry.root)
    events = session.state.events_of(name)
    if os.path.isdir(events):
        child = entry.child.pid if entry.child else 0
        try:
            started_ns = int(moment(entry.run["at"]).timestamp() * 1e9)
            observing.put_observed(draft, gather(events), started_ns, child=child)
        except Exception as error:  # noqa: BLE001 - else what its program wrote there would keep the run from the log
            draft.missing.append(f"what the run touched: {type(error).__name__}: {error}")
    return draft.reduced(), draft.data


def senseless(path: str, error: Exception) -> ProvError:
    """The error for what was left of a run, a file or a directory, and cannot be put together."""
    return ProvError(
        f"{path} makes no sense ({type(error).__name__}: {error})",
        hint="its run cannot be recorded: remove it to hear no more of it",
    )


def _where_it_ran(session: Session, root: str) -> Session:
    """The run's own working tree, where it is still one of this repository: its paths are seen from there."""
    if not root or root == session.repo.worktree:
        return session
    try:
        there = open_session(root, session.environ)
    except (ProvError, OSError, ValueError):
        return session
    return there if there.repo.common_dir == session.repo.common_dir else session


def is_in_log(repo: Repo, run: str) -> bool:
    """Whether our own log has the run: its wrapper died between writing the log and removing the journal."""
    tips = [ref.oid for ref in list_refs(repo.git, LOGS)]
    reader = CatFile(repo)
    try:
        wanted = f'"id":"{run}"'.encode()
        return any(wanted in item.data for item in reader.many(history(repo, tips)))
    finally:
        reader.close()
