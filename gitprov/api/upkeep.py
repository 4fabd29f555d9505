"""What every reading verb does first: what the last command could not, as far as that is possible now."""

from gitprov.api.recover import recover
from gitprov.api.session import Session
from gitprov.errors import ProvError
from gitprov.model.results import Problem
from gitprov.records import notes


def bring_up(session: Session) -> list[Problem]:
    """Record what was abandoned, and bring the views up to date; return what could not be done, and why."""
    problems: list[Problem] = []
    try:
        problems += [Problem("a run that was abandoned", warning, "") for warning in recover(session)]
    except (ProvError, OSError) as error:
        problems.append(Problem("runs that were abandoned", f"cannot be recorded now: {_reason(error)}", ""))
    try:
        problems += notes.refresh(session.repo, session.state).problems
    except (ProvError, OSError) as error:
        problems.append(Problem("what git log shows", f"cannot be brought up to date now: {_reason(error)}", ""))
    return problems


def _reason(error: ProvError | OSError) -> str:
    return error.message if isinstance(error, ProvError) else error.strerror or str(error)
