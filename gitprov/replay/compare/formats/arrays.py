"""NumPy's `.npy`: its header is a literal, the rest is numbers. Pickled objects in it are never loaded.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import ast
import re
import struct
from collections.abc import Sequence
from math import prod
from typing import Any, BinaryIO, Final, NamedTuple

from gitprov.replay.compare.formats import packed
from gitprov.replay.compare.formats.packed import Layout
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

MAGIC: Final = b"\x93NUMPY"
_HEADER_MOST: Final = 1 << 16
_FORMS: Final = {
    "f2": "e", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I",
    "u8": "Q", "b1": "?", "c8": "ff", "c16": "dd", "m8": "q", "M8": "q",
}  # fmt: skip
_TYPE: Final = re.compile(r"([<>|=]?)([a-zA-Z])(\d*)(?:\[\w+\])?")


class _Header(NamedTuple):
    descr: Any
    is_fortran: bool
    shape: tuple[int, ...]


def npy(before: Source, after: Source, tally: Tally) -> None:
    """Compare two arrays: type, shape, then each element."""
    with before.open() as one, after.open() as other:
        mine, its = _header(one), _header(other)
        if mine.shape != its.shape:
            tally.says(f"shape {_shape(its.shape)}, {_shape(mine.shape)} is recorded")
        elif mine.descr != its.descr:
            tally.says(f"type {its.descr}, {mine.descr} is recorded")
        elif mine.is_fortran != its.is_fortran and len(mine.shape) > 1:
            raise Unreadable("its elements stand in another order in memory")
        else:
            shape = mine.shape[::-1] if mine.is_fortran else mine.shape

            def where(number: int) -> str:
                index = _index(number, shape)
                return f"[{', '.join(map(str, index[::-1] if mine.is_fortran else index))}]"

            packed.compare((one, other), prod(shape), layout_of(mine.descr), where, tally)


def layout_of(descr: object) -> Layout:
    """Return how elements of a NumPy type are packed; Unreadable for objects, and for types that are not known."""
    if isinstance(descr, str):
        form, names = _simple(descr)
        return Layout(_order(descr) + form, names)
    fields = descr if isinstance(descr, list) else []
    order, form = "", ""
    named: list[str] = []
    for field in fields:
        if not (isinstance(field, tuple) and len(field) == 2 and all(isinstance(part, str) for part in field)):
            raise Unreadable("its records hold records or arrays")
        part, parts = _simple(field[1])
        own = _order(field[1])
        if order and own != order and field[1][0] != "|":
            raise Unreadable("its records mix byte orders")
        order = order or (own if field[1][0] != "|" else "")
        form += part
        named += [f"{field[0]}.{name}" for name in parts] or [field[0]]
    if not form:
        raise Unreadable(f"type {str(descr)[:60]} is not known")
    return Layout((order or "<") + form, tuple(named))


def _simple(descr: str) -> tuple[str, tuple[str, ...]]:
    """Return the `struct` form of a plain type, and the names of its values where there are several."""
    found = _TYPE.fullmatch(descr)
    if found is None:
        raise Unreadable(f"type {descr[:60]} is not known")
    kind, size = found[2], found[3]
    if kind == "O":
        raise Unreadable("holds pickled Python objects, and a pickle is never loaded")
    if kind in "SVU" and size.isdigit() and 0 < int(size) < 1 << 20:
        return f"{int(size) * (4 if kind == 'U' else 1)}s", ()
    form = _FORMS.get(kind + size)
    if form is None:
        raise Unreadable(f"type {descr[:60]} is not known")
    return form, ("real", "imaginary") if kind == "c" else ()


def _order(descr: str) -> str:
    return ">" if descr.startswith(">") else "<"


def _header(file: BinaryIO) -> _Header:
    start = file.read(8)
    wide = start[6:7] != b"\x01"
    size = file.read(4 if wide else 2)
    if start[:6] != MAGIC or len(size) != (4 if wide else 2):
        raise Unreadable("is no NumPy array")
    length = struct.unpack("<I" if wide else "<H", size)[0]
    if length > _HEADER_MOST:
        raise Unreadable("its header is too long")
    try:
        told = ast.literal_eval(file.read(length).decode("utf-8" if start[6:7] == b"\x03" else "latin-1").strip())
        descr, is_fortran, shape = told["descr"], told["fortran_order"], told["shape"]
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        raise Unreadable("its header makes no sense") from None
    if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
        raise Unreadable("its header makes no sense")
    return _Header(descr, bool(is_fortran), shape)


def _index(number: int, shape: Sequence[int]) -> tuple[int, ...]:
    """Return the indices of the n-th element, the last index running fastest."""
    found: list[int] = []
    for size in reversed(shape):
        number, index = divmod(number, size)
        found.append(index)
    return tuple(reversed(found))


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "of one number"
