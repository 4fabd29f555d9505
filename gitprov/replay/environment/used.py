"""Which distributions a run imported, as far as its record says."""

from collections.abc import Mapping
from typing import Any

from gitprov.replay.environment.patterns import is_name


def used(record: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the names of the distributions that a run imported; `None` where that is not known."""
    told = _table(record, "environment").get("used")
    names = [name for name in told if isinstance(name, str)] if isinstance(told, list | tuple) else []
    return frozenset(filter(is_name, names)) or (frozenset() if _is_watched_whole(record) else None)


def _is_watched_whole(record: Mapping[str, Any]) -> bool:
    """Tell whether each file that the run opened was seen: what is not named then was not imported."""
    capture = _table(record, "capture")
    return "strace" in str(capture.get("tracer", "")) and capture.get("complete") is True


def _table(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = record.get(name)
    return found if isinstance(found, Mapping) else {}
