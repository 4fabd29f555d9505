"""The beginning of a small text file that may not be there."""

from typing import Final

_MOST: Final = 65536  # characters


def head(path: str) -> str:
    """Return the file's beginning; `""` where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(_MOST)
    except OSError:
        return ""
