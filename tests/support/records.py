"""Records as a test wants them, written into a repository's log the way the program writes them."""

import contextlib
import hashlib
import itertools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitprov.api.session import Session, open_session
from gitprov.records import writer
from gitprov.records.writer import Addition

_numbers = itertools.count()

BY = "Ana Lima <ana@example.org>"


def record_id(number: int | None = None) -> str:
    """Return a record id: always the same one for a number, a new one without."""
    seed = f"record {next(_numbers) if number is None else f'of {number}'}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def run_record(number: int | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a valid run; of two with numbers, the one with the greater is the younger."""
    minutes = number or 0
    return {
        "kind": "run",
        "schema": 1,
        "id": record_id(number),
        "status": "ok",
        "command": ["python", "train.py"],
        "at": f"2026-01-{2 + minutes // 1440:02}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z",
        "by": BY,
        **fields,
    }


def session_in(path: Path, **environ: str) -> Session:
    """Return a session as a command in `path` has it."""
    return open_session(str(path), {**os.environ, **environ})


@contextlib.contextmanager
def opened(path: Path, **environ: str) -> Iterator[Session]:
    """Yield a session as `session_in` does; what it holds open is closed in the end."""
    session = session_in(path, **environ)
    try:
        yield session
    finally:
        if session.repo.reader is not None:
            session.repo.reader.close()


def append(path: Path, *records: dict[str, Any], data: Mapping[str, bytes] | None = None) -> None:
    """Write records, and attachments by their digest, to the log of the repository that `path` is in."""
    session = session_in(path)
    writer.append(session.repo, session.state, Addition(records=records, data=data or {}))
