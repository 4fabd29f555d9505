"""Which change of packages makes a run come out otherwise: it is run again in environments between two recorded ones.

Nothing of it is recorded: what comes out in an environment that nobody worked in says nothing of the run's standing.
"""

from collections.abc import Callable
from math import ceil, log2
from typing import Final, NamedTuple

from gitprov.api.environments import lock_of, world
from gitprov.api.options import Progress
from gitprov.api.reading import Reading, fields
from gitprov.api.reproduce.options import ReproduceOptions, Tell
from gitprov.api.reproduce.performing import Came, attempt
from gitprov.api.reproduce.proposing import Prepared, find, steps
from gitprov.api.reproduce.software import NotHad, choices
from gitprov.api.session import Session
from gitprov.api.standings import replications
from gitprov.errors import NotFound, ProvError
from gitprov.model.environments import Change
from gitprov.model.records import Run
from gitprov.model.reproduction import Bisected, Step
from gitprov.model.stored import Stored
from gitprov.model.text import single_line
from gitprov.replay.compare.metrics import MetricOutcome
from gitprov.replay.compare.outcome import NOISE, NOT_COMPARABLE, SAME, WITHIN
from gitprov.replay.environment.bisect import NotTurned, bisect, mixed, package_changes
from gitprov.replay.environment.lock import Lock, read
from gitprov.replay.environment.plan import RESTORE, EnvironmentPlan
from gitprov.replay.environment.planning import plan_lock
from gitprov.replay.verdict import FAILED, IMPOSSIBLE

_FETCH: Final = "fetch what others recorded: git prov sync"
_NAMED: Final = 3
_DIGITS: Final = 7
_LONGEST: Final = 300


class Listener(NamedTuple):
    """Who is told of a bisection while it goes on."""

    tell: Tell
    """What is being done now."""
    step: Callable[[Step], None]
    """Each step that is done."""
    progress: Progress | None = None


class Bisection(NamedTuple):
    """What there is to bisect."""

    prepared: Prepared
    against: Stored
    before: Lock
    after: Lock
    metric: str
    other: EnvironmentPlan
    """How the other environment is built."""

    @property
    def differing(self) -> int:
        """How many packages are not the same in both environments."""
        return len(package_changes(self.before, self.after))

    @property
    def about(self) -> int:
        """About how many environments are tried: both ends, those between, and what was found by itself."""
        return 3 + ceil(log2(max(self.differing, 1)))


def other_run(session: Session, reading: Reading, run: Stored, name: str) -> Stored:
    """Return the run that has the other environment: the one named, or the last reproduction that did not stand.

    Raises `NotFound`.
    """
    if name:
        return find(session, reading, name)
    known = {stored.id: stored for stored in reading.records if isinstance(stored.record, Run)}
    for made in reversed(replications(reading).get(run.id, [])):
        if made.verdict in ("deviates", "failed") and (found := known.get(made.rerun or "")):
            return found
    raise NotFound(
        f"run {run.id[:_DIGITS]} has no reproduction that deviates: with which environment is it compared?",
        hint="name a run that has it: --against RUN",
    )


def prepare_bisection(
    session: Session, prepared: Prepared, against: Stored, options: ReproduceOptions, metric: str
) -> Bisection:
    """Look whether there is something to bisect. Raises `ProvError`, and `NotTurned` where there is not."""
    if prepared.software.how != RESTORE:
        raise NotTurned(f"run {prepared.stored.id[:_DIGITS]} used no Python: there are no packages to try")
    names = [*(prepared.record.get("metrics") or ()), *_series(prepared)]
    if metric and metric not in names:
        known = ", ".join(single_line(name, 40) for name in names[:8]) or "none"
        raise NotFound(f"run {prepared.stored.id[:_DIGITS]} has no metric {single_line(metric, 60)}: it has {known}")
    before, after = (_lock(session, stored) for stored in (prepared.stored, against))
    if not package_changes(before, after):
        one, other = prepared.stored.id[:_DIGITS], against.id[:_DIGITS]
        raise NotTurned(f"runs {one} and {other} had the same packages", hint=_else(one, other))
    last = mixed(before, after, tuple(package_changes(before, after)))
    planned = plan_lock(prepared.record, last, world(session), choices(options))
    if planned.refused:
        why = f"the packages of run {against.id[:_DIGITS]} cannot be had: {planned.refused}"
        raise ProvError(why, hint=planned.hint)
    return Bisection(prepared, against, before, after, metric, planned)


def proposed(bisection: Bisection) -> tuple[str, ...]:
    """Say what would be built, for somebody to agree to."""
    one, other = (stored.id[:_DIGITS] for stored in (bisection.prepared.stored, bisection.against))
    count = bisection.differing
    packages = f"{count} package{'' if count == 1 else 's'}"
    builds = f"about {bisection.about} are built, and it is run in each"
    own = tuple(steps(bisection.prepared.software))
    return (
        f"environments between those of runs {one} and {other}, which differ in {packages}: {builds}",
        "nothing of that is recorded",
        *(f"as in {one}: {line}" for line in own),
        *(f"as in {other}: {line}" for line in steps(bisection.other) if line not in own),
    )


def perform_bisection(
    session: Session, bisection: Bisection, options: ReproduceOptions, listener: Listener
) -> Bisected:
    """Find the change. Raises `NotTurned` where packages do not explain it, `ProvError` where it cannot be told."""
    taken = _Steps(session, bisection, options._replace(directory="", keep=False, quiet=True), listener)

    def judge(lock: Lock) -> bool | None:
        step = taken.take(lock)
        listener.step(step)
        return step.is_as_recorded

    run, against = bisection.prepared.stored.id, bisection.against.id
    try:
        found = bisect(bisection.before, bisection.after, judge)
    except NotTurned as error:
        error.hint = _else(run[:_DIGITS], against[:_DIGITS])
        raise
    return Bisected(
        run,
        against,
        bisection.metric,
        found.changes,
        found.alone,
        bisection.differing,
        tuple(taken.done),
    )


def _else(one: str, other: str) -> str:
    return f"see what else is not the same: git prov env diff {one} {other}"


class _Steps:
    """The environments that were tried."""

    def __init__(self, session: Session, bisection: Bisection, options: ReproduceOptions, listener: Listener) -> None:
        self.done: list[Step] = []
        self._session = session
        self._bisection = bisection
        self._options = options
        self._listener = listener
        # Where the other run failed, failing is what is looked for; else it says nothing of the result.
        self._failing_counts = getattr(bisection.against.record, "status", "ok") != "ok"

    def take(self, lock: Lock) -> Step:
        """Build an environment, run in it, and judge what comes out."""
        number = len(self.done) + 1
        words = _words(self._bisection, lock)
        self._listener.tell(f"Step {number} of about {max(self._bisection.about, number)}, {words}")
        outcome, reason = self._tried(lock)
        self.done.append(Step(number, words, outcome, single_line(reason, _LONGEST)))
        return self.done[-1]

    def _tried(self, lock: Lock) -> tuple[bool | None, str]:
        prepared = self._bisection.prepared
        planned: EnvironmentPlan = plan_lock(prepared.record, lock, world(self._session), choices(self._options))
        if planned.refused:
            return None, planned.refused
        try:
            prepared = prepared._replace(software=planned)
            came = attempt(self._session, prepared, self._options, self._listener.tell, self._listener.progress)
        except NotHad as error:
            return None, error.message
        return self._judged(came)

    def _judged(self, came: Came) -> tuple[bool | None, str]:
        verdict = came.verdict
        if came.rerun is None or verdict.word == IMPOSSIBLE:
            return None, verdict.because
        if verdict.word == FAILED:
            return False if self._failing_counts else None, verdict.because
        if not self._bisection.metric:
            return verdict.stands, verdict.because
        (found,) = (one for one in verdict.metrics if one.name == self._bisection.metric)
        outcome = None if found.grade == NOT_COMPARABLE else found.grade in (SAME, NOISE, WITHIN)
        return outcome, _measured(found)


def _measured(one: MetricOutcome) -> str:
    return f"{one.name} is missing" if one.after is None else f"{one.name} = {one.after}"


def _words(bisection: Bisection, lock: Lock) -> str:
    """Say which environment it is, by what is not as in the first."""
    changes = package_changes(bisection.before, lock)
    if not changes:
        return f"as in run {bisection.prepared.stored.id[:_DIGITS]}"
    if len(changes) == bisection.differing and len(changes) > _NAMED:
        return f"all packages as in run {bisection.against.id[:_DIGITS]}"
    more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    return "with " + ", ".join(map(_shown, changes[:_NAMED])) + more


def _shown(change: Change) -> str:
    return f"{change.name} {change.after}" if change.after else f"no {change.name}"


def _series(prepared: Prepared) -> list[str]:
    told = prepared.record.get("series") or ()
    return [f"{one['name']} ({part})" for one in told for part in ("count", "last", "best") if part in one]


def _lock(session: Session, stored: Stored) -> Lock:
    """Return the lock of a run's environment. Raises `NotFound` where it is not here."""
    data = lock_of(session, fields(stored))
    if not data:
        raise NotFound(f"the lock of run {stored.id[:_DIGITS]} is not here, or it has none", hint=_FETCH)
    return read(data)
