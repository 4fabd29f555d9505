"""Runs that were not recorded in time: killed with their wrapper, lost with the machine, refused by a full disk."""

import os

from gitprov.api.session import Session
from gitprov.api.tracing import remove_events, sweep_events
from gitprov.errors import ProvError
from gitprov.records import journal
from gitprov.records.journal import Abandoned
from gitprov.records.scratch import sweep


def recover(session: Session) -> list[str]:
    """Record every abandoned run, and return warnings. Raises `ProvError` or `OSError` where that is not possible.

    One that cannot be recorded keeps none of the others waiting.
    """
    sweep(session.state)
    sweep_events(session.state)
    if os.path.isdir(session.state.replays):
        from gitprov.replay.place.making import sweep as sweep_places

        sweep_places(session.repo, session.state)
    warnings = []
    failed: ProvError | OSError | None = None
    for left in journal.abandoned(session.state):
        if left.entry.member and _is_waiting(session, left):
            continue
        try:
            warnings += _recorded(session, left)
        except (ProvError, OSError) as error:
            failed = failed or error
        except Exception as error:  # noqa: BLE001 - whatever ran inside a run could write to its journal
            from gitprov.api.rebuilt import senseless

            failed = failed or senseless(left.path, error)
        else:
            os.unlink(left.path)
            remove_events(session.state.events_of(_name(left)))
    if os.path.isdir(journal.launches_of(session.state)):
        from gitprov.api.joined import record_all

        warnings += record_all(session)
    if failed:
        raise failed
    return warnings


def recover_quietly(session: Session) -> list[str]:
    """`recover` for commands that have other things to do: what cannot be recorded now waits for the next one."""
    try:
        return recover(session)
    except Exception:  # noqa: BLE001 - what one run left does not keep the next from being started
        return []


def _recorded(session: Session, left: Abandoned) -> list[str]:
    """Record one run where there is one and the log has not got it already, and return warnings."""
    from gitprov.api import rebuilt
    from gitprov.api.store import store

    record, data = rebuilt.run_of(session, left.entry, _name(left), left.status)
    # The name of the file, not what stands in it: a rank has the id of its launch there, which was recorded without it.
    record = record and {**record, "id": _name(left)}
    if not record or (left.entry.whole and rebuilt.is_in_log(session.repo, record["id"])):
        return []
    return store(session, record, code=left.entry.code, data=data)


def _name(left: Abandoned) -> str:
    return os.path.basename(left.path).partition(".")[0]


def _is_waiting(session: Session, left: Abandoned) -> bool:
    """Whether a journal is one rank's of a launch that is not recorded yet: its ranks are recorded together."""
    from gitprov.records import joint

    return any(place.run == left.entry.member.get("run") for place in joint.places(session.state))
