"""Signing of records: which are signed, how often it is tried, and what becomes of a record that cannot be."""

from collections.abc import Sequence

from gitprov.errors import ConfigError, GitFailed, ProvError
from gitprov.gitrepo.objects import Signature
from gitprov.gitrepo.repo import Repo
from gitprov.gitrepo.signing import reason, signed_commit

KEY = "prov.sign"
"""The setting that has every record of a clone signed."""

_MOST = 5
"""How often one record is signed anew because the log moved on meanwhile: each may ask the person for a passphrase."""


class NotSigned(ProvError):
    """A record that has to be signed cannot be."""


class Signing:
    """The signatures of one addition, over all attempts to write it.

    A commit is signed once. Where it cannot be, the record is written without a signature, and `failed` says why; with
    `required` there is no record then.
    """

    def __init__(self, repo: Repo, *, required: bool = False) -> None:
        self._repo = repo
        self._required = required
        self._made: dict[tuple[tuple[str, ...], bytes], str] = {}
        self.failed = ""

    def commit(self, tree: str, parents: Sequence[str], who: Signature, message: bytes) -> str:
        """The id of a signed commit, stored already; "" where it is to be written unsigned. Raises `NotSigned`."""
        place = (tuple(parents), message)
        if not self.failed and place not in self._made:
            try:
                self._made[place] = self._signed(tree, parents, who, message)
            except GitFailed as error:
                self.failed = reason(error)
        if self.failed and self._required:
            raise NotSigned(f"nothing is signed: {self.failed}", hint="see how keys are set up: docs/signatures.md")
        return "" if self.failed else self._made[place]

    def _signed(self, tree: str, parents: Sequence[str], who: Signature, message: bytes) -> str:
        if sum(made[1] == message for made in self._made) >= _MOST:
            raise GitFailed("the log was written by others each time it was signed")
        return signed_commit(self._repo.git, tree, parents, who, message)


def configured(repo: Repo) -> Signing | None:
    """Return how this clone signs its records; `None` where it does not. A setting that is no boolean counts as yes."""
    try:
        return Signing(repo) if repo.config.flag(KEY, default=False) else None
    except ConfigError:
        return Signing(repo)
