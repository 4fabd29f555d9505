"""Recording the run of a launch once it is over: when that is, and what then stands in the log."""

import os
import stat
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitprov.api import rebuilt
from gitprov.api.draft import arranged
from gitprov.api.session import Session
from gitprov.api.store import store
from gitprov.api.tracing import remove_events
from gitprov.capture.ranks import observed as ranks
from gitprov.capture.ranks import scheduler
from gitprov.capture.ranks.gathering import Modes
from gitprov.capture.ranks.launch import NEVER, REQUEUE, Attempt
from gitprov.capture.ranks.observed import Rank
from gitprov.capture.ranks.together import Part, together
from gitprov.errors import ProvError
from gitprov.model.limits import LINE_LIMIT
from gitprov.model.stamp import moment
from gitprov.model.text import unquote
from gitprov.records import codec, joint, processes
from gitprov.records.joint import Closing, Member, Place
from gitprov.records.journal import Entry
from gitprov.records.processes import Process

_PATIENCE = 600.0
"""Seconds without a sign after which a launch on other machines, which cannot be looked at, counts as over."""
_INTERRUPTED = ("SIGTERM", "SIGKILL")
"""What schedulers end jobs with that they will run again."""


class _Seen(NamedTuple):
    """A member that has ended, by its journal."""

    member: Member
    rank: Rank
    entry: Entry


class Whole(NamedTuple):
    """The run of a launch as it was recorded, and what a person should hear of that."""

    record: Mapping[str, Any]
    warnings: list[str]


def record_if_over(session: Session, place: Place) -> Whole | None:
    """Put the parts together and store the run, where nobody is left to add to it.

    `None` where the launch goes on, may go on, or somebody else records it. Raises `ProvError` or `OSError` where the
    log cannot be written.
    """
    seen = _ended(session, place)
    if seen is None or not (place.is_closing or _is_over(session, place, seen)):
        return None
    closing = Closing.begin(session.state, place)
    if closing is None:
        return None
    try:
        seen = _ended(session, closing.place) or []
        whole = _store(session, closing.place, seen, again=place.is_closing) if seen else None
    except BaseException:
        closing.leave()
        raise
    for member in closing.place.members():
        remove_events(session.state.events_of(member.name))
    closing.finish(session.state)
    return whole


def _ended(session: Session, place: Place) -> list[_Seen] | None:
    """The members that started something, `None` where one of them goes on."""
    seen = []
    members = place.members()
    for member in sorted(members, key=lambda one: one.done):  # those that may go on come first
        left = place.left(session.state, member)
        if left is None:
            continue
        if left.goes_on and not member.done:
            return None
        if "at" not in left.entry.run:
            continue  # killed before it started anything
        seen.append(_Seen(member, _rank(member, left.entry), left.entry))
    return sorted(seen)


def _rank(member: Member, entry: Entry) -> Rank:
    run, what = entry.run, entry.member
    try:
        began = moment(str(run["at"])).timestamp()
    except ValueError:
        began = 0.0
    seconds = run.get("seconds")
    ended = began + seconds if isinstance(seconds, int | float) else None
    status = run.get("status") or ("killed" if entry.boot == processes.boot_id() else "lost")
    attempt = Attempt(member.requeued, member.restarted)
    return Rank(
        member.rank, attempt, status, began, ended, what.get("host", ""), run.get("exit"), run.get("signal", "")
    )


def _is_over(session: Session, place: Place, seen: Sequence[_Seen]) -> bool:
    """Whether nobody can come any more, none of the members going on."""
    if not seen:
        return session.clock() - place.changed() > _PATIENCE
    newest = max(seen, key=lambda one: one.rank.attempt)
    what = newest.entry.member
    last = [one for one in seen if not what.get("counted") or one.rank.attempt == newest.rank.attempt]
    final = ranks.final((one.rank for one in last), what.get("world", 1))
    bad = ranks.first_to_fail(final)
    interrupted = what.get("restarts") == REQUEUE and bad and (bad.exit is None or bad.signal in _INTERRUPTED)
    if interrupted and scheduler.runs_again(str(place.about.get("job", "")), session.environ):
        return False
    if len(final) == what.get("world", 1) and (not bad or what.get("restarts") in (NEVER, REQUEUE)):
        return True
    return not any(_may_go_on(session, place, one.entry) for one in seen)


def _may_go_on(session: Session, place: Place, entry: Entry) -> bool:
    """Whether ranks may still be started, as far as can be told from this machine."""
    what, here = entry.member, entry.boot == processes.boot_id()
    match what.get("launcher"):
        case [int(pid), str(started)] if pid > 1 and here:
            alive = processes.is_alive(Process(pid, started), entry.boot)
            if alive or what.get("local"):
                return alive
    if not here and what.get("host") == os.uname().nodename and what.get("local"):
        return False  # this machine was started anew
    return session.clock() - place.changed() < _PATIENCE


def _store(session: Session, place: Place, seen: Sequence[_Seen], *, again: bool) -> Whole:
    parts: list[Part] = []
    data: dict[str, bytes] = {}
    for one in seen:
        run, more = rebuilt.run_of(session, one.entry, one.member.name, one.rank.status)
        parts.append(Part(one.rank, run))
        data.update(more)
    newest = max(seen, key=lambda one: one.rank.attempt).entry.member
    about = ranks.about(str(place.about.get("kind", "")), int(newest.get("world", 1)), str(place.about.get("job", "")))
    whole = together(parts, about, data, _modes(session))
    record = _reduced(arranged({**whole.record, "id": place.run}))
    code = next((one.entry.code for one in seen if one.entry.code), {})
    if again and rebuilt.is_in_log(session.repo, place.run):
        return Whole(record, [])
    return Whole(record, store(session, record, code=code, data={**data, **whole.data}))


def _modes(session: Session) -> Modes:
    """How files are now: `644` or `755`, as Git has them."""
    top = os.fsencode(session.repo.worktree or "")

    def mode(entry: Mapping[str, Any]) -> str:
        try:
            found = os.lstat(os.path.join(top, unquote(entry["path"])))
        except OSError:
            return "644"
        return "link" if stat.S_ISLNK(found.st_mode) else "755" if found.st_mode & 0o100 else "644"

    return mode


def _reduced(record: dict[str, Any]) -> dict[str, Any]:
    """A record of many ranks without the parts that make it larger than a record may be; they are named."""
    while codec.size(record) > LINE_LIMIT:
        largest = max(
            (name for name in record if name not in ("capture", "id")), key=lambda name: codec.size(record[name])
        )
        del record[largest]
        missing = [f"{largest}: too large for a record", *record["capture"]["missing"]]
        record["capture"] = {**record["capture"], "complete": False, "missing": missing}
    return record


def record_all(session: Session) -> list[str]:
    """Record every launch that is over, and return warnings.

    Raises the first error (`ProvError`, `OSError`) at the end.
    """
    warnings = []
    failed: ProvError | OSError | None = None
    for place in joint.places(session.state):
        try:
            if whole := record_if_over(session, place):
                warnings += whole.warnings
        except (ProvError, OSError) as error:
            failed = failed or error
        except Exception as error:  # noqa: BLE001 - whatever ran inside a rank could write to its journal
            failed = failed or rebuilt.senseless(place.path, error)
    if failed:
        raise failed
    return warnings
