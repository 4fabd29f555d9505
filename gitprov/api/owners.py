"""Whose word is asked about which paths: CODEOWNERS, with handles made addresses by `[people]`.

A rule reads the file of the branch that a change goes to, not the one that the change brings: else whoever changes it
would choose who is asked.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from gitprov.api import codeowners
from gitprov.api.codeowners import CodeOwners, Section
from gitprov.api.persons import Persons
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may stand; the first that is there is the one."""

People = Mapping[str, Sequence[str]]
"""Addresses by handle, as `[people]` has them."""


class Group(NamedTuple):
    """Those of whom some have to agree."""

    people: frozenset[str]
    """The owners, as `Persons.key` has them."""
    unknown: tuple[str, ...]
    """Handles that `[people]` does not have: nobody can speak for them."""
    approvals: int
    """How many of them are asked for."""
    section: str
    """The section of the file; "" outside of any."""
    line: int
    """The line that decides."""

    def lacks(self, accepted: Collection[str]) -> int:
        """How many more of the owners have to agree, where these people have."""
        return max(self.approvals - len(self.people.intersection(accepted)), 0)


class Owners(NamedTuple):
    """Whom a file asks about a path: some of each group, or nobody where there is no group."""

    groups: tuple[Group, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """Every owner there is."""
        return frozenset().union(*(group.people for group in self.groups))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Every handle that nobody is known by, each once."""
        return tuple(dict.fromkeys(handle for group in self.groups for handle in group.unknown))

    def lacking(self, accepted: Collection[str]) -> tuple[Group, ...]:
        """Return the groups in which too few have agreed."""
        return tuple(group for group in self.groups if group.lacks(accepted))


def read(repo: Repo, source: str | None) -> CodeOwners | None:
    """Return the CODEOWNERS of a commit or tree, of the index (`""`), of the working tree (`None`); `None`: no such."""
    found = _from_disk(repo) if source is None else _from_git(repo, source)
    return codeowners.parse(found[1].decode("utf-8", "replace"), found[0]) if found else None


def owners(file: CodeOwners | None, paths: Iterable[str], *, people: People, persons: Persons) -> dict[str, Owners]:
    """Return whom a file asks about each path; a path is spelled as git has it, from the top of the repository."""
    sections = file.sections if file else ()
    known = {handle.lower(): tuple(addresses) for handle, addresses in people.items()}
    persons.learn(f"<{address}>" for addresses in known.values() for address in addresses)
    asked = [section for section in sections if not section.is_optional]
    return {path: Owners(tuple(_groups(asked, path, known, persons))) for path in paths}


def _groups(sections: Iterable[Section], path: str, known: People, persons: Persons) -> Iterable[Group]:
    for section in sections:
        line = section.line_about(path)
        if line is None or not line.owners:
            continue
        addresses: list[str] = []
        unknown = []
        for owner in line.owners:
            if not owner.startswith("@"):
                addresses.append(owner)
            elif owner.lower() in known:
                addresses += known[owner.lower()]
            else:
                unknown.append(owner)
        who = frozenset(map(persons.key, addresses))
        yield Group(who, tuple(unknown), section.approvals, section.name, line.number)


def _from_disk(repo: Repo) -> tuple[str, bytes] | None:
    for place in PLACES if repo.worktree is not None else ():
        try:
            with open(os.path.join(repo.worktree or "", place), "rb") as file:
                return place, file.read()
        except OSError:
            continue
    return None


def _from_git(repo: Repo, source: str) -> tuple[str, bytes] | None:
    reader = CatFile(repo)
    try:
        for place in PLACES:
            found = reader.get(f"{source}:{place}")
            if found is not None and found.kind == "blob":
                return place, found.data
    finally:
        reader.close()
    return None
