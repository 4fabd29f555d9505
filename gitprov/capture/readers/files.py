"""Somebody else's files: read bounded, never waiting, whatever their bytes are; and told apart by where they stand."""

import os
from collections.abc import Iterable
from typing import Final

MOST_BYTES: Final = 32 << 20
"""How large a file may be: 32 MiB, some 600,000 points."""


def text(path: str) -> str:
    """Return a file as text; bytes that are no UTF-8 become U+FFFD. OSError, or ValueError over `MOST_BYTES`."""
    with open(path, "rb", opener=_without_waiting) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"it is over {MOST_BYTES >> 20} MiB")
    return data.decode("utf-8", "replace")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe that nobody writes to is empty, not a reason to wait


def prefixes(directories: Iterable[str]) -> dict[str, str]:
    """Return for each directory what its metrics' names begin with: "" for one alone, else `train/`, `eval/`.

    Directories are told apart by the path below the one they share; metrics of that one keep their plain names.
    """
    found = dict.fromkeys(directories)
    shared = os.path.commonpath(found) if found else ""
    return {one: "" if one == shared else f"{os.path.relpath(one, shared)}/" for one in found}


def reason(error: Exception) -> str:
    """Say in a few words why a file could not be read."""
    words = error.strerror if isinstance(error, OSError) else ""
    return words or str(error).split("\n", maxsplit=1)[0] or type(error).__name__
