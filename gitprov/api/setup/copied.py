"""A clone that was made by copying a directory has the same writer's id as the one it was copied from."""

import json
import os

from gitprov.api.session import Session
from gitprov.records.layout import State
from gitprov.records.writer import renew_writer


def twin(session: Session) -> str:
    """The git directory of another clone with our writer's id; "" where there is none to be seen from here."""
    ours = _writer(session.state)
    path = ours.get("path", "")
    if not path or not os.path.isdir(path) or os.path.samefile(path, session.repo.common_dir):
        return ""
    return path if _writer(State(path)).get("id") == ours.get("id") else ""


def leave_twin(session: Session) -> str:
    """Take an id of our own where this clone has a twin; returns the new id, or "". Every record stays."""
    if not twin(session):
        return ""
    return renew_writer(session.repo, session.state)


def _writer(state: State) -> dict[str, str]:
    try:
        with open(state.writer, encoding="utf-8") as file:
            fields = json.load(file)
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in fields.items() if isinstance(value, str)} if isinstance(fields, dict) else {}
