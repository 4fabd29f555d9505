"""The commit template that a template brings: what the editor shows when a commit's message is to be written.

Git stops at `commit.template` where the file is not there, as on a branch from before it. So it is set only where git
takes a path that may be absent (`:(optional)`, since 2.52); with an older git it is offered.
"""

from typing import Final

from gitprov.api.session import Session
from gitprov.api.setup import hooks
from gitprov.api.setup.ledger import clone_ledger
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo

NAME: Final = ".gitmessage"
KEY: Final = "commit.template"
_OPTIONAL: Final = ":(optional)"


def offer(session: Session) -> tuple[str, str]:
    """Let git show `.gitmessage`, where nothing else is set; return what was done, and what there is to know."""
    repo = session.repo
    value = _OPTIONAL + NAME
    if said := repo.config.get(KEY):
        return "", "" if said in (value, NAME) else f"{KEY} stays {said}; the template's is {NAME}"
    if not _takes_optional(repo):
        return "", (
            f"to see {NAME} when you write a message: git config {KEY} {NAME}"
            " (this git then needs -m on branches that have no such file)"
        )
    hooks.local_config(session, clone_ledger(session)).add(KEY, value)
    return f"git commit shows {NAME}", ""


def _takes_optional(repo: Repo) -> bool:
    """Whether git understands a path that may be absent; one that does not hands the marks back as part of it."""
    probe = ("-c", f"prov.probe={_OPTIONAL}/nowhere/at/all", "config", "--type=path", "--get", "prov.probe")
    return not text(repo.git.start(*probe).output(check=False)).startswith(_OPTIONAL)
