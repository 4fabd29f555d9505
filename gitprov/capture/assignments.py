"""`name=value` as people write it after `--param`, `git prov param` and `git prov metric`."""

import json
import re
from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any, Final

from gitprov.errors import UsageError
from gitprov.model.text import is_clean

NOT_FINITE: Final = {"nan": "NaN", "inf": "Infinity", "infinity": "Infinity"}
_INTEGER: Final = r"[-+]?(?:0|[1-9]\d{0,18})"  # 007 is a name, not a number
_FLOAT: Final = r"[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_WORDS: Final = {"true": True, "false": False, "null": None}
_LONGEST_NAME: Final = 200
_LARGEST: Final = 2**63 - 1  # what TOML promises to carry


def measure(value: float) -> int | float | str:
    """Return a number as records hold it: what JSON has no number for as `NaN`, `Infinity`, `-Infinity`."""
    if isinstance(value, int) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def parse_assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Return the names and values of texts such as `lr=0.1`; of one name the last counts.

    Values are int, float (`nan` and `inf` as the words that records have), `true`, `false`, `null`, JSON lists, and
    else text. UsageError for a text without `=` or with a name that is not clean.
    """
    return dict(_split(text, _value) for text in texts)


def parse_metrics(texts: Sequence[str]) -> dict[str, int | float | str]:
    """Return metrics of texts such as `loss=0.25`; UsageError where a value is no number."""
    return dict(_split(text, _number) for text in texts)


def _split(text: str, read: Any) -> tuple[str, Any]:  # noqa: ANN401
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is not name=value", hint="write it as in lr=0.1")
    if reason := _refused(name):
        raise UsageError(f"the name in {text!r} {reason}", hint="use letters, digits and . _ - / in names")
    return name, read(value, text)


def _refused(name: str) -> str:
    if not name:
        return "is empty"
    if len(name) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} characters"
    if not is_clean(name) or any(c.isspace() for c in name):
        return "has spaces or characters that cannot be seen"
    return ""


def _value(value: str, _: str) -> Any:  # noqa: ANN401
    if value.lower() in _WORDS and value in (value.lower(), value.capitalize()):
        return _WORDS[value.lower()]
    number = _as_number(value)
    if number is not None:
        return number
    if value.startswith("["):
        try:
            return _plain(json.loads(value))
        except (ValueError, RecursionError):
            return value
    return value


def _number(value: str, text: str) -> int | float | str:
    number = _as_number(value)
    if number is None:
        raise UsageError(f"{value!r} in {text!r} is not a number", hint="a metric is a number, as in loss=0.25")
    return number


def _as_number(value: str) -> int | float | str | None:
    """Return the number a text writes; None when it writes none, or an integer that formats do not carry."""
    if re.fullmatch(_INTEGER, value):
        number = int(value)
        return number if abs(number) <= _LARGEST else None
    if re.fullmatch(_FLOAT, value) and not value.lstrip("+-").isdigit():
        return measure(float(value))
    word = NOT_FINITE.get(value.lstrip("+-").lower())
    if word is None or len(value) - len(value.lstrip("+-")) > 1:
        return None
    return f"-{word}" if value.startswith("-") and word != "NaN" else word


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return measure(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value
