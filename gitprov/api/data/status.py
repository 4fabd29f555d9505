"""The working tree beside what is recorded of it."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from gitprov.api.data import gitfiles
from gitprov.api.data.catalog import ADDED, Use
from gitprov.api.data.known import by_path, nothing_known
from gitprov.api.data.meter import Meter, weigh
from gitprov.api.data.place import Place
from gitprov.api.data.rows import is_small_table, row_changes
from gitprov.api.data.storing import scan_cache
from gitprov.api.data.unread import unread
from gitprov.api.options import Progress
from gitprov.api.session import Session
from gitprov.api.spelling import recorded_path
from gitprov.artifacts import listing
from gitprov.artifacts.listing import Difference, Entry
from gitprov.artifacts.scan import one, scan
from gitprov.errors import NotFound, ProvError
from gitprov.model.data import CHANGED, MISSING, NEW, SAME, UNREADABLE, Answer, Change, Compared, Rows
from gitprov.model.results import Problem
from gitprov.model.text import quote, single_line, unquote

_NAMED: Final = 100
"""The most files of a directory that are named."""


def status(session: Session, words: Sequence[str], progress: Progress | None = None) -> Answer[Compared]:
    """Compare what is named, or all that is known, with what is there. Raises `NotFound` for a path that is nowhere."""
    with Place(session) as place:
        top = os.fsencode(place.worktree)
        uses, new = _chosen(place, words)
        known = sum(use.size for use in uses if not gitfiles.is_gits(use.digest))  # to ask again would take as long
        meter = Meter(progress, known + weigh(new) if progress else 0)
        blobs = _blobs(place, uses)
        found = [_Comparison(place, use, blobs, meter).carry_out() for use in uses]
        found += [_new(place, top, file, meter) for file in new]
        notes = [] if found else [nothing_known(place)]
        return Answer(sorted(found, key=lambda compared: unquote(compared.path)), place.problems, notes)


def _chosen(place: Place, words: Sequence[str]) -> tuple[list[Use], list[bytes]]:
    """What is compared, and the files that nothing is known of."""
    if not words:
        return list(place.catalog.newest().values()), []
    uses: dict[str, Use] = {}
    new = []
    for word in words:
        found = by_path(place, word)
        uses |= {use.path: use for use in found if not use.absolute}
        if not found:
            file = place.file_of(unquote(recorded_path(place.session, word)))
            if not os.path.lexists(file):
                raise NotFound(
                    f"{single_line(word, 80)} is neither here nor known", hint="see what is known: git prov data ls"
                )
            new.append(file)
    return list(uses.values()), new


def _blobs(place: Place, uses: Sequence[Use]) -> dict[bytes, str]:
    """What git makes of those tracked files that are there."""
    paths = [use.raw for use in uses if gitfiles.is_gits(use.digest)]
    return gitfiles.blobs_of(place.session.repo, [path for path in paths if os.path.isfile(place.file_of(path))])


def _new(place: Place, top: bytes, file: bytes, meter: Meter) -> Compared:
    path = quote(os.path.relpath(file, top))
    if os.path.isdir(file) and not os.path.islink(file):
        scanned = scan(file, cache=scan_cache(place.session), tell=meter)
    else:
        scanned = one(file, cache=scan_cache(place.session), tell=meter)
    return Compared(path, NEW, "", scanned.digest, scanned.size)


class _Comparison:
    """One path that is known, and what is there."""

    def __init__(self, place: Place, use: Use, blobs: dict[bytes, str], meter: Meter) -> None:
        self._place = place
        self._use = use
        self._blobs = blobs
        self._meter = meter
        self._file = place.file_of(use.raw)
        self._made: dict[str, bytes] = {}
        self._skipped: set[bytes] = set()

    def carry_out(self) -> Compared:
        use = self._use
        compared = Compared(use.path, MISSING, use.digest, "", use.size, use.run or ADDED, use.at)
        try:
            if gitfiles.is_gits(use.digest):
                now = self._blobs.get(use.raw, "")
                return compared._replace(state=(SAME if now == use.digest else CHANGED) if now else MISSING, now=now)
            if not os.path.lexists(self._file):
                return compared
            if os.path.isdir(self._file) and not os.path.islink(self._file):
                return self._directory(compared)
            return self._single(compared)
        except (OSError, ProvError) as error:
            self._place.problems.append(Problem(use.path, str(error), ""))
            return compared._replace(state=CHANGED)

    def _single(self, compared: Compared) -> Compared:
        try:
            now = one(self._file, cache=scan_cache(self._place.session), tell=self._meter)
        except (OSError, ProvError) as error:
            return self._unreadable(compared, error)
        if now.digest == self._use.digest:
            return compared._replace(state=SAME, now=now.digest, size=now.size)
        rows = self._rows(self._use.path, self._file, self._use.digest, self._use.size, now.size)
        changes = (Change(self._use.path, CHANGED, rows),) if rows else ()
        return compared._replace(state=CHANGED, now=now.digest, size=now.size, changes=changes)

    def _directory(self, compared: Compared) -> Compared:
        place = self._place
        cache, sink = scan_cache(place.session), self._made.__setitem__
        try:
            now = scan(self._file, cache=cache, sink=sink, known=place.listings.__contains__, tell=self._meter)
        except (OSError, ProvError) as error:
            return self._unreadable(compared, error)
        self._skipped = {unquote(one.path) for one in unread(now)}
        self._place.problems += [Problem(f"{self._use.path}/{one.path}", one.reason, "") for one in now.skipped]
        compared = compared._replace(now=now.digest, size=now.size)
        if now.digest == self._use.digest:
            return compared._replace(state=SAME)
        if not self._place.is_directory(self._use):
            return compared._replace(state=CHANGED)
        counts: Counter[str] = Counter()
        changes: list[Change] = []
        for change in self._told(now.digest):
            counts[change.state] += 1
            if len(changes) < _NAMED:
                changes.append(change)
        if not counts:
            return compared._replace(state=SAME)
        ordered = {state: counts[state] for state in (CHANGED, MISSING, UNREADABLE, NEW) if counts[state]}
        return compared._replace(state=CHANGED, changes=tuple(changes), counts=ordered)

    def _unreadable(self, compared: Compared, error: OSError | ProvError) -> Compared:
        self._place.problems.append(Problem(self._use.path, str(error), ""))
        return compared._replace(state=UNREADABLE)

    def _told(self, now: str) -> Iterator[Change]:
        """What differs, where what could not be read is not called missing."""
        for change in self._differences(now):
            is_skipped = change.state == MISSING and self._is_skipped(unquote(change.path))
            yield change._replace(state=UNREADABLE) if is_skipped else change

    def _is_skipped(self, path: bytes) -> bool:
        """Whether a path, or a directory above it, could not be read."""
        while path and path not in self._skipped:
            path = os.path.dirname(path)
        return bool(path)

    def _differences(self, now: str) -> Iterator[Change]:
        """What differs inside; files that a run did not touch are not its concern."""
        for found in listing.differences(self._use.digest, now, self._read):
            if found.new is None:
                yield Change(quote(found.path), MISSING)
            elif found.old is not None:
                yield Change(quote(found.path), CHANGED, self._rows_inside(found, found.old, found.new))
            elif self._use.role == ADDED:
                yield Change(quote(found.path), NEW)

    def _read(self, digest: str) -> bytes:
        return self._made[digest] if digest in self._made else self._place.read(digest)

    def _rows_inside(self, found: Difference, old: Entry, new: Entry) -> Rows | None:
        if old.mode == "link" or new.mode == "link" or old.digest == new.digest:
            return None
        return self._rows(quote(found.path), os.path.join(self._file, found.path), old.digest, old.size, new.size)

    def _rows(self, path: str, file: bytes, old: str, old_size: int, new_size: int) -> Rows | None:
        """How many rows differ, in a small table whose old bytes are in the store."""
        store = self._place.store
        if not is_small_table(path, old_size, new_size) or not store.has(old):
            return None
        with open(file, "rb") as opened:
            return row_changes(store.read(old), opened.read())
