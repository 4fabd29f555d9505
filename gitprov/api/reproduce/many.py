"""Several runs to be reproduced: which they are, and which of them were reproduced here already."""

from collections.abc import Sequence

from gitprov.api.ls import LsOptions, ls
from gitprov.api.reading import Reading
from gitprov.api.reproduce.machine import machine_name
from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.reproduce.proposing import find
from gitprov.api.session import Session
from gitprov.api.standings import replications
from gitprov.errors import NotFound, UsageError
from gitprov.model.records import Replication
from gitprov.model.stored import Stored

_NOT_AGAIN = frozenset({"identical", "within-tolerance", "deviates", "failed"})
_RECORDED_AS = {"restore": "restored"}


def selected(session: Session, reading: Reading, names: Sequence[str], *, query: str, within: str) -> list[Stored]:
    """Return the runs that are named, and those of a range of commits or a query, the oldest first, each once.

    Raises `NotFound` where there are none, `UsageError` where nothing says which.
    """
    if not (names or query or within):
        raise UsageError("which run?", hint="name one, or several: --range A..B, --query 'tag == \"paper\"'")
    wanted = {find(session, reading, name).id for name in names}
    if query or within:
        listing = ls(session, LsOptions([word for word in (query, within) if word]))
        wanted |= {run["id"] for run in listing.runs}
    if not wanted:
        raise NotFound("no run fits", hint="see which there are: git prov ls")
    return [stored for stored in reading.records if stored.id in wanted]


def done_here(reading: Reading, options: ReproduceOptions) -> dict[str, Replication]:
    """Return the newest verdict by run that was reached on this machine, with the same kind of software.

    What could not be had then may be had now: that is tried again.
    """
    machine, how = machine_name(), _RECORDED_AS.get(options.environment, options.environment)
    found: dict[str, Replication] = {}
    for run, made in replications(reading).items():
        for one in made:
            if machine and (one.machine, one.environment) == (machine, how) and one.verdict in _NOT_AGAIN:
                found[run] = one
    return found
