"""Small changes to a TOML file that people write: a table added or taken out, a key set, all other text as it was.

Lines are added and removed, nothing is rendered anew. The result is parsed and compared with what was meant; where it
is not that (a table written inline, a header inside a long text), `None` is returned and the file is a person's to
edit.
"""

import copy
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import tomli_w

Path = tuple[str, ...]
"""The keys that lead to a table: `("data", "remotes", "store")`."""

_HEADER = re.compile(r"\s*\[[^\[]")
_SPACE = re.compile(r"\s*(#.*)?")


def add_table(text: str, path: Path, values: Mapping[str, Any]) -> str | None:
    """Return the text with a new table at its end."""
    wanted = tomllib.loads(text)
    if not _put(wanted, path, dict(values)):
        return None
    return _if_it_says(_with_table(text, path, values), wanted)


def remove_table(text: str, path: Path) -> str | None:
    """Return the text without a table: its header and its keys, not the comments around it."""
    wanted = tomllib.loads(text)
    _take(wanted, path)
    lines = _lines(text)
    start, end = _extent(lines, path)
    if start < 0:
        return None
    if start and not lines[start - 1].strip() and (end == len(lines) or not lines[end].strip()):
        start -= 1
    return _if_it_says("".join([*lines[:start], *lines[end:]]), wanted, path[:-1])


def set_key(text: str, path: Path, key: str, value: Any) -> str | None:  # noqa: ANN401 - any TOML value
    """Return the text with a key of a table set; `None` as the value takes it out."""
    wanted = tomllib.loads(text)
    table = _table(wanted, path)
    if table is None:
        return text if value is None else add_table(text, path, {key: value})
    said = {} if value is None else {key: value}
    table.pop(key, None)
    table.update(said)
    lines = _lines(text)
    start, end = _extent(lines, path)
    if start < 0:
        return _if_it_says(_with_table(text, path, said) if said else text, wanted)
    of_key = re.compile(rf"\s*{re.escape(key)}\s*=")
    body = [line for line in lines[start + 1 : end] if not of_key.match(line)]
    changed = [*_closed(lines[: start + 1], _ends(text)), _rendered(said, _ends(text)), *body, *lines[end:]]
    return _if_it_says("".join(changed), wanted)


def _with_table(text: str, path: Path, values: Mapping[str, Any]) -> str:
    ends = _ends(text)
    lines = _closed(_lines(text), ends)
    gap = ends if lines and lines[-1].strip() else ""
    return f"{''.join(lines)}{gap}[{'.'.join(path)}]{ends}{_rendered(values, ends)}"


def _extent(lines: list[str], path: Path) -> tuple[int, int]:
    """The lines of a table, from its header to its last key; (-1, -1) where it has no header of its own."""
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line) or line.lstrip().startswith("[[")]
    for number, start in enumerate(starts):
        if _header(lines[start]) == path:
            end = starts[number + 1] if number + 1 < len(starts) else len(lines)
            while end > start + 1 and _SPACE.fullmatch(lines[end - 1].rstrip("\r\n")):
                end -= 1
            return start, end
    return -1, -1


def _header(line: str) -> Path:
    """The keys of a header line; () for what is none."""
    try:
        table: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(table, dict) and table:
        key, table = next(iter(table.items()))
        path.append(key)
    return tuple(path)


def _table(root: dict[str, Any], path: Path) -> dict[str, Any] | None:
    table: Any = root
    for key in path:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _put(root: dict[str, Any], path: Path, values: dict[str, Any]) -> bool:
    """Put a table where none is; false where one is, or where something else is in its way."""
    table = root
    for key in path[:-1]:
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            return False
    return table.setdefault(path[-1], values) is values


def _take(root: dict[str, Any], path: Path) -> None:
    table = _table(root, path[:-1])
    if table is not None:
        table.pop(path[-1], None)


def _if_it_says(text: str, wanted: dict[str, Any], maybe_gone: Path = ()) -> str | None:
    """Return the text if it says what is wanted; tables on `maybe_gone` may be missing where they would be empty."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    return text if _without_empty(said, maybe_gone) == _without_empty(wanted, maybe_gone) else None


def _without_empty(root: dict[str, Any], path: Path) -> dict[str, Any]:
    root = copy.deepcopy(root)
    for length in range(len(path), 0, -1):
        if _table(root, path[:length]) == {}:
            _take(root, path[:length])
    return root


def _rendered(values: Mapping[str, Any], ends: str) -> str:
    return tomli_w.dumps(dict(values)).replace("\n", ends)


def _lines(text: str) -> list[str]:
    """The lines as TOML has them; other characters that break lines for Python are text."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _ends(text: str) -> str:
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def _closed(lines: list[str], ends: str) -> list[str]:
    """The lines, the last of which ends one."""
    return [*lines[:-1], lines[-1] + ends] if lines and not lines[-1].endswith("\n") else lines
