"""Metrics that a run left in a file: JSON, TOML or YAML, flattened to names such as `val.loss`."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitprov.capture.assignments import NOT_FINITE, measure
from gitprov.errors import ProvError
from gitprov.model.text import is_clean, quote

MAX_BYTES: Final = 10 * 1024 * 1024
_DEEPEST: Final = 32
_MOST_VALUES: Final = 10_000
_WORDS: Final = frozenset({*NOT_FINITE.values(), "-Infinity"})
# YAML 1.1 wants a dot and a sign in a float and reads 1e-5 as text; who writes it means a number.
_EXPONENT: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+"


class Metrics(NamedTuple):
    """What a file holds: single values, and lists of numbers as events for `series.summarise`, step by step."""

    values: dict[str, int | float | str]
    events: list[dict[str, Any]]


def read_file(path: str) -> Metrics:
    """Return the numbers in a metrics file, by flattened name; what is no number is left out.

    NaN and infinities are the words that records have. ProvError when the file cannot be read, is over 10 MiB, is not
    what its ending says, or is not a mapping at its top.
    """
    data = _parse(path, _load(path))
    if not isinstance(data, dict):
        raise ProvError(
            f"{quote(path)} holds no metrics: at its top is no mapping of names to numbers",
            hint='write it as in {"accuracy": 0.93}',
        )
    found = Metrics({}, [])
    seen: set[str] = set()
    for count, (name, value) in enumerate(_leaves(path, data, "", 0)):
        if count == _MOST_VALUES:
            raise ProvError(
                f"{quote(path)} has more than {_MOST_VALUES:,} values", hint="name a smaller file of results"
            )
        if value is None:
            continue
        if name in seen:
            raise ProvError(f"{quote(path)} has two values named {name!r}", hint="give one of them another name")
        seen.add(name)
        if isinstance(value, list):
            found.events.extend({"name": name, "step": step, "value": point} for step, point in enumerate(value))
        else:
            found.values[name] = value
    return found


def _load(path: str) -> bytes:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProvError(
            f"cannot read the metrics in {quote(path)}: {error.strerror}", hint="name a file that the run writes"
        ) from error
    if len(data) > MAX_BYTES:
        raise ProvError(f"{quote(path)} is over 10 MiB, too large for metrics", hint="name a smaller file of results")
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe that nobody writes to is empty, not a reason to wait


def _parse(path: str, data: bytes) -> object:
    ending = os.path.splitext(path)[1].lower()
    parse = {".json": _json, ".toml": _toml, ".yaml": _yaml, ".yml": _yaml}.get(ending)
    if parse is None:
        raise ProvError(
            f"cannot tell what {quote(path)} is from its ending {ending!r}",
            hint="write metrics as .json, .toml or .yaml",
        )
    try:
        return parse(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # the parsers' own errors, and what is not UTF-8
        reason = str(error).split("\n", maxsplit=1)[0]
        raise ProvError(f"{quote(path)} is not valid {ending[1:].upper()}: {reason}", hint="mend the file") from error


def _json(text: str) -> object:
    import json

    return json.loads(text)


def _toml(text: str) -> object:
    import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> object:
    import yaml

    safe_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is many times faster
    try:
        return yaml.load(text, Loader=safe_loader)  # noqa: S506 - both build plain data only
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _leaves(path: str, value: object, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield flattened names with their number, word for a number, or list of such; None for anything else.

    What is left out is yielded too, so that the caller can stop: a few lines of YAML can stand for 10^9 values.
    """
    if isinstance(value, dict) and value:
        if depth >= _DEEPEST:  # YAML can even make a mapping hold itself
            raise ProvError(f"{quote(path)} is nested more than {_DEEPEST} deep", hint="write metrics flatter")
        for key, item in value.items():
            yield from _leaves(path, item, f"{name}.{_checked(path, key)}" if name else _checked(path, key), depth + 1)
        return
    if isinstance(value, list):
        points = [_measure(item) for item in value]
        yield name, points if points and None not in points else None
    else:
        yield name, _measure(value)


def _checked(path: str, key: object) -> str:
    text = str(key)
    if not text or "\n" in text or not is_clean(text):
        raise ProvError(f"{quote(path)} has a name that cannot be shown: {text!r}", hint="name metrics in plain text")
    return text


def _measure(value: object) -> int | float | str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return measure(value)
    if isinstance(value, str):
        if value in _WORDS:
            return value
        return measure(float(value)) if re.fullmatch(_EXPONENT, value) else None
    return None
