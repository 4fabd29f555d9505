"""Where a shim, and a hook of pre-commit's, ends up. Only a rule that blocks stops the git command above."""

import os
import sys
from collections.abc import Mapping
from typing import IO, Final

from gitprov.api.session import open_session
from gitprov.errors import ExitStatus
from gitprov.gitrepo.transport import PUSHING
from gitprov.hooks.saying import unharmed

BLOCKED: Final = 3
"""What tells a shim to stop git. Python itself ends with 1 where it fails, which is to stop nobody."""
_ASKING: Final = ("pre-commit", "pre-merge-commit", "commit-msg")
_OF_FRAMEWORKS: Final = ("check", "message")
"""Events as `.pre-commit-hooks.yaml` names them, where any status but 0 stops git."""


def run(event: str, args: list[str], environ: Mapping[str, str], cwd: str, stdin: IO[bytes] | None = None) -> int:
    """Answer a hook: 0, or another status where a rule that blocks is broken. A failure of ours is a line or two."""
    if PUSHING in environ:
        return ExitStatus.DONE
    if event in _ASKING or event in _OF_FRAMEWORKS:
        is_free = unharmed(lambda: _holds(event, args, environ, cwd))
        return ExitStatus.DONE if is_free else BLOCKED if event in _ASKING else ExitStatus.NO
    if event != "pre-push":
        unharmed(lambda: _refresh(event, environ, cwd))
        return ExitStatus.DONE
    told = (stdin or sys.stdin.buffer).read()
    if not unharmed(lambda: _holds(event, args, environ, cwd, os.fsdecode(told))):
        return BLOCKED
    unharmed(lambda: _push(args, environ, cwd, told))
    return ExitStatus.DONE


def _holds(event: str, args: list[str], environ: Mapping[str, str], cwd: str, told: str = "") -> bool:
    from gitprov.hooks import rules

    return rules.holds(open_session(cwd, environ), event, args, told)


def _refresh(event: str, environ: Mapping[str, str], cwd: str) -> bool:
    from gitprov.hooks import records

    records.refresh(open_session(cwd, environ), adopting=event != "post")
    return True


def _push(args: list[str], environ: Mapping[str, str], cwd: str, told: bytes) -> bool:
    from gitprov.hooks import records

    records.push(open_session(cwd, environ), args, told)
    return True
