"""What hooks ask git before they read the policy: is anything staged that a rule may be about?

A hook that has read the policy writes it down for the next: which policy it was, and git pathspecs that no path may
match. One that finds another policy in the index, or nothing it can use, reads the policy.
"""

import contextlib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitprov.api.policy import sources
from gitprov.api.policy.changes import PRE_COMMIT
from gitprov.api.policy.matching import plain_part
from gitprov.api.policy.prelook import NATURAL
from gitprov.api.session import Session
from gitprov.api.settings import FILE
from gitprov.gitrepo.process import text

NAME: Final = "calm"
"""The file in our part of the git directory. The shim in `hooks/check` and `gitprov.hooks.calm` know it too."""
_SAFE: Final = re.compile(r"[\w./-]+", re.ASCII)
"""What neither the shell nor git takes for anything else."""


def remember(session: Session) -> None:
    """Write down what concerns no rule of the policy in the index, where that is not known yet."""
    top = session.repo.worktree
    if top is None or session.repo.git_dir != session.repo.common_dir:
        return
    asked = session.repo.git.start("-C", top, "rev-parse", "-q", "--verify", f":{FILE}")
    blob = text(asked.output(check=False)).strip()
    path = os.path.join(session.state.root, NAME)
    with contextlib.suppress(OSError):
        if not blob or _known(path) == blob:
            return
        os.makedirs(session.state.root, exist_ok=True)  # pre-commit starts us in clones that nobody has set up
        with open(f"{path}.{os.getpid()}", "w", encoding="ascii") as file:
            file.write(f"{blob}\n{' '.join(_pathspecs(session))}\n")
        os.replace(f"{path}.{os.getpid()}", path)


def _known(path: str) -> str:
    with contextlib.suppress(OSError), open(path, encoding="ascii", errors="replace") as file:
        return file.readline().strip()
    return ""


def _pathspecs(session: Session) -> list[str]:
    """What is anybody's concern; nothing where git cannot be asked so."""
    found = sources.find(session.repo, sources.INDEX, index_file=session.environ.get("GIT_INDEX_FILE", ""))
    if found is None or found.above:
        return []
    try:
        return sorted({spec for rule in _asked(tomllib.loads(found.data.decode())) for spec in _of_rule(rule)})
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):  # malformed: Python will say so
        return []


def _asked(table: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, rule in table["rules"].items():
        if rule.get("level") != "off" and PRE_COMMIT in rule.get("stages", NATURAL.get(name, (PRE_COMMIT,))):
            yield rule


def _of_rule(rule: Mapping[str, Any]) -> Iterator[str]:
    """Git's `*` crosses slashes, so that each is about more than the pattern, never less. Raises `ValueError`."""
    patterns = [pattern for pattern in rule.get("paths", []) if not pattern.startswith("!")]
    for pattern in patterns:
        part = plain_part(pattern)
        if not _SAFE.fullmatch(part.text):
            raise ValueError(pattern)
        yield f":/{part.text}*" if part.anchored else f":/*{part.text}*"
    if not patterns:
        raise ValueError("it is about every path")
