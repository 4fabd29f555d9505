"""Run a command, observe it, record it: the one path everything else hangs on.

Before the child starts, what can be wrong with the request is refused, and what must be known beforehand is written
to the journal. From then on nothing of ours stops the child: what fails is named in the record, and a record that
cannot be stored waits in the journal for the next command.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.api.inside import JOURNAL, SEED
from gitprov.api.options import RunOptions
from gitprov.api.recover import recover_quietly
from gitprov.api.session import Session
from gitprov.api.watch import Watch
from gitprov.capture import process
from gitprov.capture.process import NotStarted
from gitprov.errors import ProvError, UsageError
from gitprov.model.ids import ABBREV, new_id
from gitprov.model.words import duration
from gitprov.records.journal import RUN

_BLINK = 0.5
"""Seconds after which a run is worth a write to the disk that survives a loss of power."""


class Ran(NamedTuple):
    """What came of it: the child's status, the record where there is one, and what a person should know."""

    status: int
    record: Mapping[str, Any] | None = None
    summary: str = ""
    warnings: Sequence[str] = ()
    refusal: str = ""
    """Why the command could not be started."""
    bug: Exception | None = None
    """A mistake of ours that kept the run from being recorded whole, and nothing more."""


def run_command(session: Session, options: RunOptions) -> Ran:
    """Run the command with the process's own standard streams, and record it.

    Raises `ProvError`, and only before the child starts, for a request that cannot be meant.
    """
    _check(session, options)
    recover_quietly(session)
    run = new_id(session.random(16))
    watch, bug = None, None
    try:
        watch = Watch.begin(session, options, run)
    except ProvError:
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours does not stop the user's command
        bug = error
    environ = _child_environ(session.environ, run, options.seed)
    if watch:
        watch.announce(environ)
    child = process.start(options.command, environ)
    if isinstance(child, NotStarted):
        if watch:
            watch.cancel()
        return Ran(child.status, refusal=child.reason, bug=bug)
    if watch is None:
        return Ran(child.wait().status, bug=bug)
    watch.started(child.pid)
    ended = child.wait(after=_BLINK, then=watch.sync)
    try:
        done = watch.end(ended)
    except Exception as error:  # noqa: BLE001 - nor does it change the command's exit status
        watch.leave()
        return Ran(ended.status, warnings=watch.warnings, bug=error)
    return Ran(ended.status, done, _summary(done) if done else "", watch.warnings)


def _check(session: Session, options: RunOptions) -> None:
    if session.repo.worktree is None:
        raise ProvError("there is no working tree here", hint="run this in a clone that has one")
    if options.trace in ("python", "strace"):
        hint = "use --trace off, and declare files with -i and -o"
        raise UsageError(f"--trace {options.trace} is not built yet", hint=hint)


def _child_environ(environ: Mapping[str, str], run: str, seed: int | None) -> dict[str, str]:
    child = {**environ, RUN: run}
    child.pop(JOURNAL, None)
    if seed is not None:
        child[SEED] = child["PYTHONHASHSEED"] = str(seed)
    first, _, rest = child.get("PATH", "").partition(os.pathsep)
    if first == child.get("GIT_EXEC_PATH") or first.endswith("/git-core"):
        child["PATH"] = rest  # git put itself in front when it called us
    return child


def _summary(record: Mapping[str, Any]) -> str:
    code = record.get("code", {})
    where = code.get("base") or code.get("commit", "")
    dirty = " with uncommitted changes" if "base" in code else ""
    return (
        f"[git prov] run {record['id'][:ABBREV]} {record['status']} in {duration(record['seconds'])}"
        f" on {where[:10]}{dirty}; see: git prov show {record['id'][:ABBREV]}"
    )
