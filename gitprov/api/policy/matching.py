"""Which paths and names a rule is about: gitignore patterns of paths, shell patterns of branches, tags and remotes.

`may_match` is a quick look that spares most commits the import of `pathspec`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_WILD: Final = re.compile(r"[*?\[\\]")
_WILD_AT_END: Final = re.compile(r"[*?\]\\]")


def may_match(patterns: Sequence[str], paths: Iterable[str]) -> bool:
    """Tell whether patterns may be about one of these paths; certain only where the answer is no.

    Held against are the plain beginning of a pattern that is anchored, and the plain end of one that is not.
    """
    tests = [_test(pattern) for pattern in patterns if not pattern.startswith("!")]
    return any(test(path) for path in paths for test in tests)


def _test(pattern: str) -> Callable[[str], bool]:
    part = plain_part(pattern)
    return (lambda path: path.startswith(part.text)) if part.anchored else (lambda path: part.text in path)


class Part(NamedTuple):
    """What every path has that a pattern is about."""

    text: str
    anchored: bool
    """Whether the path begins with it; else it stands somewhere in it."""


def plain_part(pattern: str) -> Part:
    """Return the plain beginning of a pattern that is anchored, the plain end of one that is not."""
    bare = pattern.rstrip().rstrip("/")
    if "/" in bare:
        return Part(_WILD.split(bare.removeprefix("/"), maxsplit=1)[0], anchored=True)
    return Part(_WILD_AT_END.split(bare)[-1], anchored=False)


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether patterns are about a path from the top; without patterns, they are about every one."""
    return _matcher(tuple(patterns))


@lru_cache(maxsize=64)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _: True
    from pathspec import GitIgnoreSpec  # as dear as starting Python, and most commits need none

    return GitIgnoreSpec.from_lines(patterns).match_file


def is_named(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether one of the patterns (`*` also crosses `/`) is about a name."""
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for pattern in patterns)
