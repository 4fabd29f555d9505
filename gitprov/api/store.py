"""Putting a finished run where it belongs: log, anchors and data first, the views after."""

from collections.abc import Mapping
from typing import Any

from gitprov.api.session import Session
from gitprov.records import recording
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
    addition = Addition(
        records=[record],
        code=[code["anchor"]] if "anchor" in code else [],
        code_at_home=[code["anchor_at_home"]] if "anchor_at_home" in code else [],
        data=data,
    )
    return recording.record(session.repo, session.state, addition, head=head).warnings
