"""The walk: directories in the order of their names; what is new in them is read, what is complete is listed."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from stat import S_ISLNK, S_ISREG
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import LARGE, Tell
from gitprov.artifacts.listing.lines import EMPTY, is_plain, refused_name
from gitprov.artifacts.scan.ahead import Ahead, Looked
from gitprov.artifacts.scan.directory import Directory, Sink
from gitprov.artifacts.scan.jobs import Jobs
from gitprov.artifacts.scan.reading import ESCAPING, KNOWN, NOTHING, UNKNOWN, Keeper
from gitprov.artifacts.scan.remembered import NOT_WHOLE, Remembered, Whole
from gitprov.artifacts.scan.remembering import Remembering
from gitprov.artifacts.scan.result import LEADS_OUT, Remarks, Scanned
from gitprov.artifacts.scan.rows import (
    HUGE,
    NUMBERS,
    SHARED,
    TAIL,
    directories_in,
    identity,
    is_directory,
    mode_of,
    name_of,
    open_directory,
    read_rows,
    unpacked,
)
from gitprov.artifacts.scan.workers import Hire
from gitprov.errors import ProvError
from gitprov.model.text import quote

# A file may change once more without another time stamp, for as long as its clock has not moved on.
_FINE: Final = 100_000_000  # ns; the steps of file systems that keep fractions of a second
_COARSE: Final = 2_000_000_000  # ns; those of the others
_SECOND: Final = 1_000_000_000
_AT_ONCE: Final = 4096  # rows
_NO_DIGEST: Final = bytes(32)
_EMPTY: Final = bytes.fromhex(EMPTY[3:])
_KINDS: Final = {
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFBLK: "is a device",
    stat.S_IFCHR: "is a device",
}


class Plan(NamedTuple):
    """What a scan is asked for."""

    root: bytes
    sink: Sink | None
    known: Callable[[str], bool] | None
    keep: Keeper | None
    missing: Callable[[Iterable[str]], list[str]] | None
    tell: Tell | None
    workers: int | Hire | None
    clock: Callable[[], float]


class Walk:
    """One scan."""

    def __init__(self, plan: Plan, before: Remembered, after: Remembering, ahead: Ahead | None = None) -> None:
        self._plan = plan
        self._ahead = ahead
        self._before = before
        self._after = after
        self._remarks = Remarks()
        self._began = int(plan.clock() * _SECOND)
        self._jobs = Jobs(
            plan.root, plan.keep, self._remarks, self._release, tell=plan.tell or _nobody, number=plan.workers
        )
        self._result = Scanned("", 0, 0)
        self._open: set[Directory] = set()

    def run(self) -> Scanned:
        """Walk, wait for what is being read, and return the result."""
        try:
            self._walk()
            self._jobs.finish()
        except BaseException:
            self._jobs.abort()
            self._save()
            raise
        return self._remarks.on(self._result)._replace(hashed=self._jobs.hashed)

    def _save(self) -> None:
        """Remember what is known so far, for the next time."""
        for directory in self._open:
            is_same = directory.same() is not None
            self._after.end(directory.record, directory.lasting(), directory.digests, NOT_WHOLE, is_same=is_same)
        self._after.keep_rest()

    def _walk(self) -> None:
        root = self._visit(b"", None, 0)
        if root is None:
            raise ProvError(f"{quote(self._plan.root)} cannot be read", hint="name a directory that you may read")
        stack = [(root, self._inner(root))]
        while stack:
            directory, inner = stack[-1]
            for at, path in inner:
                if found := self._visit(path, directory, at):
                    stack.append((found, self._inner(found)))
                    break
            else:
                stack.pop()
                self._release(directory)

    def _inner(self, directory: Directory) -> Iterator[tuple[int, bytes]]:
        """Give the directories in one, each with its place."""
        for at in directories_in(directory.rows):
            name = name_of(directory.rows[at])
            path = os.path.join(directory.path, name)
            if reason := refused_name(name):
                self._remarks.skip(path, reason)
                directory.put(at, NOTHING, _NO_DIGEST)
            else:
                yield at, path

    def _visit(self, path: bytes, above: Directory | None, place: int) -> Directory | None:
        try:
            which, rows = (self._ahead and self._ahead.look(path)) or self._look(path, is_root=above is None)
        except OSError as error:
            self._unread(path, error)
            if above:
                above.put(place, NOTHING, _NO_DIGEST)
            return None
        known = self._before.recall(path, rows)
        directory = Directory(path, which, rows, known, self._after.begin(path, rows, known.record))
        directory.above, directory.place = above, place
        if above:
            above.waiting += 1
        self._open.add(directory)
        self._sort_out(directory)
        return directory

    def _look(self, path: bytes, *, is_root: bool) -> Looked:
        """Ask the file system what a directory is, and what is in it."""
        handle = open_directory(os.path.join(self._plan.root, path), follow=is_root)
        try:
            found = os.fstat(handle)
            if found.st_size > HUGE:
                self._jobs.start()  # now, as later each worker would hold all these names as well
            rows = read_rows(handle, lambda name, error: self._unread(os.path.join(path, name), error))
        finally:
            os.close(handle)
        return identity(found), rows

    def _sort_out(self, directory: Directory) -> None:
        """Give to the workers what has to be read, and say what is not."""
        self._forget_what_is_missing(directory)
        states = directory.states
        if states.count(KNOWN) == len(states):
            return
        for begin in range(0, len(states), _AT_ONCE):
            end = min(begin + _AT_ONCE, len(states))
            if states.count(UNKNOWN, begin, end) < end - begin or not self._all_read(directory, begin, end):
                self._sort_out_rows(directory, begin, end)

    def _all_read(self, directory: Directory, begin: int, end: int) -> bool:
        """Give new rows to the workers where all are of plain files, as they nearly always are."""
        rows = directory.rows[begin:end]
        modes, _, _, sizes, modified, changed = zip(*unpacked(rows), strict=True)
        settled = self._began - _COARSE
        if max(modified) >= settled or max(changed) >= settled or max(sizes) > LARGE:
            return False
        if not all(S_ISREG(mode) and mode < SHARED for mode in set(modes)):
            return False
        if not all(map(is_plain, [row[:-TAIL] for row in rows])):
            return False
        self._jobs.add_all(directory, begin, rows, sizes)
        return True

    def _sort_out_rows(self, directory: Directory, begin: int, end: int) -> None:
        states = directory.states
        unpack, settled = NUMBERS.unpack_from, self._began - _COARSE
        for at, row in enumerate(directory.rows[begin:end], begin):
            state = states[at]
            if state == KNOWN or is_directory(row):
                continue
            if state != UNKNOWN:
                self._say(directory, row, state)
                continue
            mode, _, _, size, modified, changed = unpack(row, len(row) - TAIL + 1)
            if not (S_ISREG(mode) or S_ISLNK(mode)) or refused_name(row[:-TAIL]):
                states[at] = NOTHING
                self._say(directory, row, NOTHING)
                continue
            if (modified >= settled or changed >= settled) and _is_racy(modified, changed, self._began):
                directory.racy.append(at)
            self._jobs.add(directory, at, row, size, is_shared=mode >= SHARED)

    def _say(self, directory: Directory, row: bytes, state: int) -> None:
        name = name_of(row)
        path = os.path.join(directory.path, name)
        if state == ESCAPING:
            self._remarks.remark(path, LEADS_OUT)
        else:
            reason = refused_name(name) or _KINDS.get(stat.S_IFMT(mode_of(row)), "is no file")
            self._remarks.skip(path, reason)

    def _forget_what_is_missing(self, directory: Directory) -> None:
        """What is to be kept and is not in the store yet has to be read, whatever is known of it."""
        if not self._plan.missing or not self._plan.keep:
            return
        places: dict[str, list[int]] = {}
        for at, row in enumerate(directory.rows):
            if directory.states[at] == KNOWN and stat.S_ISREG(mode_of(row)):
                digest = directory.digests[32 * at : 32 * at + 32].hex()
                places.setdefault(f"b3:{digest}", []).append(at)
        for digest in self._plan.missing(places):
            for at in places[digest]:
                directory.states[at] = UNKNOWN

    def _release(self, directory: Directory) -> None:
        """One thing less is waited for; what is complete by that is ended."""
        current: Directory | None = directory
        while current:
            current.waiting -= 1
            if current.waiting:
                return
            self._end(current)
            current = current.above

    def _end(self, directory: Directory) -> None:
        """A directory is complete: make its listings, and hand it up."""
        same = directory.same()
        whole = same
        if whole is None or (self._plan.sink and not self._has(whole)):
            whole = directory.listed(self._plan.sink or _nowhere)
        self._open.discard(directory)
        is_same = same is not None
        self._after.end(directory.record, directory.lasting(), directory.digests, whole, is_same=is_same)
        if self._plan.tell:
            self._plan.tell(max(whole.size - directory.inner - directory.read, 0))
        if above := directory.above:
            is_empty = whole.digest == _EMPTY
            above.put(directory.place, NOTHING if is_empty else KNOWN, whole.digest, whole.size)
            above.files += whole.files
            above.inner += whole.size
        else:
            self._result = Scanned(f"b3:{whole.digest.hex()}", whole.size, whole.files)

    def _has(self, whole: Whole) -> bool:
        return bool(self._plan.known and self._plan.known(f"b3:{whole.digest.hex()}"))

    def _unread(self, path: bytes, error: OSError) -> None:
        if not path:
            raise ProvError(
                f"{quote(self._plan.root)} cannot be read: {error.strerror}", hint="name a directory that you may read"
            ) from error
        self._remarks.skip(path, f"cannot be read: {error.strerror}")


def _is_racy(modified: int, changed: int, began: int) -> bool:
    """Tell whether a file might change after it was read, and have the same time stamps."""
    is_coarse = modified % _SECOND == 0 and changed % _SECOND == 0
    return began - max(modified, changed) <= (_COARSE if is_coarse else _FINE)


def _nobody(_: int) -> None:
    pass


def _nowhere(_digest: str, _data: bytes) -> None:
    pass
