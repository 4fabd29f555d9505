"""The types of the file's values: each says in words why a value is refused."""

import re
from typing import Annotated, Final, TypeAlias

from annotated_types import Ge
from pydantic import AfterValidator, PlainValidator, Strict, WithJsonSchema

from gitprov.model.fields import Line, refused
from gitprov.model.size import parse_size

_HANDLE: Final = re.compile(r"@[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_NOT_IN_BRANCHES: Final = re.compile(r"[\s~^:\\\x00-\x20\x7f]|\.\.|@\{|//")
_OPEN_BRACKET: Final = re.compile(r"(?<!\\)\[(?![!^]?\]?[^\]]*\])")
_FIELD: Final = re.compile(r"(?:metrics|params)\..+")
FIELDS: Final = ("hypothesis", "seed", "dataset", "metrics", "owner")
"""What `required-fields` can ask a run for, besides single metrics and params."""


def _pattern(text: str) -> str:
    bare = text.removeprefix("!")
    if not bare.strip() or "\n" in text or "\0" in text:
        raise refused("is not a pattern of paths")
    if text.startswith("#"):
        raise refused("is a comment to gitignore: write \\# for a name that begins so")
    if bare.startswith(("./", "../", "~")) or "/../" in bare or bare == "..":
        raise refused("matches nothing: patterns are relative to the top of the repository")
    if bare.startswith("//"):
        raise refused("matches nothing: it begins with two slashes")
    if _OPEN_BRACKET.search(bare):
        raise refused("has a [ without its ]")
    if not _can_match(text):
        raise refused("is not a pattern of paths: it matches nothing")
    return text


def _can_match(text: str) -> bool:
    """What is left to the library that matches: ranges turned around, a slash alone, a backslash before nothing."""
    from pathspec import GitIgnoreSpec  # dear; a file without patterns does without
    from pathspec.patterns.gitignore import GitIgnorePatternError

    try:
        return any(pattern.include is not None for pattern in GitIgnoreSpec.from_lines([text]).patterns)
    except GitIgnorePatternError:
        return False


def _branch(text: str) -> str:
    if text.startswith("refs/heads/"):
        raise refused("is a full name: write the short one, without refs/heads/")
    if text.startswith("!"):
        raise refused("begins with !: patterns of branches only name what is meant")
    bad_end = text.endswith(("/", ".", ".lock")) or text.startswith(("/", "-"))
    if not text or bad_end or _NOT_IN_BRANCHES.search(text):
        raise refused("is not a name that a branch or tag can have")
    if _OPEN_BRACKET.search(text):
        raise refused("has a [ without its ]")
    return text


def _size(value: object) -> int:
    size = parse_size(value)
    if size is None:
        raise refused('is not a size such as "10 MiB"')
    return size


def _handle(text: str) -> str:
    if _HANDLE.fullmatch(text) is None:
        raise refused("is not a handle such as @ana or @org/team")
    return text


def _address(text: str) -> str:
    if _ADDRESS.fullmatch(text) is None:
        raise refused("is not an e-mail address")
    return text


def _field(text: str) -> str:
    if text not in FIELDS and _FIELD.fullmatch(text) is None:
        raise refused(f"is none of {', '.join(FIELDS)}, metrics.NAME, params.NAME")
    return text


def _bound(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and not value < 0:
        return value
    raise refused("is not a number of 0 or more")


Pattern: TypeAlias = Annotated[str, Strict(), AfterValidator(_pattern)]
"""A gitignore pattern, from the top of the repository."""
Branch: TypeAlias = Annotated[str, Strict(), AfterValidator(_branch)]
"""A pattern (`*`, `?`, `[...]`) of short names of branches or tags."""
Size: TypeAlias = Annotated[
    int, PlainValidator(_size), WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]})
]
"""Bytes, from a number or a text such as `10 MiB`."""
Positive: TypeAlias = Annotated[int, Strict(), Ge(1)]
"""A count that asks for something."""
Handle: TypeAlias = Annotated[str, Strict(), AfterValidator(_handle)]
"""A person or a team, as CODEOWNERS names them."""
Address: TypeAlias = Annotated[str, Strict(), AfterValidator(_address)]
"""An e-mail address."""
FieldName: TypeAlias = Annotated[str, Strict(), AfterValidator(_field)]
"""What a run can be asked for: one of `FIELDS`, `metrics.NAME` or `params.NAME`."""
Bound: TypeAlias = Annotated[float, PlainValidator(_bound), WithJsonSchema({"type": "number", "minimum": 0})]
"""A number of 0 or more."""
Lines: TypeAlias = tuple[Line, ...]
"""A list of texts, none of them empty."""
