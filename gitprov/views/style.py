"""Colours as git has them, and text cut and filled to columns of a terminal."""

import textwrap
from typing import Final

from rich.cells import cell_len, set_cell_size

_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_RESET: Final = "\x1b[m"

STATUS: Final = {"ok": "green", "failed": "red", "killed": "red", "lost": "red"}
"""The style of each status of a run."""


def paint(text: str, style: str, *, colour: bool) -> str:
    """Return text in a style: `bold`, `dim` or a colour's name; as it is without `colour` or for the style ""."""
    return f"\x1b[{_CODES[style]}m{text}{_RESET}" if colour and style and text else text


def width(text: str) -> int:
    """Return how many columns a line of text takes: wide characters take two."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, columns: int) -> str:
    """Return a line of text in at most so many columns, with `…` where something is left out."""
    if width(text) <= columns:
        return text
    if text.isascii():
        return text[: max(columns - 1, 0)] + "…"
    return set_cell_size(text, max(columns - 1, 0)).rstrip() + "…"


def fill(text: str, columns: int, *, right: bool = False) -> str:
    """Return a line of text in exactly so many columns."""
    text = cut(text, columns)
    space = " " * (columns - width(text))
    return space + text if right else text + space


def wrap(text: str, columns: int | None) -> list[str]:
    """Return the lines of a text, each in at most so many columns where a number is given; words stay whole."""
    lines = text.split("\n")
    if columns is None:
        return lines
    return [
        short
        for line in lines
        for short in textwrap.wrap(line, max(columns, 20), break_on_hyphens=False, replace_whitespace=False) or [""]
    ]
