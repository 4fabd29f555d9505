"""The types that fields of records have: each says in words why a value is refused.

Text is checked for forbidden characters once for the whole record (`wire.check`), not again here.
"""

from math import isfinite
from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Ge
from pydantic import AfterValidator, JsonValue, PlainValidator, Strict
from pydantic_core import PydanticCustomError

from gitprov.model import ids
from gitprov.model.stamp import is_stamp
from gitprov.model.text import is_quoted_form, unsafe_path

NOT_FINITE: Final = ("NaN", "Infinity", "-Infinity")
"""How the values JSON has no number for are written where a number is meant."""


def refused(reason: str, shown: object = None) -> PydanticCustomError:
    """Return the error for a value that is refused for `reason`; `shown` is the part to show, if not all of it."""
    context: dict[str, Any] = {"reason": reason}
    if shown is not None:
        context["shown"] = shown
    return PydanticCustomError("refused", "{reason}", context)


def _id(text: str) -> str:
    if not ids.is_id(text):
        raise refused("is not a record id (32 hex digits)")
    return text


def _oid(text: str) -> str:
    if not ids.is_oid(text):
        raise refused("is not a Git object id (40 or 64 hex digits)")
    return text


def _digest(text: str) -> str:
    if not ids.is_digest(text):
        raise refused("is not a digest (b3: and 64 hex digits, or git: and an object id)")
    return text


def _stamp(text: str) -> str:
    if not is_stamp(text):
        raise refused("is not a UTC time like 2026-11-20T17:30:00Z")
    return text


def _line(text: str) -> str:
    if not text or "\n" in text:
        raise refused("is not one line of text")
    return text


def _os_text(text: str) -> str:
    if not is_quoted_form(text):
        raise refused("is not in its one quoted form")
    return text


def _path(text: str) -> str:
    if reason := unsafe_path(text):
        raise refused(reason)
    return text


def _number(value: object) -> int | float:
    if type(value) is int or (type(value) is float and isfinite(value)):
        return value
    raise refused("is not a number")


def _measure(value: object) -> int | float | str:
    if isinstance(value, str):
        if value in NOT_FINITE:
            return value
        raise refused("is neither a number nor one of " + ", ".join(NOT_FINITE))
    return _number(value)


def _seconds(value: object) -> int | float:
    number = _number(value)
    if number < 0:
        raise refused("is less than nothing")
    return number


def _signal(value: object) -> int | str:
    if (type(value) is int and value > 0) or (isinstance(value, str) and value):
        return value
    raise refused("is neither a signal's number nor its name")


Text: TypeAlias = Annotated[str, Strict()]
"""Any text, several lines too."""
Line: TypeAlias = Annotated[str, Strict(), AfterValidator(_line)]
"""One line of text, not empty."""
Flag: TypeAlias = Annotated[bool, Strict()]
"""true or false."""
Int: TypeAlias = Annotated[int, Strict()]
"""An integer of any size; true and false are none."""
Count: TypeAlias = Annotated[int, Strict(), Ge(0)]
"""An integer, 0 or more."""
Number: TypeAlias = Annotated[int | float, PlainValidator(_number)]
"""A finite number that keeps its type."""
Measure: TypeAlias = Annotated[int | float | str, PlainValidator(_measure)]
"""A number, or the text "NaN", "Infinity" or "-Infinity"."""
Seconds: TypeAlias = Annotated[int | float, PlainValidator(_seconds)]
"""A length of time in seconds, 0 or more."""
Signal: TypeAlias = Annotated[int | str, PlainValidator(_signal)]
"""A signal by number or by name (`SIGKILL`)."""
Id: TypeAlias = Annotated[str, Strict(), AfterValidator(_id)]
"""A record's id."""
Oid: TypeAlias = Annotated[str, Strict(), AfterValidator(_oid)]
"""A Git object id."""
Digest: TypeAlias = Annotated[str, Strict(), AfterValidator(_digest)]
"""A content digest."""
Stamp: TypeAlias = Annotated[str, Strict(), AfterValidator(_stamp)]
"""A moment, UTC."""
OsText: TypeAlias = Annotated[str, Strict(), AfterValidator(_os_text)]
"""An argument or a name of the system, in the form of `model.text.quote`."""
RepoPath: TypeAlias = Annotated[str, Strict(), AfterValidator(_path)]
"""A path inside the repository, in the form of `model.text.quote`."""
Table: TypeAlias = dict[Text, JsonValue]
"""A mapping of names to values of any JSON kind, nested as it likes."""
