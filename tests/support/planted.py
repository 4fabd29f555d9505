"""A run's record, written into a repository's log without running anything."""

import os
from pathlib import Path

from gitprov.api.session import open_session
from gitprov.records import notes, writer
from gitprov.records.writer import Addition


def plant_run(path: Path, run: str = "ab" * 16, commit: str = "HEAD", *, refresh: bool = True) -> str:
    """Record a run on `commit` in the repository at `path`, and return its id."""
    session = open_session(str(path), os.environ)
    oid, tree = (session.repo.git.line("rev-parse", commit + peel) for peel in ("^{commit}", "^{tree}"))
    record = {
        "kind": "run",
        "schema": 1,
        "id": run,
        "at": "2026-01-02T03:04:05Z",
        "by": "Ana Lima <ana@example.org>",
        "status": "ok",
        "exit": 0,
        "command": ["true"],
        "cwd": ".",
        "seconds": 0.1,
        "code": {"commit": oid, "tree": tree},
    }
    writer.append(session.repo, session.state, Addition(records=[record], code=[oid]))
    if refresh:
        notes.refresh(session.repo, session.state)
    return run
