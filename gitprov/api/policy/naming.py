"""The keys that a table of the file can have, and which of them somebody may have meant."""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from gitprov.api.policy.locating import Path
from gitprov.model.policy import Shared


def known(path: Path) -> list[str]:
    """Return the keys of the table at `path`, as the file writes them; none where people choose the names."""
    kind = _at(path)
    return list(keys(kind)) if _is_table(kind) else []


def is_open(path: Path) -> bool:
    """Tell whether people choose the names of the keys of the table at `path`, as in `[people]`."""
    return get_origin(_at(path)) is dict


def keys(model: type[BaseModel]) -> dict[str, str]:
    """Return the fields of a model by their names in the file."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def near(name: str, there: Iterable[str], otherwise: str) -> str:
    """Say the nearest of the names that there are, or all of them: `, did you mean 'paths'?`."""
    import difflib

    names = list(there)
    found = difflib.get_close_matches(name, names, n=1) or difflib.get_close_matches(name.lower(), names, n=1)
    if found:
        return f"; did you mean {found[0]!r}?"
    return f"; {otherwise} {', '.join(names) or 'none'}"


def _at(path: Path) -> Any:  # noqa: ANN401 - any annotation
    kind: Any = Shared
    for part in path:
        kind = _inside(kind, part)
    return kind


def _inside(kind: Any, part: str | int) -> Any:  # noqa: ANN401 - any annotation
    """The annotation of what stands at a key of a table, or of an entry of a list."""
    if _is_table(kind):
        field = keys(kind).get(str(part), "")
        return _plain(kind.model_fields[field].annotation) if field else None
    return _plain(get_args(kind)[1]) if get_origin(kind) is dict else None


def _plain(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """The table that is meant by `Table | None`."""
    if get_origin(kind) is dict:
        return kind
    return next((one for one in get_args(kind) if _is_table(one)), kind)


def _is_table(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)
