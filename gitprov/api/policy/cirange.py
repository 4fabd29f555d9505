"""Which commits a CI job is about, as GitHub Actions and GitLab CI say it.

Their words are held against the clone: a job that was started for a merge request has a commit checked out that
merges it, a branch that is new began at no commit, and one that was pushed by force at a commit that is gone.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitprov.gitrepo.changes import commit_of, parents
from gitprov.gitrepo.repo import Repo

_MERGED: Final = ("merged_result", "merge_train")


def ci_range(repo: Repo, environ: Mapping[str, str]) -> str:
    """Return the range `A..HEAD` of a CI job; "" where nobody says one: then it is about the newest commit."""
    event = _event(environ)
    if _is_tag(environ):
        return ""
    if _is_merge(repo, environ):
        return "HEAD^1..HEAD"
    said = [name for name in _bases(environ, event) if name.strip("0")]
    here = next((name for name in said if commit_of(repo, name)), "")
    if here:
        return f"{here}..HEAD"
    return _since_default(repo, environ, event) or (f"{said[0]}..HEAD" if said else "")


def _is_tag(environ: Mapping[str, str]) -> bool:
    return environ.get("GITHUB_REF_TYPE") == "tag" or bool(environ.get("CI_COMMIT_TAG"))


def _is_merge(repo: Repo, environ: Mapping[str, str]) -> bool:
    """Whether what is checked out is the commit that the forge has made to merge a request, its target coming first."""
    ref = environ.get("GITHUB_REF", "")
    said = ref.startswith("refs/pull/") and ref.endswith("/merge")
    said = said or environ.get("CI_MERGE_REQUEST_EVENT_TYPE") in _MERGED
    return said and len(parents(repo, "HEAD")) > 1


def _bases(environ: Mapping[str, str], event: Mapping[str, Any]) -> Iterator[str]:
    """Where the commits of the job may begin, the most exact first."""
    if base := environ.get("GITHUB_BASE_REF"):  # `before` is then what the branch itself was before a push
        yield _text(event, "pull_request", "base", "sha")
        yield f"refs/remotes/origin/{base}"
    elif base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        yield base
    else:
        yield _text(event, "merge_group", "base_sha")
        yield _text(event, "before")
        yield environ.get("CI_COMMIT_BEFORE_SHA", "")


def _since_default(repo: Repo, environ: Mapping[str, str], event: Mapping[str, Any]) -> str:
    """What a branch has besides the default branch; "" where it is that branch, or that one is not here."""
    default = _text(event, "repository", "default_branch") or environ.get("CI_DEFAULT_BRANCH", "")
    branch = environ.get("GITHUB_REF_NAME") or environ.get("CI_COMMIT_BRANCH", "")
    ref = f"refs/remotes/origin/{default}"
    return f"{ref}..HEAD" if default and default != branch and commit_of(repo, ref) else ""


def _event(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """What GitHub says of the event; nothing where it cannot be read."""
    try:
        with open(environ.get("GITHUB_EVENT_PATH", ""), encoding="utf-8") as file:
            event = json.load(file)
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _text(event: Mapping[str, Any], *keys: str) -> str:
    value: Any = event
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
