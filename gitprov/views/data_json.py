"""What the verbs of `git prov data` answer, for programs: each answer's own fields, what is empty left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitprov.model.results import Problem
from gitprov.views.as_json import document


def answers(plural: str, items: Iterable[Any], problems: Iterable[Problem] = ()) -> str:
    """Return one JSON document with the answers, each a NamedTuple, as `{"schema": 1, plural: [...]}`."""
    return document(plural, map(_plain, items), problems)


def _plain(value: Any) -> Any:  # noqa: ANN401 - what stands in a field
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        fields = {name: _plain(item) for name, item in value._asdict().items()}
        return {name: item for name, item in fields.items() if item not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value
