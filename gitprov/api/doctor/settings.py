"""Settings: the file that is shared well-formed, and no key of git config misspelt."""

from collections.abc import Iterator

from gitprov.api import personal
from gitprov.api.policy.faults import PolicyError, line_of
from gitprov.api.policy.loading import load
from gitprov.api.session import Session
from gitprov.errors import ConfigError
from gitprov.model.results import Finding

_CHECK = "git prov config"


def findings(session: Session) -> Iterator[Finding]:
    """What is set for everybody here, and what for this person. Nothing is said of what is not set."""
    try:
        loaded = load(session.repo)
    except PolicyError as error:
        more = f"; {len(error.faults)} faults in all" if len(error.faults) > 1 else ""
        yield Finding("settings", False, f"{line_of(error.file, error.faults[0])}{more}", f"mend the file: {_CHECK}")
    except ConfigError as error:
        yield Finding("settings", False, error.message, error.hint or _CHECK)
    else:
        if loaded.file:
            yield Finding("settings", True, f"{loaded.file} is well-formed", "")
    for problem in personal.problems(session.repo, personal.stated(session.repo)):
        yield Finding("git config", None, problem, "git config --list --show-origin")
