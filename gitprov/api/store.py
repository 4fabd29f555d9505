"""Putting a finished run where it belongs: log, anchors and data first, the views after."""

from collections.abc import Mapping
from typing import Any

from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.records import attachments, notes, writer
from gitprov.records.change import Change, attempt
from gitprov.records.writer import Addition


def store(
    session: Session,
    record: Mapping[str, Any],
    *,
    code: Mapping[str, Any],
    data: Mapping[str, bytes],
    head: str = "",
) -> list[str]:
    """Store one record, and return warnings: a view that cannot be written is one.

    `code` names the commits to anchor: `anchor` for one that travels, `anchor_at_home` for one that stays. `data` are
    attachments that are not stored yet. Raises `ProvError` where the log cannot be written.
    """
    repo, state = session.repo, session.state
    addition = Addition(
        records=[record],
        code=[code["anchor"]] if "anchor" in code else [],
        code_at_home=[code["anchor_at_home"]] if "anchor_at_home" in code else [],
        data=data,
    )
    problems: list[str] = []

    def both(change: Change) -> None:
        problems.clear()
        commits = writer.add(change, writer.writer_id(state), addition)
        try:
            notes.bring_up(change, state, fresh=commits, head=head)
        except (ProvError, OSError) as error:
            problems.append(f"git log does not show it yet: {error}")

    attempt(repo, state, both)
    attachments.mark_stored(state, data)
    return problems
