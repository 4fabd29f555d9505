"""`data-as-pointers`: no large file enters Git, and at some paths no file at all but what stands for data.

Every commit is looked at: a large file that was added and taken away again is in Git's history all the same.
"""

from collections.abc import Iterator
from typing import Final

from gitprov.api.policy.changes import Changed
from gitprov.api.policy.facts import Facts
from gitprov.api.policy.matching import matcher
from gitprov.api.policy.words import doubt, finding, shown
from gitprov.gitrepo.changes import SYMLINK
from gitprov.model import shell
from gitprov.model.policy import DataAsPointers
from gitprov.model.verdicts import Finding
from gitprov.model.words import size

NAME: Final = "data-as-pointers"
_SHORT: Final = 12
_NO_DATA: Final = (".gitignore", ".gitattributes", ".gitkeep", ".keep")
_POINTERS: Final = (".dvc",)
"""Ends of names of files that stand for data by being there."""


def find(rule: DataAsPointers, facts: Facts) -> Iterator[Finding]:
    """Yield the files that are too large, or whose bytes are data and no pointer.

    What is only renamed is in Git already.
    """
    is_about = matcher(rule.paths)
    added = [(one, commit) for one, commit in _added(facts) if one.mode != SYMLINK and is_about(one.path)]
    sizes = facts.sizes(one.new for one, _ in added)
    for one, commit in added:
        count = sizes.get(one.new)
        if count is None:
            what = f"how large {shown(one.path)} is cannot be told: git has no blob {one.new[:_SHORT]}"
            yield doubt(NAME, what, "look at git fsck", path=one.path, commit=commit)
            continue
        if count > rule.max_size and not one.was:
            what = f"{shown(one.path)} has {size(count)}, more than the {size(rule.max_size)} that may enter Git"
        elif rule.pointers and not any(map(is_about, one.was)) and not _stands_for_data(one, facts):
            what = f"{shown(one.path)} is data, and its bytes would enter Git"
        else:
            continue
        where = f"{what} (commit {commit[:_SHORT]})" if commit else what
        yield finding(NAME, rule, where, _mend(one, commit), path=one.path, commit=commit)


def _added(facts: Facts) -> Iterator[tuple[Changed, str]]:
    """The files that the change adds, each blob once, and the commit that brings it, if there is one yet."""
    if not facts.change.commits:
        yield from ((one, "") for one in facts.change.paths if one.is_file)
        return
    seen: set[tuple[str, str]] = set()
    for commit, changes in facts.history.items():
        for one in changes:
            if one.is_file and (one.path, one.new) not in seen:
                seen.add((one.path, one.new))
                yield one, commit


def _stands_for_data(one: Changed, facts: Facts) -> bool:
    name = one.path.rpartition("/")[2]
    return name in _NO_DATA or name.endswith(_POINTERS) or facts.is_pointer(one.mode, one.new)


def _mend(one: Changed, commit: str) -> str:
    keep = f"git rm --cached {shell.pathspec(one.path)} && git prov data add {shell.path(one.path)}"
    return f"{keep}, and take it out of the commit: git rebase -i {commit[:_SHORT]}^" if commit else keep
