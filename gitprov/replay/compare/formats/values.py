"""Documents of nested values: JSON, JSON lines, YAML, TOML. The order of keys means nothing."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final

import yaml

from gitprov.index.compare import is_number
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_YAML_MOST: Final = 1 << 20  # PyYAML is slow, and the C library behind its fast loader has overflowed its stack
_TOML_MOST: Final = 4 << 20
_LINE_MOST: Final = 8 << 20
_NOT_THERE: Final = object()


def json_document(before: Source, after: Source, tally: Tally) -> None:
    """Compare two JSON files."""
    walk(_json(before.read()), _json(after.read()), tally)


def json_lines(before: Source, after: Source, tally: Tally) -> None:
    """Compare two files of one JSON value a line."""
    with before.open() as one, after.open() as other:
        for number, (mine, its) in enumerate(zip_longest(_lines(one), _lines(other)), 1):
            if mine is None or its is None:
                tally.says(f"line {number} stands only in what is {'new' if mine is None else 'recorded'}")
                return
            if mine != its:
                walk(_json(mine), _json(its), tally, f"line {number}")


def yaml_document(before: Source, after: Source, tally: Tally) -> None:
    """Compare two YAML files."""
    walk(_yaml(before), _yaml(after), tally)


def toml_document(before: Source, after: Source, tally: Tally) -> None:
    """Compare two TOML files."""
    walk(_parsed(tomllib.loads, before.read(_TOML_MOST)), _parsed(tomllib.loads, after.read(_TOML_MOST)), tally)


def walk(before: object, after: object, tally: Tally, top: str = "") -> None:
    """Compare two nested values, however deep, and each pair of shared parts (YAML's aliases) once."""
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[str, object, object]] = [(top, before, after)]
    while stack:
        where, mine, its = stack.pop()
        if isinstance(mine, Mapping | list) and isinstance(its, Mapping | list):
            pair = (id(mine), id(its))
            if pair in seen or mine is its:
                continue
            seen.add(pair)
            stack.extend(reversed(list(_below(where, mine, its, tally))))
        else:
            leaf(where or "the whole", mine, its, tally)


def leaf(where: str, before: object, after: object, tally: Tally) -> None:
    """Compare two values that hold no others."""
    if is_number(before) and is_number(after):
        tally.number(where, before, after, (where, where.replace(".", "/"), where.rpartition(".")[2]))
    elif isinstance(before, str) and isinstance(after, str):
        tally.text(where, before, after)
    elif type(before) is not type(after) or before != after:
        tally.differs(where, _kind_shown(before), _kind_shown(after))


def _below(where: str, before: Any, after: Any, tally: Tally) -> Iterator[tuple[str, object, object]]:  # noqa: ANN401
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            place = f"{where}.{key}" if where else str(key)
            if key not in before or key not in after:
                tally.says(f"{place} stands only in what is {'recorded' if key in before else 'new'}")
            else:
                yield place, before[key], after[key]
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            tally.says(f"{where or 'the whole'} has {len(after)} entries instead of {len(before)}")
        for number, (mine, its) in enumerate(zip(before, after, strict=False)):
            if type(mine) is not type(its) or isinstance(mine, Mapping | list) or mine != its:
                yield f"{where}[{number}]", mine, its
    else:
        tally.differs(where or "the whole", _kind_shown(before), _kind_shown(after))


def _kind_shown(value: object) -> object:
    if isinstance(value, Mapping | list):
        return f"a {'table' if isinstance(value, Mapping) else 'list'} of {len(value)}"
    return value


def _json(data: bytes) -> object:
    return _parsed(json.loads, data)


def _parsed(load: Callable[[str], object], data: bytes) -> object:
    try:
        return load(data.decode("utf-8-sig"))
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"cannot be parsed: {error}") from None


def _lines(file: Any) -> Iterator[bytes]:  # noqa: ANN401 - typeshed has no type that all of these files share
    while line := file.readline(_LINE_MOST + 1):
        if len(line) > _LINE_MOST:
            raise Unreadable("a line is too long")
        if line.strip():
            yield line


class _Plain(yaml.SafeLoader):
    """Safe values only, and `<<` as an ordinary key: merging aliases is what grows without bound."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:merge"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# YAML 1.1 takes `1e-3` for text: the programs that write it mean a number
_Plain.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+"), list("-+0123456789")
)


def _yaml(source: Source) -> object:
    try:
        documents = list(yaml.load_all(source.read(_YAML_MOST), Loader=_Plain))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"cannot be parsed: {str(error) or type(error).__name__}") from None
    return documents[0] if len(documents) == 1 else documents
