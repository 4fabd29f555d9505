"""Values of formats that have types of their own, in the kinds that `cells` has for texts."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from gitprov.artifacts.profile.cells import Batch, as_text, of_numbers


def present(values: Sequence[Any]) -> Sequence[Any]:
    """Return the values that are there; NaN is none."""
    return [value for value in values if value is not None and value == value]  # noqa: PLR0124 - NaN is not


def read(values: Sequence[Any]) -> Batch:
    """Return values that are there by kind."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        return _of_type(kinds.pop(), values)
    found: dict[str, list[Any]] = {}
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        for name, some in _of_type(kind, [value for value in values if type(value) is kind]).items():
            found.setdefault(name, []).extend(some)
    return dict(found)


def _of_type(kind: type[Any], values: Sequence[Any]) -> Batch:
    if kind is str:
        return {"text": values}
    if kind is bool:
        return {"bool": values}
    if kind is int or kind is float:
        return of_numbers(values)
    if kind is Decimal:
        return of_numbers([float(value) for value in values])
    if kind is bytes:
        return {"binary": values}
    for moment in (datetime, date, time):
        if issubclass(kind, moment):
            return {moment.__name__: [as_text(value) for value in values]}
    return {"nested": values}
