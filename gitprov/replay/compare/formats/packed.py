"""Numbers in binary form, as arrays of NumPy, safetensors and PyTorch have them. Read in pieces, without NumPy."""

import struct
from functools import partial
from typing import BinaryIO, Final, NamedTuple

from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import full
from gitprov.replay.compare.tally import Tally, Where

_PIECE: Final = 1 << 16


class Layout(NamedTuple):
    """How one element is packed."""

    form: str
    """As `struct` writes it, with its byte order; several values where the element is complex or a record."""
    names: tuple[str, ...] = ()
    """What the values of one element are called; empty where there is one."""
    widen: bool = False
    """Whether the values are the upper halves of 32-bit floats (bfloat16), packed as integers."""

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return struct.calcsize(self.form)


def compare(files: tuple[BinaryIO, BinaryIO], count: int, layout: Layout, where: Where, tally: Tally) -> None:
    """Compare `count` elements of both files; Unreadable where one ends before them."""
    at_once = max(_PIECE // max(layout.size, 1), 1)
    for start in range(0, count, at_once):
        length = min(at_once, count - start) * layout.size
        mine, its = (full(file, length) for file in files)
        if len(mine) < length or len(its) < length:
            raise Unreadable("holds fewer bytes than its header says")
        if mine != its:
            _piece((mine, its), layout, partial(_moved, where, start), tally)


def _moved(where: Where, start: int, index: int) -> str:
    return where(start + index)


def _piece(both: tuple[bytes, bytes], layout: Layout, where: Where, tally: Tally) -> None:
    """Compare a piece of both files, value by value of each element."""
    before, after = (list(struct.iter_unpack(layout.form, data)) for data in both)
    for place in range(len(before[0])):
        name = layout.names[place] if layout.names else ""
        named: Where = partial(_named, where, name) if name else where
        mine, its = ([element[place] for element in side] for side in (before, after))
        if layout.widen:
            mine, its = (list(map(_widened, side)) for side in (mine, its))
        tally.numbers(named, zip(mine, its, strict=True), (name,) if name else ())


def _named(where: Where, name: str, index: int) -> str:
    return f"{where(index)}.{name}"


def _widened(half: int) -> float:
    value: float = struct.unpack("<f", struct.pack("<I", half << 16))[0]
    return value
