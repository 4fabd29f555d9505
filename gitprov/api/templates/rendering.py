"""Filling in a template's variables: `$name`, `$hypothesis`, `$owner`, `$project`. Others stay; `$$` is one `$`."""

import json
import os
from collections.abc import Iterable, Mapping
from string import Template
from typing import Final

from gitprov.api.templates.finding import Piece

_QUOTED: Final = frozenset({".toml", ".json", ".ipynb", ".yaml", ".yml", ".py"})
"""Endings of files in which a value stands between double quotes."""


def rendered(pieces: Iterable[Piece], values: Mapping[str, str]) -> list[Piece]:
    """Return the files with the values filled in; what is no text stays as it is."""
    return [piece._replace(data=_filled(piece, values)) for piece in pieces]


def _filled(piece: Piece, values: Mapping[str, str]) -> bytes:
    try:
        text = piece.data.decode()
    except UnicodeDecodeError:
        return piece.data
    if "\0" in text or "$" not in text:
        return piece.data
    is_quoted = os.path.splitext(piece.path)[1] in _QUOTED
    fitting = {name: _escaped(value) if is_quoted else " ".join(value.split()) for name, value in values.items()}
    return Template(text).safe_substitute(fitting).encode()


def _escaped(value: str) -> str:
    """A text as it may stand between double quotes, in JSON, TOML, YAML and Python alike."""
    return json.dumps(value, ensure_ascii=False)[1:-1]
