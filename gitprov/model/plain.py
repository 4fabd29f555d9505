"""Values of a program as records hold them.

Nothing is imported to know them: NumPy's, PyTorch's and JAX's are told by what they can do.
"""

import os
from _collections_abc import Iterator, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LARGEST = 2**63 - 1  # what TOML promises to carry
_LONGEST_NAME = 200
_LONGEST_TEXT = 4096
_MOST_ITEMS = 100  # of an array; what is larger is data, not a parameter
_DEEPEST = 12


def params(given: object) -> dict[str, object]:
    """Return parameters by name, from a mapping, or from the fields of an object such as argparse's Namespace."""
    found = _fields(given)
    if found is None:
        raise TypeError(f"a mapping of names to values is needed, not {type(given).__name__}")
    return {name(key): value(item) for key, item in found.items()}


def metrics(given: object) -> Iterator[tuple[str, "int | float | str | None"]]:
    """Yield results by name, nested ones as `val.loss`; None where a value is no number."""
    if not isinstance(given, Mapping):
        raise TypeError(f"a mapping of names to numbers is needed, not {type(given).__name__}")
    for key, item in given.items():
        if isinstance(item, Mapping):
            for below, number_ in metrics(item):
                yield name(f"{key}.{below}"), number_
        else:
            yield name(key), number(item)


def name(key: object) -> str:
    """Return a name as it may stand in a record."""
    return _clean(str(key))[:_LONGEST_NAME] or "?"


def number(given: object) -> "int | float | str | None":
    """Return a number, or `NaN`, `Infinity`, `-Infinity`; None for what is none. One value of an array is a number."""
    if isinstance(given, str | bytes | bytearray | complex) or given is None:
        return None
    try:
        if not isinstance(given, int | float):
            given = given.item() if hasattr(given, "item") else float(given)  # type: ignore[arg-type]  # or it raises
        return _finite(float(given)) if not isinstance(given, int) or abs(given) > _LARGEST else int(given)
    except Exception:  # noqa: BLE001 - a type of the user's own may raise anything
        return None


def value(given: object, depth: int = 0) -> object:  # noqa: PLR0911 - a list of kinds is a list of answers
    """Return any value as plain data: its number, text, truth, list or mapping, else what it calls itself."""
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str):
        return _text(str.__str__(given))
    if isinstance(given, int):
        return int(given) if abs(given) <= _LARGEST else str(int(given))
    if isinstance(given, float):
        return _finite(float(given))
    if depth >= _DEEPEST:
        return _named(given)
    if isinstance(given, Sequence) and not isinstance(given, bytes | bytearray):
        return [value(item, depth + 1) for item in given]
    if isinstance(given, set | frozenset):
        return sorted((value(item, depth + 1) for item in given), key=str)
    if hasattr(given, "tolist") and not isinstance(given, type):
        return _array(given, depth)
    found = _fields(given)
    if found is not None:
        return {name(key): value(item, depth + 1) for key, item in found.items()}
    return _other(given, depth)


def _fields(given: object) -> "Mapping[Any, object] | None":
    if isinstance(given, Mapping):
        return given
    kind = type(given)
    if hasattr(kind, "__dataclass_fields__"):
        return {field: getattr(given, field, None) for field in kind.__dataclass_fields__}
    return vars(given) if kind.__name__ in ("Namespace", "SimpleNamespace") else None


def _array(given: object, depth: int) -> object:
    shape = tuple(getattr(given, "shape", ()))
    count = 1
    for length in shape:
        count *= int(length)
    if count <= _MOST_ITEMS:
        listed = given.tolist()  # type: ignore[attr-defined]  # that it has one is why we are here
        if not hasattr(listed, "tolist"):
            return value(listed, depth + 1)
    return f"{type(given).__name__} of shape {shape}, {getattr(given, 'dtype', '')}"


def _other(given: object, depth: int) -> object:
    if isinstance(given, os.PathLike):
        return _text(os.fsdecode(given))
    if isinstance(given, bytes):
        return _text(given.decode("utf-8", "backslashreplace"))
    if hasattr(type(given), "__members__") and hasattr(given, "value"):
        return value(given.value, depth + 1)  # an Enum
    if hasattr(given, "__qualname__"):
        return f"{getattr(given, '__module__', '')}.{given.__qualname__}".lstrip(".")
    return _named(given)


def _named(given: object) -> str:
    """Return what a thing calls itself; its type where that would be an address in memory, never the same again."""
    try:
        text = str(given)
    except Exception:  # noqa: BLE001 - a type of the user's own may raise anything
        text = " at 0x"
    kind = type(given)
    return f"{kind.__module__}.{kind.__qualname__}" if " at 0x" in text else _text(text)


def _finite(given: float) -> "float | str":
    if given - given == 0:
        return given
    return "NaN" if given != given else "Infinity" if given > 0 else "-Infinity"  # noqa: PLR0124 - NaN alone does so


def _text(text: str) -> str:
    return _clean(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…")


def _clean(text: str) -> str:
    """Return text with what cannot be seen written out, as every text of a record is."""
    if text.isprintable():
        return text
    from gitprov.model.text import visible

    return visible(text)
