"""The fields of a run, by the dotted names that queries, sorting and columns use.

A name is looked up in the plain record. Where the way leads through a list (`input.path`), it has as many values as
the list; where a key itself holds dots (`metrics.val.acc`), it is found by its whole name too.
"""

import difflib
import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, Union, get_args, get_origin

from gitprov.model.base import Part
from gitprov.model.run import Run
from gitprov.model.standing import FIELDS, STANDING
from gitprov.model.words import command_line

Record = Mapping[str, Any]
Names = Callable[[], Collection[str]]
"""Names of fields that records here have; asked for only where the format does not know a name."""

OPEN: Final = ("params", "metrics", "seeds")
"""The tables whose names the user chooses."""

_DERIVED: Final[dict[str, Callable[[Record], list[Any]]]] = {
    "command": lambda run: [command_line(run)] if run.get("command") else [],
}
_SHORT: Final = {
    "commit": ("code", "commit"),
    "base": ("code", "base"),
    "tag": ("tags",),
}
"""Names of our own for what people ask for most."""

_QUOTED: Final = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_PART: Final = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<bare>[\w/-]+)")
NAME: Final = rf"[^\W\d][\w/-]*(?:\.(?:[\w/-]+|{_QUOTED}))*"
"""The form of a field's name, as a regular expression."""
QUOTED: Final = _QUOTED
"""The form of a text in quotes, as a regular expression."""


class Field(NamedTuple):
    """A field by name: `metrics.accuracy`, `code.commit`, `metrics.'val/acc'`."""

    name: str
    """Without quotes."""
    parts: tuple[str, ...]

    def values(self, run: Record) -> list[Any]:
        """Return all values that a run's record has there; none where it has no such field."""
        derived = _DERIVED.get(self.name)
        found = derived(run) if derived else _lead(run, _SHORT.get(self.name, self.parts))
        return [value for value in found if value is not None]

    def first(self, run: Record) -> Any:  # noqa: ANN401 - a value of any JSON kind
        """Return the value, or the first of several; `None` where there is none."""
        return next(iter(self.values(run)), None)


def unquoted(text: str) -> str:
    r"""Return what a text in quotes says. A backslash stands for itself, but before the quote that encloses it."""
    return text[1:-1].replace("\\" + text[0], text[0])


def parse_name(text: str) -> Field:
    """Return the field that a well-formed name (see `NAME`) means."""
    parts = tuple(unquoted(found["quoted"]) if found["quoted"] else found["bare"] for found in _PART.finditer(text))
    return Field(".".join(parts), parts)


def is_known(field: Field, present: Names = tuple) -> bool:
    """Tell whether a run can have such a field."""
    open_ended = field.parts[0] in OPEN and len(field.parts) > 1
    return open_ended or field.name in fixed_names() or field.name in present()


def nearest(name: str, present: Names = tuple) -> str:
    """Return the known field that was probably meant by `name`; "" where none is near."""
    known = [*fixed_names(), *present()]
    ending = [field for field in known if field.endswith("." + name)]
    return next(iter(ending or difflib.get_close_matches(name, known, n=1)), "")


def names_in(run: Record) -> Iterator[str]:
    """Yield the names of the fields that a run's record has, tables and what is in them."""
    yield from _names("", run)


@cache
def fixed_names() -> tuple[str, ...]:
    """Return the fields that the format gives every run, short names for some of them, and those of its standing."""
    beside = (STANDING, *(f"{STANDING}.{name}" for name in FIELDS))
    return (*_DERIVED, *_SHORT, *_model_names("", Run), *beside)


def _names(prefix: str, value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _names(prefix, item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield prefix + key
            yield from _names(f"{prefix}{key}.", item)


def _model_names(prefix: str, model: type[Part]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        yield path
        for part in _parts_of(field.annotation):
            yield from _model_names(path + ".", part)


def _parts_of(annotation: object) -> Iterator[type[Part]]:
    """Yield the models within a field's type: of `Code | None`, of `tuple[Artifact, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    elif get_origin(annotation) in (tuple, Union, types.UnionType):
        for inner in get_args(annotation):
            yield from _parts_of(inner)


def _lead(value: object, parts: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _lead(item, parts)
    elif not parts:
        yield value
    elif isinstance(value, Mapping):
        for length in range(1, len(parts) + 1):
            key = ".".join(parts[:length])
            if key in value:
                yield from _lead(value[key], parts[length:])
