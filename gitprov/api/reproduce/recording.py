"""Writing what came of a reproduction: the run that it was and the replication, both or none."""

from collections.abc import Mapping
from typing import Any

from gitprov.api.session import Session
from gitprov.records import attachments, recording
from gitprov.records.writer import Addition

Record = Mapping[str, Any]


def record(session: Session, replication: Record, rerun: Record | None, data: Mapping[str, bytes]) -> list[str]:
    """Add both to the log in one step, and return warnings: a view that cannot be written is one.

    Raises `ProvError` where the log cannot be written.
    """
    repo, state = session.repo, session.state
    records = [replication] if rerun is None else [rerun, replication]
    addition = Addition(records=records, data=attachments.not_stored(repo, state, data))
    return recording.record(repo, state, addition).warnings
