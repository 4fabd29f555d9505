"""Who is the same person under another name or address, as a repository's `.mailmap` says."""

import re
from collections.abc import Iterable
from typing import Final

from gitprov.errors import GitFailed
from gitprov.gitrepo.process import raw, text
from gitprov.gitrepo.repo import Repo

_CONTACT: Final = re.compile(r"[^<>\0\n]*<[^<>\0\n]+>")


def canonical(repo: Repo, contacts: Iterable[str]) -> dict[str, str]:
    """Return each contact (`Name <address>`) as the mailmap spells that person; what is no contact stays as it is.

    The mailmap is git's own: `.mailmap` of the working tree (of HEAD where there is none), `mailmap.file`,
    `mailmap.blob`.
    """
    every = list(dict.fromkeys(contacts))
    asked = [one for one in every if _CONTACT.fullmatch(one)]
    found = {one: one for one in every}
    if not asked:
        return found
    try:
        answer = repo.git.run("check-mailmap", "--stdin", data=b"".join(raw(one) + b"\n" for one in asked))
    except GitFailed:  # a contact that this git cannot parse: then everybody is who they say
        return found
    said = text(answer).split("\n")[:-1]
    return found | dict(zip(asked, said, strict=True)) if len(said) == len(asked) else found
