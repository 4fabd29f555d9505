"""Reading some objects of a remote pack in few requests: neighbours together, what lies between them thrown away."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.artifacts.remotes.backend import CHUNK
from gitprov.artifacts.store.packindex import Where

Row = tuple[bytes, Where]
"""The hash of an object (32 bytes), and where in a pack it stands."""

_GAP: Final = 128 << 10  # bytes that are cheaper to read than another request is to make


class Run(NamedTuple):
    """A range of bytes and the objects in it."""

    start: int
    stop: int
    rows: list[Row]


def runs(rows: Iterable[Row], pack_size: int) -> Iterator[Run]:
    """Yield ranges that hold all rows, lowest offset first; most of a pack is read as if all of it were wanted."""
    ordered = sorted(rows, key=lambda row: row[1])
    wanted = sum(where.length for _, where in ordered)
    gap = CHUNK if 2 * wanted >= pack_size else _GAP
    run: Run | None = None
    for raw, where in ordered:
        end = where.offset + where.length
        if run and where.offset - run.stop <= gap and end - run.start <= CHUNK:
            run.rows.append((raw, where))
            run = run._replace(stop=max(run.stop, end))
        else:
            if run:
                yield run
            run = Run(where.offset, end, [(raw, where)])
    if run:
        yield run


def cut(run: Run, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each object's hash and bytes, unverified, out of the bytes of a run."""
    for raw, where in run.rows:
        start = where.offset - run.start
        yield raw, data[start : start + where.length]
