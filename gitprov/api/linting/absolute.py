"""Paths that are on one machine only: home directories, scratch disks, mounted drives."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

_ROOTS: Final = (
    "home", "Users", "root", "mnt", "media", "scratch", "data", "datasets", "nfs", "gpfs", "lustre", "project",
    "projects", "work", "workspace", "storage", "export", "net", "Volumes", "tmp", "var/tmp", "content", "kaggle",
)  # fmt: skip
_BEFORE: Final = r"(?<![\w./\\:~$}%)\]@+-])"
_REST: Final = r"[^\s\"'`,;:<>|(){}\[\]]+"
_LONGEST: Final = 4096
"""Characters of a line that are looked at: what is longer was written by a machine."""


class Found(NamedTuple):
    """A path in a text."""

    path: str
    line: int
    why: str
    instead: str


def find(text: str, top: str = "") -> Iterator[Found]:
    """Yield the paths in a text, one a line. `top` is the repository: what lies in it has a better way to be said."""
    pattern = _pattern(top)
    for number, line in enumerate(text.split("\n"), 1):
        if (found := pattern.search(line[:_LONGEST])) is not None:
            path = (found["inside"] or found["unix"] or found["home"] or found["windows"]).rstrip(".)\r ")
            yield Found(path, number, _why(found), _instead(found, path, top))


@lru_cache(maxsize=4)
def _pattern(top: str) -> re.Pattern[str]:
    inside = rf"{re.escape(top)}(?:/{_REST})?(?![\w.-])" if top else "(?!)"
    return re.compile(
        rf"{_BEFORE}(?:file://)?(?:(?P<inside>{inside})|(?P<unix>/(?:{'|'.join(_ROOTS)})/{_REST}))"
        rf"|{_BEFORE}(?P<home>~[A-Za-z0-9_-]*/{_REST})"
        r"|(?<![A-Za-z0-9])(?P<windows>(?:[A-Za-z]:\\{1,2}|[A-Z]:/(?!/))[^\s\"'`,;:<>|/\\][^\"'`,;<>|\n]*)"
    )


def _why(found: re.Match[str]) -> str:
    if found["inside"]:
        return "it is where this clone happens to be"
    unix = found["unix"] or ""
    if unix.startswith(("/content/", "/kaggle/")):
        return "it is there in one notebook service only"
    if found["home"] or unix.startswith(("/home/", "/Users/", "/root/")) or _is_windows_home(found["windows"]):
        return "it is in one person's home directory"
    if unix.startswith(("/tmp/", "/var/tmp/")):  # noqa: S108 - in somebody's text
        return "what is there does not last"
    return "it is on one machine only"


def _is_windows_home(path: str | None) -> bool:
    return bool(path) and re.match(r"[A-Za-z]:[\\/]+Users[\\/]", path or "", re.IGNORECASE) is not None


def _instead(found: re.Match[str], path: str, top: str) -> str:
    if found["inside"]:
        return f"write {path[len(top) + 1 :] or '.'}, from the top of the repository"
    return "a path from the top of the repository, or an option or variable that says where"
