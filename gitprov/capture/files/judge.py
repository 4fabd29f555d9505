"""What really became of a file that a run touched, judged by the file as it is now.

Where Python processes tell of themselves, what they told are attempts; and nobody tells who else writes a file.
"""

import os
import stat
from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

from gitprov.capture.files.births import birth_ns
from gitprov.capture.files.touched import Touched

State = Literal["kept", "moved", "changed", "updated", "removed", "made"]
"""Of a file that was read: as it was read, here or where the run moved it; changed by somebody else meanwhile; changed
or removed by the run; or not there before: made by a part of the run that the tracer does not see."""
_SLACK: Final = 10_000_000
"""Nanoseconds by which the clock that stamps files may be behind: it moves in steps of up to 10 ms."""


class Judge:
    """Judges the files of one run, which started at `started_ns` since the epoch. Each file is looked at once."""

    def __init__(self, touched: Touched, started_ns: int) -> None:
        self._touched = touched
        self._started = started_ns
        self._since = started_ns - _SLACK
        self._found: dict[str, os.stat_result | None] = {}
        self._links: dict[str, str] = {}

    def link(self, path: str) -> str:
        """Return where a path leads that is a symbolic link; `""` for any other."""
        self._look(path)
        return self._links.get(path, "")

    def size(self, path: str) -> int:
        """Return the bytes of a file, through links; 0 where there is none."""
        found = self._look(path)
        return found.st_size if found else 0

    def was_written(self, path: str) -> bool:
        """Tell whether the run wrote the file that stands at one of its made names."""
        found = self._regular(path)
        if found is None:
            return False
        match self._touched.made[path]:
            case "updated" | "linked":
                return found.st_mtime_ns >= self._since
            case "written" if self._touched.certain:
                return True
            case _:  # also what was removed and is there again
                return found.st_ctime_ns >= self._since

    def was_only_opened(self, path: str) -> bool:
        """Tell whether a file could have been written, as it was opened, and was not."""
        found = self._regular(path) if self._touched.made[path] == "updated" else None
        return found is not None and found.st_mtime_ns < self._since

    def new_files_below(self, directory: str) -> Iterator[str]:
        """Yield the files of a directory that were written since the start."""
        for head, _, names in os.walk(directory):
            for path in (os.path.join(head, name) for name in names):
                found = self._regular(path)
                if found and found.st_mtime_ns >= self._since:
                    yield path

    def state(self, path: str, place: str, *, is_tracked: bool) -> State | None:
        """Say what became of a file that was opened for reading; `None` where it is no file, or was not there.

        `place` is where its bytes are now, as `Touched.read` has it. A file that git tracks was surely there.
        """
        if place not in ("", path):
            return self._state_elsewhere(place, is_tracked=is_tracked)
        if self._look(path) is None:
            is_gone = place == "" or self._touched.certain or is_tracked
            return "removed" if is_gone and path not in self._directories else None
        found = self._regular(path)
        if found is None:
            return None
        if place == "":
            if found.st_mtime_ns < self._since and found.st_ctime_ns < self._since:
                return "kept"  # to write it was tried, no more
            is_new = self._touched.made.get(path) == "updated" and not is_tracked and self._is_born_since(path)
            return None if is_new else "updated"
        if found.st_mtime_ns < self._started:
            return "kept"
        return "changed" if self._touched.certain or is_tracked or not self._is_born_since(path) else "made"

    @cached_property
    def _directories(self) -> set[str]:
        """All that must have been directories, because something below them was touched."""
        found: set[str] = set()
        for path in (*self._touched.read, *self._touched.made):
            while (path := os.path.dirname(path)) not in found:
                found.add(path)
        return found

    def _state_elsewhere(self, place: str, *, is_tracked: bool) -> State | None:
        found = self._regular(place)
        if found and found.st_mtime_ns < self._since:
            return "moved"
        return "updated" if is_tracked else None  # else it is the run's own work, which was moved unseen

    def _is_born_since(self, path: str) -> bool:
        born = birth_ns(path)
        return born is not None and born >= self._since

    def _regular(self, path: str) -> os.stat_result | None:
        found = self._look(path)
        return found if found and stat.S_ISREG(found.st_mode) else None

    def _look(self, path: str) -> os.stat_result | None:
        if path not in self._found:
            found = _stat(path)
            if found and stat.S_ISLNK(found.st_mode):
                self._links[path] = os.path.realpath(path)
                found = _stat(self._links[path])
            self._found[path] = found
        return self._found[path]


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (OSError, ValueError):
        return None
