"""The standing of runs: what all replications that are known here say of each."""

from collections.abc import Mapping
from typing import Any

from gitprov.api.reading import Reading
from gitprov.model.records import Replication
from gitprov.model.standing import STANDING, standing


def replications(reading: Reading) -> dict[str, list[Replication]]:
    """Return the replications by the run that they are of, the oldest first."""
    found: dict[str, list[Replication]] = {}
    for stored in reading.records:
        if isinstance(stored.record, Replication):
            found.setdefault(stored.record.run, []).append(stored.record)
    return found


def with_standing(run: dict[str, Any], known: Mapping[str, list[Replication]]) -> dict[str, Any]:
    """Return a run's fields with its standing beside them, where somebody has tried to reproduce it.

    What a record itself says under that name is nobody's word on it, and goes.
    """
    own = {name: value for name, value in run.items() if name != STANDING}
    told = standing(known.get(str(run.get("id")), ()))
    return {**own, STANDING: told} if told else own
