"""Who signed the commit that holds a record, as git says it."""

from typing import Final

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import text
from gitprov.gitrepo.repo import Repo
from gitprov.model.text import single_line

_SAID: Final = {
    "G": "signed by {}",
    "U": "signed by {}, whose key is not vouched for",
    "X": "signed by {}; the signature has expired",
    "Y": "signed by {}; the key has expired",
    "R": "signed by {}; the key was revoked",
    "B": "its signature is BAD: it was changed after it was signed",
    "E": "signed, but it cannot be checked here: the key is missing",
}
UNSIGNED: Final = "not signed: nobody vouches for it"


def signature(repo: Repo, commit: str) -> str:
    """Return in words whether a record is signed and by whom; `commit` is the one of a log that holds it."""
    try:
        told = repo.git.run("log", "-1", "--no-show-signature", "--format=%G?%x00%GS%x00%GK", commit, "--")
    except GitFailed as error:
        return f"its signature cannot be checked: {single_line(error.message, 200)}"
    state, _, rest = text(told).rstrip("\n").partition("\0")
    who, _, key = rest.partition("\0")
    return _SAID.get(state, UNSIGNED).format(single_line(who or key or "an unknown key", 100))
