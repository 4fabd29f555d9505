"""Runs upstream of a run: what made the inputs that are nowhere any more, to be reproduced first."""

from gitprov.api.data.place import Place
from gitprov.api.reading import Reading, fields
from gitprov.api.reproduce.inputs import Inputs
from gitprov.api.session import Session
from gitprov.model.records import Run
from gitprov.model.stored import Stored
from gitprov.replay.plan import plan


def chain(session: Session, reading: Reading, wanted: Stored) -> list[Stored]:
    """Return the runs to reproduce so that `wanted` can be, in the order to do it, `wanted` itself last.

    An input that nobody here made stays missing: the run that reads it says so.
    """
    makers = _makers(reading)
    order: dict[str, Stored] = {}
    visited: set[str] = set()

    def visit(stored: Stored) -> None:
        if stored.id in visited:  # records are somebody's: they may even name each other
            return
        visited.add(stored.id)
        for digest in Inputs(place, plan(fields(stored)), stored.at).nowhere():
            if maker := makers.get(digest):
                visit(maker)
        order[stored.id] = stored

    with Place(session) as place:
        visit(wanted)
    return list(order.values())


def _makers(reading: Reading) -> dict[str, Stored]:
    """Return the newest run that made the bytes of each digest."""
    return {
        item.digest: stored
        for stored in reading.runs
        if isinstance(stored.record, Run) and stored.record.status == "ok"
        for item in stored.record.output
        if item.digest
    }
