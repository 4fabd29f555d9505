"""From "so many more bytes are done" to "so many of so many"."""

import os
import stat

from gitprov.api.options import Progress


class Meter:
    """Adds up what is done, and tells it; `passes` is how often each byte comes by. Without `progress` it is silent."""

    def __init__(self, progress: Progress | None, total: int, *, passes: int = 1) -> None:
        self._passes = passes
        self._progress = progress
        self._total = total
        self.done = 0

    def __call__(self, more: int) -> None:
        """So many more bytes are done (or, negative, are not)."""
        self.done += more
        if self._progress:
            # what has grown meanwhile must not take the bar away too early
            done = self.done // self._passes
            self._progress(done, max(self._total, done + 1))


def weigh(paths: list[bytes]) -> int:
    """Return how many bytes there are in files and directories; what cannot be looked at weighs nothing."""
    total = 0
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        try:
            found = os.lstat(path)
            if stat.S_ISREG(found.st_mode):
                total += found.st_size
            elif stat.S_ISDIR(found.st_mode):
                with os.scandir(path) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        elif entry.is_file(follow_symlinks=False):
                            total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total
