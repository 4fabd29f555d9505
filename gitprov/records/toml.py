"""One record as a section of the notes view, and sections put in order. Nothing is parsed as TOML here.

A section is an array-of-tables entry (`[[run]]`, then `[run.code]`, `[[run.input]]`), so that notes that were
concatenated by anyone's merge are still valid TOML. Values and keys are written by tomli-w; headings and arrays are
ours, because it would print short ones as `run = [{...}]`. `docs/spec/notes-view.md` states the form.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import tomli_w

from gitprov.model.stamp import is_stamp, order

# What a person looks for first stands first; what is not named here follows in the record's own order.
_FIRST: Final = ("schema", "id", "at", "by")
_FIRST_OF_RUN: Final = (
    *("schema", "id", "status", "exit", "signal", "origin", "command", "cwd", "at", "seconds", "by"),
    *("message", "tags", "parents", "code", "input", "output", "environment", "hardware", "seeds"),
    *("params", "metrics", "series", "intent", "capture"),
)
_HEADING: Final = re.compile(r"^\[\[([a-z][a-z0-9_-]*)\]\]$", re.MULTILINE)
_ID: Final = re.compile(r'^id = "([0-9a-f]{32})"$', re.MULTILINE)
_AT: Final = re.compile(r"^at = (\S+)$", re.MULTILINE)


class Section(NamedTuple):
    """A record's part of a note: `text` is its TOML, ending in one newline."""

    kind: str
    id: str
    at: str
    text: str


class _Literal(str):
    """A value that is TOML as it stands."""

    __slots__ = ()


def section(record: Mapping[str, Any]) -> str:
    """Return the TOML of one valid record: `[[kind]]`, its own fields, then a table for each nested one."""
    kind = record["kind"]
    first = _FIRST_OF_RUN if kind == "run" else _FIRST
    fields = {name: record[name] for name in dict.fromkeys((*first, *record)) if name in record and name != "kind"}
    if is_stamp(fields["at"]):
        fields["at"] = _Literal(fields["at"])
    return "\n".join(_tables(f"[[{kind}]]", kind, fields))


def split(note: str) -> list[Section]:
    """Return the sections of a note that `merge` wrote; what is not one of ours is left out."""
    headings = list(_HEADING.finditer(note))
    starts = [*(heading.start() for heading in headings), len(note)]
    found = (
        _recognised(heading[1], note[start:end])
        for heading, (start, end) in zip(headings, pairwise(starts), strict=True)
    )
    return [one for one in found if one is not None]


def merge(note: str, new_sections: Iterable[str]) -> str:
    """Return the note with `new_sections` in it, by time and id, each id once and the newly given text of it.

    The result depends on the set of sections alone: it is what putting the note together afresh would give.
    """
    by_id = {one.id: one for text in (note, *new_sections) for one in split(text)}
    return "\n".join(one.text for one in sorted(by_id.values(), key=lambda one: order(one.at, one.id)))


def _recognised(kind: str, text: str) -> Section | None:
    head = text.partition("\n[")[0]
    record_id, at = _ID.search(head), _AT.search(head)
    if record_id is None or at is None or not is_stamp(at[1]):
        return None
    return Section(kind, record_id[1], at[1], text.rstrip("\n") + "\n")


def _tables(heading: str, path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table's text and then those of the tables in it; a table that only holds tables needs no heading."""
    below = {key: value for key, value in table.items() if _is_table(value) or _is_tables(value)}
    own = {key: value for key, value in table.items() if key not in below and value is not None}
    if own or not below or heading.startswith("[["):
        yield "\n".join([heading, *_lines(own)]) + "\n"
    for key, value in below.items():
        name = f"{path}.{_key(key)}"
        if _is_table(value):
            yield from _tables(f"[{name}]", name, value)
        else:
            for item in value:
                yield from _tables(f"[[{name}]]", name, item)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0 and all(map(_is_table, value))


def _lines(table: Mapping[str, Any]) -> list[str]:
    """Return a `key = value` line for each entry, in one call for all scalars: the rest stand in as `key = 0`."""
    composed = {key: _composed(value) for key, value in table.items()}
    flat = {key: value if composed[key] is None else 0 for key, value in table.items()}
    lines = tomli_w.dumps(flat).split("\n")[:-1]
    return [
        line if value is None else line.removesuffix("0") + value
        for line, value in zip(lines, composed.values(), strict=True)
    ]


def _composed(value: object) -> str | None:
    """Return the inline text of a value that is more than a scalar, or None for a scalar."""
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, list | tuple):
        # TOML has no null, and an array that skipped one would move what follows.
        named = {str(at): "null" if item is None else item for at, item in enumerate(value)}
        return "[" + ", ".join(line.partition(" = ")[2] for line in _lines(named)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(_lines({key: item for key, item in value.items() if item is not None})) + "}"
    return None


@lru_cache(maxsize=256)
def _key(key: str) -> str:
    """Return a key as a heading spells it: bare where TOML allows, else quoted."""
    return tomli_w.dumps({key: 0}).removesuffix(" = 0\n")
