"""Bring records, send records."""

from gitprov.api.recover import recover_quietly
from gitprov.api.session import Session
from gitprov.errors import ProvError, UsageError
from gitprov.records import sync as exchange
from gitprov.records.sync import Exchanged


def sync(session: Session, remote: str | None) -> list[Exchanged]:
    """Exchange records with one remote, or with all that are configured.

    Raises `ProvError` where there is none, `GitFailed` where one cannot be reached.
    """
    recover_quietly(session)
    known = session.repo.remotes()
    if remote is not None and remote not in known:
        raise UsageError(f"{remote!r} is not a remote of this repository", hint=_hint(known))
    if not known:
        raise ProvError("this repository has no remote", hint="add one: git remote add origin URL")
    names = [remote] if remote is not None else known
    return [exchange.exchange(session.repo, session.state, name) for name in names]


def _hint(known: list[str]) -> str:
    return f"known are: {', '.join(known)}" if known else "add it: git remote add NAME URL"
