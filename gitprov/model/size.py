"""Sizes as people write them: `10 MiB`. Light: the hot path reads settings with it."""

import re
from typing import Final

_FORM: Final = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(B|KiB|MiB|GiB|kB|KB|MB|GB)?\s*")
_BINARY: Final = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_UNITS: Final = _BINARY | {"kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_size(value: object) -> int | None:
    """Return bytes, from an integer or a text such as `10 MiB`; None where the value is no size."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    return int(float(found[1]) * _UNITS[found[2] or ""]) if found else None
