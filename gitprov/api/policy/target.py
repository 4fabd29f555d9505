"""Where a change goes to, as the machine says that runs CI: the branch it is to be merged into, or a tag."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from gitprov.gitrepo.changes import branch
from gitprov.gitrepo.repo import Repo

_QUEUED: Final = re.compile(r"gh-readonly-queue/(.+)/pr-\d+-[0-9a-f]+")
"""The branch that a merge queue of GitHub tries a merge on, and in it the one that the merge is for."""


class Target(NamedTuple):
    """A branch, or a tag; no branch is `None` where nobody can tell: then rules for single branches are asked too."""

    branch: str | None
    tag: str = ""


def target(repo: Repo, environ: Mapping[str, str], told: str | None) -> Target:
    """Return what a person told, else what GitHub Actions or GitLab CI say, else the branch that HEAD is on."""
    if told:
        return Target(told)
    is_tag = environ.get("GITHUB_REF_TYPE") == "tag"
    if tag := environ.get("CI_COMMIT_TAG") or (environ.get("GITHUB_REF_NAME", "") if is_tag else ""):
        return Target("", tag)
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_COMMIT_BRANCH", "GITHUB_REF_NAME"):
        if said := environ.get(name):
            queued = _QUEUED.fullmatch(said)
            return Target(queued[1] if queued else said)
    return Target(branch(repo) or None)
