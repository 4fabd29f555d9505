"""What is amiss in a clone, and how to mend it. Looks, and changes nothing."""

from gitprov.api.doctor import clone, hooks, machine, remotes, settings
from gitprov.api.session import Session
from gitprov.api.setup.ledger import clone_ledger
from gitprov.model.results import Finding


def examine(session: Session) -> list[Finding]:
    """Look at everything that `git prov` stands on here, well or not. Raises `ProvError` only where git fails."""
    ledger = clone_ledger(session)
    return [
        *machine.findings(session),
        *hooks.findings(session, ledger),
        *remotes.findings(session, ledger),
        *clone.findings(session),
        *settings.findings(session),
    ]
