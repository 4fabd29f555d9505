"""Who is the same person: by address, whatever its case, and through the repository's mailmap."""

import re
from collections.abc import Iterable
from typing import Final

from gitprov.gitrepo.mailmap import canonical
from gitprov.gitrepo.repo import Repo

_ADDRESS: Final = re.compile(r"<([^<>]*)>\s*\Z")


class Persons:
    """Tells people apart. An address is what somebody says of themselves; only a signature proves it."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._known: dict[str, str] = {}

    def learn(self, people: Iterable[str]) -> None:
        """Ask git of many people at once, so that later questions cost nothing."""
        new = [one for one in dict.fromkeys(people) if one not in self._known]
        self._known |= {one: _address(spelled) for one, spelled in canonical(self._repo, new).items()} if new else {}

    def key(self, person: str) -> str:
        """Return what is equal for the same person only: the address in lower case.

        `person` is `Name <address>` as records have it, or a bare address.
        """
        contact = person if "<" in person else f"<{person}>"
        self.learn([contact])
        return self._known[contact]

    def are_same(self, one: str, other: str) -> bool:
        """Whether two people are one."""
        return self.key(one) == self.key(other)


def _address(contact: str) -> str:
    found = _ADDRESS.search(contact)
    return (found[1] if found and found[1] else contact).strip().lower()
