"""Run a command, observe it, record it: the one path everything else hangs on.

Before the child starts, what can be wrong with the request is refused, and what must be known beforehand is written
to the journal. From then on nothing of ours stops the child: what fails is named in the record, and a record that
cannot be stored waits in the journal for the next command.
"""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitprov.api.inside import JOURNAL, SEED
from gitprov.api.options import Hear, Progress, RunOptions
from gitprov.api.recover import recover_quietly
from gitprov.api.session import Session
from gitprov.api.watch import SOON, Watch
from gitprov.capture import process
from gitprov.capture.process import Child, NotStarted
from gitprov.errors import ProvError
from gitprov.model.ids import ABBREV, new_id
from gitprov.records.journal import RUN

_MLFLOW = "MLFLOW_RUN_CONTEXT"
"""Tags that MLflow gives its own runs: with them, two of ours that share one store are told apart."""
if TYPE_CHECKING:
    from gitprov.api.joint import Membership

_LAUNCHED = frozenset({"RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_JOB_ID"})
"""Variables that only the processes of a launch have, or what runs on a cluster."""


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


def run_command(
    session: Session, options: RunOptions, progress: Progress | None = None, hear: Hear | None = None
) -> Ran:
    """Run the command with the process's own standard streams, and record it.

    `progress` is told how many bytes of how many are hashed when it has ended, `hear` what there is to say of the data
    before it starts.

    Raises `ProvError`, and only before the child starts, for a request that cannot be meant.
    """
    _check(session)
    options = _with_experiment(session, options)
    recover_quietly(session)
    run = new_id(session.random(16))
    watch, bug = None, None
    try:
        member = _member(session, options)
        run = member.run if member else run
        watch = Watch.begin(session, options, run, member)
    except ProvError:
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours does not stop the user's command
        bug = error
    environ = _child_environ(session.environ, run, options.seed)
    if watch:
        try:
            watch.announce(environ)
        except ProvError:
            watch.cancel()
            raise
    child = _start(watch, options, environ, hear)
    if isinstance(child, NotStarted):
        if watch:
            watch.cancel()
        return Ran(child.status, refusal=child.reason, bug=bug)
    if watch is None:
        return Ran(child.wait().status, bug=bug)
    watch.started(child.pid)
    ended = child.wait(after=SOON, then=watch.go_on)
    again = watch.start_again(child)
    if isinstance(again, Child):
        watch.started(again.pid)
        ended = again.wait(after=SOON, then=watch.go_on)
    try:
        done = watch.end(ended, progress)
    except Exception as error:  # noqa: BLE001 - nor does it change the command's exit status
        watch.leave()
        return Ran(ended.status, warnings=watch.warnings, bug=error)
    return Ran(ended.status, done, _summary(done) if done else "", watch.warnings)


def _start(
    watch: Watch | None, options: RunOptions, environ: Mapping[str, str], hear: Hear | None
) -> Child | NotStarted:
    if watch is None:
        return process.start(options.command, environ)
    if hear and watch.notices:
        hear(watch.notices)
    return watch.start()


def _member(session: Session, options: RunOptions) -> "Membership | None":
    """This process's part in the run of a launch, where it is a rank of one."""
    if _LAUNCHED.isdisjoint(session.environ):
        return None
    from gitprov.api.joint import join

    return join(session, options)


def _check(session: Session) -> None:
    if session.repo.worktree is None:
        raise ProvError("there is no working tree here", hint="run this in a clone that has one")


def _with_experiment(session: Session, options: RunOptions) -> RunOptions:
    """The options with what the run's experiment says, where it is part of one."""
    if options.experiment is None:
        return options
    from gitprov.api.experiments.asked import filled

    return filled(session, options)


def _child_environ(environ: Mapping[str, str], run: str, seed: int | None) -> dict[str, str]:
    child = {**environ, RUN: run}
    child.pop(JOURNAL, None)
    if seed is not None:
        child[SEED] = child["PYTHONHASHSEED"] = str(seed)
    child.setdefault(_MLFLOW, f'{{"gitprov.run": "{run}"}}')
    first, _, rest = child.get("PATH", "").partition(os.pathsep)
    if first == child.get("GIT_EXEC_PATH") or first.endswith("/git-core"):
        child["PATH"] = rest  # git put itself in front when it called us
    return child


def _summary(record: Mapping[str, Any]) -> str:
    from gitprov.model.words import duration

    code = record.get("code", {})
    where = code.get("base") or code.get("commit", "")
    dirty = " with uncommitted changes" if "base" in code else ""
    return (
        f"[git prov] run {record['id'][:ABBREV]} {record['status']} in {duration(record['seconds'])}"
        f" on {where[:10]}{dirty}; see: git prov show {record['id'][:ABBREV]}"
    )
