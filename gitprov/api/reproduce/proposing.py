"""What would be done to reproduce a run, for somebody to agree to: worked out before anything is."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gitprov.api.data.place import Place as DataPlace
from gitprov.api.environments import world
from gitprov.api.reading import Reading, fields
from gitprov.api.reproduce import software
from gitprov.api.reproduce.inputs import Inputs
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.spreads import spreads
from gitprov.api.resolve import resolve
from gitprov.api.session import Session
from gitprov.api.settings import load, shared
from gitprov.api.signatures import states
from gitprov.errors import NotFound, UsageError
from gitprov.gitrepo.log import about
from gitprov.model.reproduction import Proposal
from gitprov.model.stored import Stored
from gitprov.model.text import single_line
from gitprov.model.vouching import UNSIGNED, judged, words
from gitprov.replay import sandbox
from gitprov.replay.environment.plan import CONTAINER, EnvironmentPlan
from gitprov.replay.place.shown import checked
from gitprov.replay.plan import Plan, plan
from gitprov.replay.tolerance import Tolerance, Tolerances, from_flags, from_table

_WIDE = 200
_MOST = 8
"""Ways in which software is not the recorded one that are named before the run; after it all of them are recorded."""


class Prepared(NamedTuple):
    """One run, ready to be run again once somebody has said yes."""

    stored: Stored
    record: dict[str, Any]
    plan: Plan
    software: EnvironmentPlan
    tolerances: Tolerances


def find(session: Session, reading: Reading, name: str) -> Stored:
    """Return the run that a name means. Raises `NotFound` where it means none, or several."""
    found = resolve(session, reading, name)
    if len(found) > 1:
        listed = ", ".join(match.stored.id[:7] for match in found[:8])
        raise NotFound(f"{single_line(name, 60)} has {len(found)} runs: {listed}", hint="name one of them by its id")
    return found[0].stored


def prepare(session: Session, reading: Reading, stored: Stored, options: ReproduceOptions) -> Prepared:
    """Work out what reproducing a run means here. Nothing is changed. Raises `ProvError` for what cannot be meant."""
    record = fields(stored)
    stated = from_flags(options.tolerances), _shared_tolerances(session)
    _require_namespaces(session, options)
    tolerances = Tolerances(*stated, spreads(reading, record))
    return Prepared(stored, record, plan(record), software.planned(session, record, options), tolerances)


def _require_namespaces(session: Session, options: ReproduceOptions) -> None:
    """Raise `ProvError` where what only bubblewrap can do is wanted and cannot be had."""
    if options.sandbox:
        sandbox.find(world(session))
    if options.same_path:
        if options.environment == CONTAINER:
            raise UsageError("--same-path is not for containers", hint="leave it out, or --env container")
        checked(options.same_path, session.repo.worktree or "", session.repo.common_dir)
        sandbox.find(world(session), "--same-path")


def propose(session: Session, prepared: Prepared, options: ReproduceOptions) -> Proposal:
    """Say what would be done, for somebody to agree to: by a look, nothing is fetched."""
    stored = prepared.stored
    record, planned, how = prepared.record, prepared.plan, prepared.software
    told = about(session.repo, [planned.commit]) if planned.commit else {}
    sets = dict(planned.variables.values)
    if planned.variables.python_path:
        sets["PYTHONPATH"] = str(record["environment"]["variables"]["PYTHONPATH"])
    gaps = [*planned.gaps, *((f"{one.what} cannot be had, {one.why}", one.means) for one in how.missing)]
    with DataPlace(session) as data:
        reads = Inputs(data, planned, stored.at).look()
    return Proposal(
        run=stored.id,
        command=planned.line,
        cwd=planned.cwd or ".",
        by=single_line(str(record.get("by", "")), _WIDE),
        at=stored.at,
        signature=_signature(session, stored),
        commit=planned.commit,
        subject=told[planned.commit].subject if planned.commit in told else "",
        reads=tuple(reads),
        writes=tuple(one.path for one in planned.outputs if not one.absolute),
        outside=tuple(one.path for one in planned.outputs if one.absolute),
        environment=tuple(steps(how)),
        sets=tuple(sets.items()),
        refused=(*planned.variables.refused, *how.notes),
        gaps=tuple(gaps),
        impossible=planned.impossible,
        sandbox=sandbox.WORDS if options.sandbox else "",
        place=options.directory,
        shown_at=options.same_path,
    )


def _signature(session: Session, stored: Stored) -> str:
    """Whether a record is signed and by whom, in words."""
    state = states(session.repo, [stored.commit])[stored.commit]
    if state.word == UNSIGNED:
        return "not signed: nobody vouches for it"
    by = str(getattr(stored.record, "by", ""))
    return single_line(words(judged(state, by), state, by), _WIDE)


def _shared_tolerances(session: Session) -> dict[str, Tolerance]:
    load(session.repo)  # a table of another name may be a misspelt one
    table, where = shared(session.repo)
    return from_table(table.get("tolerance", {}), f"[tolerance] in {where}")


def steps(how: EnvironmentPlan) -> Iterator[str]:
    """Yield what will be done to have the software, what somebody has to allow, and what is not as it was."""
    yield from how.steps
    for one in how.consents:
        yield f"{one.what}: {one.why}" if one.granted else f"not done without --build: {one.what}"
    yield from (one.what for one in how.deviations[:_MOST])
    if (more := len(how.deviations) - _MOST) > 0:
        yield f"and {more} more that are not as they were"
