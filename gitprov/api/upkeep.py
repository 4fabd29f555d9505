"""What every reading verb does first: what the last command could not, as far as that is possible now."""

from gitprov.api.recover import recover
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.model.results import Problem


def bring_up(session: Session) -> list[Problem]:
    """Record what was abandoned, and bring the views up to date; return what could not be done, and why."""
    return [*bring_up_logs(session), *bring_up_views(session)]


def bring_up_logs(session: Session) -> list[Problem]:
    """Record what was abandoned; return what could not be, and why, and what is amiss with what was."""
    try:
        return [Problem("a run that was abandoned", warning, "") for warning in recover(session)]
    except (ProvError, OSError) as error:
        return [Problem("runs that were abandoned", f"cannot be recorded now: {_reason(error)}", "")]


def bring_up_views(session: Session) -> list[Problem]:
    """Bring the views up to the logs; return what could not be done, and what was found amiss."""
    from gitprov.records import notes  # where the logs are as they were, nobody comes here

    try:
        return notes.refresh(session.repo, session.state).problems
    except (ProvError, OSError) as error:
        return [Problem("what git log shows", f"cannot be brought up to date now: {_reason(error)}", "")]


def _reason(error: ProvError | OSError) -> str:
    return error.message if isinstance(error, ProvError) else error.strerror or str(error)
