"""Does a result stand? What replications and reviews of a run say together, as a table beside the run's own fields."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from gitprov.model.records import Replication

STANDING: Final = "standing"
"""Under which name it stands beside a run's own fields; a run of which nobody has said anything has none."""
FIELDS: Final = (
    *("tried", "reproduced", "failed", "not_comparable", "people", "machines", "last"),
    *("accepted", "rejected", "owners", "self_review", "retracted"),
)
"""What it can say."""
STANDS: Final = frozenset({"identical", "within-tolerance", "reproduced"})
_NOTHING: Final = "not-comparable"

Standing = Mapping[str, Any]


class Said(NamedTuple):
    """What people say of a run besides reproducing it."""

    accepted: int = 0
    """How many people accepted it, whoever made it apart."""
    rejected: int = 0
    """How many rejected it."""
    owners: int | None = None
    """How many of those who accepted it own what it made; `None` where nobody owns that."""
    own: str = ""
    """What whoever made it says of it: `accepted`, `rejected` or nothing."""
    is_retracted: bool = False
    """Whether the run was retracted."""


_NOBODY: Final = Said()


def standing(
    replications: Iterable[Replication], said: Said = _NOBODY, *, person: Callable[[str], str] = str
) -> dict[str, Any]:
    """Return what is said of a run, empty where nothing is. `person` gives what is equal for the same person only.

    Where it was run again: `tried`, `reproduced`, `failed`, `not_comparable`, `people`, `machines` and the `last`
    verdict. `tried` counts those replications that compared something; `people` and `machines` are those on which it
    was reproduced. Where it was reviewed: `accepted`, `rejected`, and, where there are such, `owners` and
    `self_review`. `retracted` where it was.
    """
    retracted = {"retracted": True} if said.is_retracted else {}
    return _of_replications(replications, person) | _of_reviews(said) | retracted


def _of_replications(replications: Iterable[Replication], person: Callable[[str], str]) -> dict[str, Any]:
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
        "people": len({person(one.by) for one in good}),
        "machines": len({one.machine for one in good if one.machine}),
    }
    return {**counts, "last": found[-1].verdict}


def _of_reviews(said: Said) -> dict[str, Any]:
    if not (said.accepted or said.rejected or said.own):
        return {}
    owners = {"owners": said.owners} if said.owners is not None else {}
    return {
        "accepted": said.accepted,
        "rejected": said.rejected,
        **owners,
        **({"self_review": said.own} if said.own else {}),
    }


def words(told: Standing) -> str:
    """Say it on one line: `reproduced 3 times, by 2 people, on 2 machines; failed once; accepted by 2 people`.

    What speaks against a run is always said.
    """
    parts = ["retracted"] if told.get("retracted") else []
    if good := told.get("reproduced", 0):
        on = f", on {_counted(machines, 'machine', 'machines')}" if (machines := told.get("machines", 0)) else ""
        by = f", by {_counted(people, 'person', 'people')}" if (people := told.get("people", 0)) else ""
        parts.append(f"reproduced {times(good)}{by}{on}")
    if bad := told.get("failed", 0):
        parts.append(f"failed to reproduce {times(bad)}")
    if without := told.get("not_comparable", 0):
        parts.append(f"could not be compared {times(without)}")
    return "; ".join([*parts, *_words_of_reviews(told)])


def _words_of_reviews(told: Standing) -> Iterable[str]:
    if rejected := told.get("rejected", 0):
        yield f"rejected by {_counted(rejected, 'person', 'people')}"
    if accepted := told.get("accepted", 0):
        yield f"accepted by {_counted(accepted, 'person', 'people')}{_owners(told, accepted)}"
    if own := told.get("self_review", ""):
        yield f"{own} by its own author"


def _owners(told: Standing, accepted: int) -> str:
    owners = told.get("owners")
    if owners is None:
        return ""
    if accepted == 1:
        return ", an owner" if owners else ", no owner"
    if owners in (0, accepted):
        return ", all owners" if owners else ", no owners"
    return f", {owners} of them {'an owner' if owners == 1 else 'owners'}"


def short(told: Standing) -> str:
    """Say it in a few words, for where there is little room: `reproduced 2 of 3, rejected, accepted by 2`."""
    parts = ["retracted"] if told.get("retracted") else []
    parts += [_tried(told)] if "tried" in told else []
    parts += [f"{verdict}{f' by {count}' if count > 1 else ''}" for verdict, count in _verdicts(told) if count]
    if (own := told.get("self_review", "")) and not told.get("accepted") and not told.get("rejected"):
        parts.append(f"self-{own}")
    return ", ".join(parts)


def _verdicts(told: Standing) -> Iterable[tuple[str, int]]:
    return ((verdict, told.get(verdict, 0)) for verdict in ("rejected", "accepted"))


def _tried(told: Standing) -> str:
    tried, good = told.get("tried", 0), told.get("reproduced", 0)
    if not tried:
        return "not comparable"
    if not good:
        return "not reproduced" + (f" in {tried}" if tried > 1 else "")
    return f"reproduced {good} of {tried}" if good < tried else f"reproduced {good}x" if good > 1 else "reproduced"


def times(count: int) -> str:
    """Return `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
