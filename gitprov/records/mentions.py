"""The newest records that hold certain words, found by git: reading all of a large log would take seconds."""

from collections.abc import Iterator
from typing import Final

from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.model.stored import Stored
from gitprov.records import union
from gitprov.records.layout import READ_PREFIXES

_MOST: Final = 512
_AT_ONCE: Final = 16


def newest(repo: Repo, words: str) -> Iterator[Stored]:
    """Yield the newest records with these words in their line of JSON, the newest first, up to some hundreds.

    By the time at which they were recorded. What breaks a rule is passed over. Raises `GitFailed`.
    """
    tips = union.logs(list_refs(repo.git, *READ_PREFIXES)).tips.values()
    if not tips:
        return
    search = ("log", "-s", "--no-show-signature", "--format=%H", "-F", f"--grep={words}", f"--max-count={_MOST}")
    found = repo.git.run("--no-replace-objects", *search, *tips, "--").decode().split()
    for start in range(0, len(found), _AT_ONCE):
        yield from reversed(union.load(repo, found[start : start + _AT_ONCE]).stored)
