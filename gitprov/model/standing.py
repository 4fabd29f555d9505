"""Does a result stand? What all replications of a run say together, as a table beside the run's own fields."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.model.records import Replication

STANDING: Final = "standing"
"""Under which name it stands beside a run's own fields; a run that nobody reproduced has none."""
STANDS: Final = frozenset({"identical", "within-tolerance", "reproduced"})
_NOTHING: Final = "not-comparable"

Standing = Mapping[str, Any]


def standing(replications: Iterable[Replication]) -> dict[str, Any]:
    """Return `tried`, `reproduced`, `failed`, `not_comparable`, `people`, `machines` and the `last` verdict.

    `tried` counts those replications that compared something; `people` and `machines` are those on which it was
    reproduced. Empty where there are no replications.
    """
    found = sorted(replications, key=lambda one: (one.moment, one.id))
    if not found:
        return {}
    good = [one for one in found if one.verdict in STANDS]
    without = sum(one.verdict == _NOTHING for one in found)
    counts = {
        "tried": len(found) - without,
        "reproduced": len(good),
        "failed": len(found) - len(good) - without,
        "not_comparable": without,
        "people": len({one.by for one in good}),
        "machines": len({one.machine for one in good if one.machine}),
    }
    return {**counts, "last": found[-1].verdict}


def words(told: Standing) -> str:
    """Say it on one line: `reproduced 3 times, by 2 people, on 2 machines; failed once`. A failure is always said."""
    parts = []
    if good := told.get("reproduced", 0):
        people, machines = told.get("people", 0), told.get("machines", 0)
        by = f", by {people} {'person' if people == 1 else 'people'}" if people else ""
        on = f", on {machines} machine{'' if machines == 1 else 's'}" if machines else ""
        parts.append(f"reproduced {times(good)}{by}{on}")
    if bad := told.get("failed", 0):
        parts.append(f"failed to reproduce {times(bad)}")
    if without := told.get("not_comparable", 0):
        parts.append(f"could not be compared {times(without)}")
    return "; ".join(parts)


def short(told: Standing) -> str:
    """Say it in a few words, for where there is little room: `reproduced 2 of 3`, `not reproduced, 1 try`."""
    tried, good = told.get("tried", 0), told.get("reproduced", 0)
    if not tried:
        return "not comparable"
    if not good:
        return "not reproduced" + (f" in {tried}" if tried > 1 else "")
    return f"reproduced {good} of {tried}" if good < tried else f"reproduced {good}x" if good > 1 else "reproduced"


def times(count: int) -> str:
    """Return `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
