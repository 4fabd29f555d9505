"""A run's record with all that belongs to it, written into a repository's log without running anything."""

from pathlib import Path

from gitprov.records import notes, writer
from gitprov.records.writer import Addition
from support.records import opened, run_record


def plant_run(path: Path, run: str = "ab" * 16, commit: str = "HEAD", *, refresh: bool = True) -> str:
    """Record a run on `commit` in the repository at `path`, anchor the commit, and return the run's id."""
    with opened(path) as session:
        oid, tree = (session.repo.git.line("rev-parse", commit + peel) for peel in ("^{commit}", "^{tree}"))
        record = run_record(id=run, command=["true"], code={"commit": oid, "tree": tree})
        writer.append(session.repo, session.state, Addition(records=[record], code=[oid]))
        if refresh:
            notes.refresh(session.repo, session.state)
    return run
