"""One directory of a scan, from its rows to its listing."""

import stat
from array import array
from collections.abc import Callable
from typing import Final

from gitprov.artifacts.listing import Cutter
from gitprov.artifacts.listing.lines import text_form
from gitprov.artifacts.scan.reading import CHANGED, ESCAPING, KNOWN, MOVED, UNKNOWN
from gitprov.artifacts.scan.remembered import Known, Record, Whole
from gitprov.artifacts.scan.rows import NUMBERS, TAIL, Identity

Sink = Callable[[str, bytes], object]
"""Gets each listing: its digest and its bytes."""
_LISTED: Final = (KNOWN, ESCAPING, MOVED, CHANGED)
_FILES: Final = {stat.S_IFREG | 0o644: "644", stat.S_IFREG | 0o600: "644", stat.S_IFREG | 0o755: "755"}
_LASTING: Final = bytes(state if state <= 3 else UNKNOWN for state in range(256))
"""States as they are remembered: what is true of the file but not of its row is not."""


class Directory:
    """What is known so far; complete when nothing is `waiting`."""

    __slots__ = (
        "_before",
        "above",
        "digests",
        "files",
        "identity",
        "inner",
        "new",
        "path",
        "place",
        "racy",
        "read",
        "record",
        "rows",
        "sizes",
        "states",
        "waiting",
    )  # fmt: skip

    def __init__(self, path: bytes, identity: Identity, rows: list[bytes], known: Known, record: Record) -> None:
        self.path = path
        """Below the root."""
        self.identity = identity
        self.rows = rows
        self.states = known.states
        self.digests = known.digests
        self.record = record
        self.above: Directory | None = None
        self.place = 0
        """Which row of the directory above is this one."""
        self.waiting = 1
        """What must come before it is complete: inner directories, jobs, and the walk itself."""
        self.sizes: array[int] | None = None
        self.racy: list[int] = []
        """Rows that may change once more without another time stamp."""
        self.files = 0
        """In inner directories."""
        self.inner = 0
        """Bytes in inner directories."""
        self.read = 0
        """Bytes of its files that were read."""
        self._before = (bytes(known.states), bytes(known.digests), known.whole) if known.whole else None

    def put(self, at: int, state: int, digest: bytes, size: int | None = None) -> None:
        """Take what came of a row; `size` (bytes) where it is not the one in the row."""
        self.states[at] = state
        self.digests[32 * at : 32 * at + 32] = digest
        if size is not None:
            if self.sizes is None:
                self.sizes = array("q", b"\xff" * (8 * len(self.rows)))
            self.sizes[at] = size

    def same(self) -> Whole | None:
        """Return what the directory was the last time, where nothing in it is different."""
        if self._before and self._before[0] == self.states and self._before[1] == self.digests:
            return self._before[2]
        return None

    def lasting(self) -> bytes:
        """Return the states that may be remembered."""
        states = bytearray(self.states.translate(_LASTING))
        for at in self.racy:
            states[at] = UNKNOWN
        return bytes(states)

    def listed(self, sink: Sink) -> Whole:
        """Make the listings."""
        cutter = Cutter(sink)
        add = cutter.add
        unpack, sizes, digests, files = NUMBERS.unpack_from, self.sizes, self.digests, self.files
        for at, (row, state) in enumerate(zip(self.rows, self.states, strict=True)):
            if state not in _LISTED:
                continue
            tail = len(row) - TAIL
            mode, _, _, size, _, _ = unpack(row, tail + 1)
            if sizes and sizes[at] >= 0:
                size = sizes[at]
            kind = _FILES.get(mode) or _word(mode)
            files += kind != "dir"
            name = row[:tail]
            line = f"{kind} {size} b3:{digests[32 * at : 32 * at + 32].hex()}\t{text_form(name)}\n"
            add(name, size, line)
        own = cutter.finish()
        return Whole(bytes.fromhex(own.digest[3:]), own.size, files)


def _word(mode: int) -> str:
    """Return the mode of a listing for one of the system."""
    if stat.S_ISREG(mode):
        return "755" if mode & stat.S_IXUSR else "644"
    return "dir" if stat.S_ISDIR(mode) else "link"
