"""One line of JSON to a plain mapping: the rules every record obeys whatever its kind or schema.

They are written down in `docs/spec/limits.md`. Each is here because two readers could otherwise see two different
records in the same bytes, or because a reader could be made to spend without bound.
"""

import json
import re
from math import isfinite
from typing import Any, Final, NoReturn, TypeAlias

from gitprov.errors import InvalidRecord
from gitprov.model.limits import DEPTH_LIMIT, DIGITS_LIMIT, LINE_LIMIT
from gitprov.model.text import is_clean, single_line

SHOWN: Final = 60
"""How many characters of an offending text a message shows."""
_KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
Trail: TypeAlias = tuple[str | int, ...]
"""The keys and list places that lead to a value."""


def is_kind(text: str) -> bool:
    """Tell whether `text` can be the name of a kind: a lower-case word of at most 32 characters."""
    return _KIND.fullmatch(text) is not None


def place(trail: Trail) -> str:
    """Return how messages name a value: `input[0].path`, or `the record` itself."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{single_line(step, SHOWN)}" for step in trail)
    return "".join(parts).removeprefix(".") or "the record"


def decode(line: bytes) -> dict[str, Any]:
    """Return the JSON object that a record's line holds; InvalidRecord when it is none. `check` comes next."""
    if len(line) > LINE_LIMIT:
        raise InvalidRecord(f"record is {len(line)} bytes long, the limit is {LINE_LIMIT}")
    if b"\n" in line.removesuffix(b"\n"):
        raise InvalidRecord("record is not one line")
    fields = _parsed(_utf8(line))
    if not isinstance(fields, dict):
        raise InvalidRecord("record is not a JSON object")
    return fields


def check(fields: dict[str, Any], *, text_too: bool) -> None:
    """Raise InvalidRecord where `fields` is nested too deeply or holds a number that is none.

    With `text_too`, also where any text, key or value, holds a character that may not stand there.
    """
    _walk(fields, (), text_too=text_too)


def _utf8(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise InvalidRecord(f"record is not UTF-8: {error.reason} at byte {error.start}") from None


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise InvalidRecord(f"record is not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise _too_deep() from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidRecord(f"key stands twice in one object: {single_line(key, SHOWN)}")
            seen.add(key)
    return fields


def _refuse_constant(literal: str) -> NoReturn:
    raise InvalidRecord(f'{literal} is not JSON; it is written as text: "{literal}"')


def _integer(literal: str) -> int:
    if len(literal) > DIGITS_LIMIT:
        raise InvalidRecord(f"an integer of {len(literal)} digits, the limit is {DIGITS_LIMIT}")
    return int(literal)


def _walk(value: object, trail: Trail, *, text_too: bool) -> None:
    """Visit every value, naming the first that breaks a rule; `trail` is the keys and places that lead to it."""
    if isinstance(value, str):
        if text_too:
            _check_one(value, trail, "")
    elif isinstance(value, float):
        if not isfinite(value):
            raise InvalidRecord(f"{place(trail)} is a number too large to be one")
    elif isinstance(value, dict | list):
        if len(trail) == DEPTH_LIMIT:
            raise _too_deep()
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if text_too and isinstance(key, str):
                _check_one(key, trail, "a key of ")
            _walk(item, (*trail, key), text_too=text_too)


def _check_one(text: str, trail: Trail, what: str) -> None:
    if not is_clean(text):
        shown = single_line(text, SHOWN)
        raise InvalidRecord(f"{what}{place(trail)} holds a control or bidirectional character: {shown}")


def _too_deep() -> InvalidRecord:
    return InvalidRecord(f"record is nested more than {DEPTH_LIMIT} levels deep")
