"""What is asked of a run's results: what it expected itself, and what the repository's policy wants of them."""

import os
from typing import Any

from gitprov.api.session import Session
from gitprov.api.settings import shared
from gitprov.errors import ProvError
from gitprov.model.records import Run
from gitprov.model.text import is_clean, unquote

_LONGEST = 200


def criteria(session: Session, run: Run) -> tuple[str, ...]:
    """Return what a run is judged by, each once: `intent.expect`, then `criteria` of the rule `acceptance`.

    The rule is asked only where it is about a file that the run made. A policy that cannot be read asks for nothing
    here: `git prov check` says what is wrong with it.
    """
    own = run.intent.expect if run.intent else ()
    return tuple(dict.fromkeys([*own, *_of_policy(session, run)]))


def _of_policy(session: Session, run: Run) -> list[str]:
    try:
        table: Any = shared(session.repo)[0]
    except ProvError:
        return []
    for key in ("rules", "acceptance"):
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict) or table.get("level") == "off" or not _is_about(table.get("paths"), run):
        return []
    said = table.get("criteria")
    lines = [line for line in said if isinstance(line, str)] if isinstance(said, list) else []
    return [line for line in lines if line and "\n" not in line and is_clean(line) and len(line) <= _LONGEST]


def _is_about(patterns: object, run: Run) -> bool:
    if not isinstance(patterns, list) or not patterns:
        return True
    from pathspec import GitIgnoreSpec  # dear to import

    try:
        spec = GitIgnoreSpec.from_lines(pattern for pattern in patterns if isinstance(pattern, str))
    except ValueError:
        return False
    return any(spec.match_file(os.fsdecode(unquote(item.path))) for item in run.output if not item.absolute)
