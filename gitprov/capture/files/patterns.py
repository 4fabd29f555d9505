"""Glob patterns, as shells have them, with `**` for any number of directories.

Unlike with `glob` in the standard library `**` follows no symbolic link, so it ends in every tree. Names that begin
with a dot match only what spells the dot; `.git` is never entered.
"""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Final

_MAGIC: Final = frozenset("*?[")
_ANY_DEPTH: Final = "**"


def is_pattern(text: str) -> bool:
    """Tell whether a text has anything in it that a glob pattern can match with."""
    return not _MAGIC.isdisjoint(text)


def matches(pattern: str, directory: str) -> list[str]:
    """Return the paths that a pattern matches, sorted, below `directory` where it is relative.

    A pattern with `**` matches no directories, because it names the files in them already; one that ends with a slash
    matches nothing else.
    """
    parts = [part for part, _ in groupby(pattern.split("/")) if part not in ("", ".")]
    start = "/" if pattern.startswith("/") else directory
    found = set(_below(start, parts))
    if pattern.endswith("/"):
        found = {path for path in found if os.path.isdir(path)}
    elif _ANY_DEPTH in parts:
        found = {path for path in found if os.path.islink(path) or not os.path.isdir(path)}
    return sorted(found)


def _below(directory: str, parts: list[str]) -> Iterator[str]:
    first, rest = parts[0], parts[1:]
    if first == _ANY_DEPTH:
        yield from _below(directory, rest or ["*"])
        for entry in _entries(directory):
            if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, parts)
    elif not rest:
        yield from _named(directory, first)
    elif is_pattern(first):
        for entry in _entries(directory):
            if _fits(entry.name, first) and entry.is_dir():
                yield from _below(entry.path, rest)
    else:
        yield from _below(os.path.join(directory, first), rest)


def _named(directory: str, pattern: str) -> Iterator[str]:
    if is_pattern(pattern):
        yield from (entry.path for entry in _entries(directory) if _fits(entry.name, pattern))
    elif os.path.lexists(path := os.path.join(directory, pattern)):
        yield path


def _fits(name: str, pattern: str) -> bool:
    return (not name.startswith(".") or pattern.startswith(".")) and fnmatchcase(name, pattern) and name != ".git"


def _entries(directory: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError:
        return []
