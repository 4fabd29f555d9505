"""The recorded command as it is run again: the same words, but for an interpreter that stands elsewhere here."""

import os
from collections.abc import Callable, Sequence

from gitprov.capture.environment.finding import is_python

Find = Callable[[str], str]
"""Gives the program of a name in the environment that is used; `""` where it has none."""


def argv_here(command: Sequence[str], python: str, find: Find, *, is_there: Callable[[str], bool]) -> list[str]:
    """Return the words to start.

    A Python, by whatever path it was called, is `python`. A program that stood in the `bin` of an environment and does
    not stand there now (`is_there`) is the one that `find` has under its name.
    """
    first, *rest = command
    name = os.path.basename(first)
    if is_python(first) and python and ("/" in first or not find(first)):
        return [python, *rest]
    if "/" in first and os.path.basename(os.path.dirname(first)) == "bin" and not is_there(first):
        return [find(name) or first, *rest]
    return [first, *rest]
