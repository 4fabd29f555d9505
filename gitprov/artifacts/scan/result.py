"""What a scan found, and what it has to say beside."""

from typing import Final, NamedTuple

from gitprov.artifacts.listing import Skipped
from gitprov.model.text import quote

MOST_NAMED: Final = 1000
"""Things that are named one by one; what is more is counted."""

LEADS_OUT: Final = "is a link that leads out of the directory"


class Scanned(NamedTuple):
    """A directory or a file: its digest, and the bytes and the number of the files in it."""

    digest: str
    size: int
    files: int
    skipped: tuple[Skipped, ...] = ()
    """What has no entry, or one that may be wrong as it changed while it was read; at most `MOST_NAMED`."""
    remarks: tuple[Skipped, ...] = ()
    """Links that lead out of the directory; they have an entry, and cannot be checked out."""
    unnamed: int = 0
    """How many more there are of both."""
    mode: str = "dir"
    """As in a listing."""
    hashed: int = 0
    """Files that were read; the others were known."""


class Remarks:
    """Gathers what is to be said."""

    def __init__(self) -> None:
        self._skipped: list[Skipped] = []
        self._remarks: list[Skipped] = []
        self._unnamed = 0

    def skip(self, path: bytes, reason: str) -> None:
        """Say why something has no entry, or a doubtful one."""
        self._add(self._skipped, path, reason)

    def remark(self, path: bytes, reason: str) -> None:
        """Say what is to be known of something that has one."""
        self._add(self._remarks, path, reason)

    def on(self, scanned: Scanned) -> Scanned:
        """Return the result with all this, in the order of paths."""
        skipped, remarks = tuple(sorted(self._skipped)), tuple(sorted(self._remarks))
        return scanned._replace(skipped=skipped, remarks=remarks, unnamed=self._unnamed)

    def _add(self, where: list[Skipped], path: bytes, reason: str) -> None:
        if len(where) < MOST_NAMED:
            where.append(Skipped(quote(path), reason))
        else:
            self._unnamed += 1
