"""What an experiment, or a template, can be called: a name that every file system, shell and query takes."""

import re
from typing import Final

from gitprov.errors import UsageError
from gitprov.model.experiment import DIRECTORY
from gitprov.model.text import single_line

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST: Final = 64
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))}
)
"""Names that Windows keeps for devices, whatever follows a full stop behind them."""
_SAYS: Final = "a name takes letters, digits, - and _, and . between them"


def check_name(name: str, *, what: str = "an experiment", verb: str = "git prov new") -> None:
    """Refuse what cannot be a name. Raises `UsageError` that says why, and where it can be told, what could."""
    if why := _amiss(name):
        meant = suggested(name)
        hint = f"call it {meant}: {verb} {meant}" if meant and meant != name else _SAYS
        raise UsageError(f"{single_line(name, 80)!r} cannot be the name of {what}: {why}", hint=hint)


def suggested(name: str) -> str:
    """Return the nearest name that could be; "" where nothing of it can."""
    bare = name.replace("\\", "/").removeprefix("./").removeprefix(f"{DIRECTORY}/").rstrip("/")
    if "/" in bare or ".." in bare:
        return ""
    found = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9._-]+", "-", bare)).strip("-._")[:_LONGEST].rstrip("-._")
    return found if found and not _amiss(found) else ""


def _amiss(name: str) -> str:
    if not name:
        return "it is empty"
    if "/" in name or "\\" in name:
        return f"it is a path, and experiments stand in {DIRECTORY}/ by their names alone"
    if any(letter.isspace() for letter in name):
        return "it has a space in it, which commands and scripts take for the end of a name"
    if not _NAME.fullmatch(name):
        return _SAYS
    if name.endswith((".", ".lock")):
        return f"it ends in {'a full stop' if name.endswith('.') else '.lock'}"
    if name.partition(".")[0].lower() in _RESERVED:
        return "it is the name of a device on Windows"
    if len(name) > _LONGEST:
        return f"it has more than {_LONGEST} letters"
    return ""
