"""Values of a program as plain data: what JSON has, bounded in depth and size, and never by running the program's code.

What is no plain value is named by its type. `repr` is not asked: it may be slow, huge, or say what nobody should read.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Tuple

DEEPEST = 8
MOST_ITEMS = 2000
MOST_IN_ONE = 500
"""Values of one list or table that are kept, so that a long one does not cost the others."""
LONGEST = 2000
_BIGGEST = 1 << 64
_SPOKEN = frozenset(
    ("datetime", "decimal", "fractions", "ipaddress", "uuid", "zoneinfo", "torch", "numpy.dtypes", "jax.numpy")
)
"""Modules whose values say what they are in a word: a date, a number, a device, a data type."""


def plain(value: object) -> "Any":
    """Return a value as plain data. Never raises."""
    return _Plain().of(value, 0)


class _Plain:
    """One value being made plain, and how much of it there may still be."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_ITEMS

    def of(self, value: "Any", depth: int) -> "Any":
        self._left -= 1
        try:
            return self._of(value, depth)
        except Exception:
            return _named(value)

    def _of(self, value: "Any", depth: int) -> "Any":
        if value is None or value is True or value is False:
            return value
        if _is_enum(value):
            return _scalar(value.value if isinstance(value.value, str) else value.name)
        if isinstance(value, (int, float, str, bytes)):
            return _scalar(value)
        if depth >= DEEPEST or self._left <= 0:
            return "..."
        if isinstance(value, dict):
            return self._table(value.items(), depth)
        if isinstance(value, (list, tuple)):
            return self._list(value, depth)
        if isinstance(value, (set, frozenset)):
            return sorted(self._list(value, depth), key=str)
        fields = _fields(value)
        return self._table(fields, depth) if fields is not None else self._other(value, depth)

    def _table(self, items: "Iterable[Tuple[Any, Any]]", depth: int) -> "Dict[str, Any]":
        made: Dict[str, Any] = {}
        for name, value in items:
            if self._left <= 0 or len(made) >= MOST_IN_ONE:
                made["..."] = "..."
                break
            made[str(plain(name))] = self.of(value, depth + 1)
        return made

    def _list(self, items: "Iterable[Any]", depth: int) -> "List[Any]":
        made: List[Any] = []
        for value in items:
            if self._left <= 0 or len(made) >= MOST_IN_ONE:
                made.append("...")
                break
            made.append(self.of(value, depth + 1))
        return made

    def _other(self, value: "Any", depth: int) -> "Any":
        kind = type(value)
        if hasattr(kind, "__fspath__"):
            return _scalar(value.__fspath__())
        if kind.__module__ == "numpy" and getattr(value, "ndim", None) == 0:
            return self._of(value.item(), depth)
        if kind.__module__ in _SPOKEN and kind.__module__ != "torch":
            return _scalar(str(value))
        if kind.__module__ == "torch" and kind.__name__ in ("device", "dtype", "Size"):
            return str(value)
        if hasattr(kind, "readable") and isinstance(getattr(value, "name", None), str):
            return _scalar(value.name)  # an open file
        return _named(value)


def _scalar(value: "Any") -> "Any":
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return value if type(value) is str and len(value) <= LONGEST else str.__str__(value)[:LONGEST]
    if isinstance(value, int):
        number = int(value)
        return number if -_BIGGEST < number < _BIGGEST else hex(number)[:LONGEST]
    return float(value)


def _is_enum(value: object) -> bool:
    enum = sys.modules.get("enum")
    return enum is not None and isinstance(value, enum.Enum)


def _fields(value: "Any") -> "Any":
    """Return the named values of what is a table in all but name: a namespace, a dataclass."""
    kind = type(value)
    if kind.__name__ in ("Namespace", "SimpleNamespace"):
        return vars(value).items()
    if hasattr(kind, "__dataclass_fields__"):
        return [(name, getattr(value, name, None)) for name in kind.__dataclass_fields__]
    return None


def _named(value: "Any") -> str:
    """Return the name of a function or class, else of the value's type."""
    named = value if isinstance(getattr(value, "__qualname__", None), str) else type(value)
    return f"<{named.__module__}.{named.__qualname__}>"[:LONGEST]
