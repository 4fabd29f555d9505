"""Doing what was agreed to: a place, the code, the data, the software, the run, the comparison, the record."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from gitprov.api.data.place import Place as DataPlace
from gitprov.api.options import Progress
from gitprov.api.reproduce import placing, recording, running, software
from gitprov.api.reproduce.comparing import compared
from gitprov.api.reproduce.inputs import Inputs
from gitprov.api.reproduce.keeping import keep_outputs
from gitprov.api.reproduce.machine import machine_kind, machine_name
from gitprov.api.reproduce.options import ReproduceOptions, Tell
from gitprov.api.reproduce.proposing import Prepared
from gitprov.api.reproduce.running import NotRun, Rerun
from gitprov.api.reproduce.software import Had
from gitprov.api.reproduce.starting import start_of
from gitprov.api.session import Session
from gitprov.errors import NotFound
from gitprov.model.ids import new_id
from gitprov.model.reproduction import Reproduced
from gitprov.model.stamp import stamp
from gitprov.model.text import single_line
from gitprov.replay.environment.plan import RESTORE
from gitprov.replay.environment.planning import environment_of
from gitprov.replay.place import checkout
from gitprov.replay.place.making import Place, place_for
from gitprov.replay.replication import Circumstances, replication_record
from gitprov.replay.verdict import Verdict, unavailable

_WIDE: Final = 300
_RECORDED_AS: Final = {RESTORE: "restored"}


def perform(
    session: Session, prepared: Prepared, options: ReproduceOptions, tell: Tell, progress: Progress | None = None
) -> Reproduced:
    """Run it again and record what came of it. Whatever happens, nothing is left behind but what was asked for.

    Raises `ProvError` where our own side fails, `Interrupted` where a person ended the command.
    """
    return _record(session, prepared, options, attempt(session, prepared, options, tell, progress))


class Came(NamedTuple):
    """What came of running it again, before anything is recorded."""

    verdict: Verdict
    rerun: Rerun | None = None
    """None where nothing was run."""
    had: Had | None = None


def attempt(
    session: Session, prepared: Prepared, options: ReproduceOptions, tell: Tell, progress: Progress | None = None
) -> Came:
    """Run it again and judge it; nothing is recorded. Raises as `perform` does, `NotHad` for its software."""
    if prepared.plan.impossible:
        return Came(unavailable(prepared.plan.impossible))
    doing = _Doing(session, prepared, options, tell)
    name = new_id(session.random(16))
    with place_for(session.repo, session.state, name, options.directory) as place, DataPlace(session) as data:
        if absent := doing.put_together(place, data, progress):
            return Came(unavailable(absent))
        had = software.had(session, prepared.software, place, tell)
        try:
            rerun = doing.run(place, had, progress)
        except NotRun as error:
            return Came(unavailable([f"its program ({error})"]))
        tell("Comparing")
        verdict = compared(
            data, place, prepared, rerun, os.path.realpath(options.same_path) if options.same_path else ""
        )
        if options.keep:
            rerun = rerun._replace(warnings=(*rerun.warnings, *keep_outputs(session, rerun, place.worktree)))
        return Came(verdict, rerun, had)


class _Doing:
    """One reproduction under way."""

    def __init__(self, session: Session, prepared: Prepared, options: ReproduceOptions, tell: Tell) -> None:
        self._session = session
        self._prepared = prepared
        self._options = options
        self._tell = tell

    def put_together(self, place: Place, data: DataPlace, progress: Progress | None) -> list[str]:
        """Put code and data into place; return what could not be had, in words."""
        plan = self._prepared.plan
        if not checkout.has_commit(place.repo, plan.commit):
            return [f"commit {plan.commit[:10]}, its code: it is not in this clone"]
        self._tell(f"Checking out {plan.commit[:10]}")
        try:
            absent = place.check_out(plan)
            place.cwd(plan)
        except NotFound as error:
            return [error.message]
        self._tell("Bringing its data")
        absent += placing.put(data, Inputs(data, plan, str(self._prepared.record["at"])), place.worktree, progress)
        return absent

    def run(self, place: Place, had: Had, progress: Progress | None) -> Rerun:
        """Run the command. Raises `NotRun`, `Interrupted`, `ProvError`."""
        start = start_of(self._session, place, self._prepared.plan, had, self._options)
        self._tell(f"Running {self._prepared.plan.line}")
        how = running.How(
            self._options.trace or ("off" if had.command else None), quiet=self._options.quiet, progress=progress
        )
        recorded = self._prepared.record
        rerun = running.rerun(start, place, recorded, self._prepared.plan, how)
        if not had.command:
            return rerun
        inside = {"container": environment_of(recorded).get("container")}  # what was seen is this machine's own
        return rerun._replace(record={**rerun.record, "environment": inside})


def _record(session: Session, prepared: Prepared, options: ReproduceOptions, came: Came) -> Reproduced:
    """Record the verdict, and the run if there was one."""
    plan, rerun, had = prepared.plan, came.rerun, came.had
    about = Circumstances(
        id=new_id(session.random(16)),
        at=stamp(datetime.fromtimestamp(session.clock(), UTC)),
        by=single_line(session.repo.identity, 200),
        run=plan.run,
        commit=plan.commit,
        rerun=rerun.record["id"] if rerun else "",
        where=machine_kind(rerun.record) if rerun else "",
        machine=machine_name(),
        environment=_RECORDED_AS.get(had.how, had.how) if had else "",
        message=options.message,
        because=options.because,
    )
    replication = replication_record(came.verdict, about)
    if had and (more := _deviations(had)):
        replication["deviation"] = [*_untold(replication.get("deviation", ()), more), *more]
    warnings = recording.record(session, replication, rerun.record if rerun else None, rerun.data if rerun else {})
    return Reproduced(
        replication=replication,
        rerun=dict(rerun.record) if rerun else None,
        stands=came.verdict.stands,
        place=options.directory,
        warnings=(*(rerun.warnings if rerun else ()), *warnings),
    )


def _untold(told: Iterable[dict[str, Any]], more: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is told without the packages that were not used and of which there is more to say."""
    names = tuple(f"package {one['what'].partition(' ')[0]}:" for one in more)
    return [one for one in told if not (one["kind"] == "package" and one["what"].startswith(names))]


def _deviations(had: Had) -> list[dict[str, Any]]:
    """Return what building the software had to do otherwise; what is only here is compared lock by lock instead."""
    if had.how != RESTORE:
        return []
    told = (one for one in had.deviations if one.kind == "package")
    return [{"what": single_line(one.what, _WIDE), "kind": one.kind} for one in told]
