"""Writing what came of a reproduction: the run that it was and the replication, both or none."""

from collections.abc import Mapping
from typing import Any

from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.records import attachments, notes, writer
from gitprov.records.change import Change, attempt
from gitprov.records.writer import Addition

Record = Mapping[str, Any]


def record(session: Session, replication: Record, rerun: Record | None, data: Mapping[str, bytes]) -> list[str]:
    """Add both to the log in one step, and return warnings: a view that cannot be written is one.

    Raises `ProvError` where the log cannot be written.
    """
    repo, state = session.repo, session.state
    kept = attachments.not_stored(repo, state, data)
    records = [replication] if rerun is None else [rerun, replication]
    addition = Addition(records=records, data=kept)
    problems: list[str] = []

    def both(change: Change) -> None:
        problems.clear()
        commits = writer.add(change, writer.writer_id(state), addition)
        try:
            notes.bring_up(change, state, fresh=commits)
        except (ProvError, OSError) as error:
            problems.append(f"git log does not show it yet: {error}")

    attempt(repo, state, both)
    attachments.mark_stored(state, kept)
    return problems
