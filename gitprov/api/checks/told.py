"""The splits that a run's own program told of, judged and put into its record."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.artifacts.profile.membership import Sum
from gitprov.model.ids import is_digest
from gitprov.model.text import single_line

_LONGEST: Final = 100
_DIGITS: Final = 1024


def put(fields: dict[str, Any], told: Iterable[Any]) -> None:
    """Put told splits into the fields of a record. What makes no sense, or was declared before, is passed over."""
    declared = {split["name"]: split for split in fields.get("split", ()) if split.get("how") == "declared"}
    sums: dict[str, Sum] = {}
    found: dict[str, dict[str, Any]] = {}
    for one in told:
        if (total := _sum(one)) is not None and one["name"] not in declared:
            sums[one["name"]] = total
            found[one["name"]] = _entry(one)
    if not found:
        return
    fields["split"] = [*declared.values(), *found.values()]
    fields["splits"] = {} if declared else {"digest": sum(sums.values(), Sum()).digest()}


def _entry(told: Mapping[str, Any]) -> dict[str, Any]:
    shared = {
        name: count
        for name, count in (told["shared"].items() if isinstance(told.get("shared"), dict) else ())
        if type(count) is int and count > 0 and single_line(name, _LONGEST) == name
    }
    known = {name: told[name] for name in ("name", "rows", "digest")}
    return {**known, **({"shared": shared} if shared else {}), "how": "api"}


def _sum(told: object) -> Sum | None:
    """Return the sum of a split's members; `None` where it does not agree with the rest, which then says nothing."""
    if not isinstance(told, dict):
        return None
    name, rows, digest, total = (told.get(key) for key in ("name", "rows", "digest", "sum"))
    if not (isinstance(name, str) and name and single_line(name, _LONGEST) == name):
        return None
    if type(rows) is not int or rows < 0 or not isinstance(total, str) or len(total) > _DIGITS:
        return None
    try:
        found = Sum(rows, int(total, 16))
        return found if is_digest(str(digest)) and found.digest() == digest else None
    except (ValueError, OverflowError):
        return None
