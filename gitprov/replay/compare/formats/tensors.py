"""Weights of models as safetensors: a header in JSON, then numbers; https://huggingface.co/docs/safetensors."""

import json
import struct
from math import prod
from typing import Any, BinaryIO, Final

from gitprov.replay.compare.formats import packed
from gitprov.replay.compare.formats.packed import Layout
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_HEADER_MOST: Final = 16 << 20
FORMS: Final = {
    "F64": Layout("<d"), "F32": Layout("<f"), "F16": Layout("<e"), "BF16": Layout("<H", widen=True),
    "I64": Layout("<q"), "I32": Layout("<i"), "I16": Layout("<h"), "I8": Layout("<b"), "U8": Layout("<B"),
    "BOOL": Layout("<?"),
}  # fmt: skip
"""How tensors of each type are packed."""


def safetensors(before: Source, after: Source, tally: Tally) -> None:
    """Compare two files of named tensors."""
    with before.open() as one, after.open() as other:
        (start, mine), (other_start, its) = _header(one), _header(other)
        for name in {**mine, **its}:
            if name not in mine or name not in its:
                tally.says(f"{name} stands only in what is {'recorded' if name in mine else 'new'}")
                continue
            (kind, shape, offset), (other_kind, other_shape, other_offset) = _entry(mine[name]), _entry(its[name])
            if (kind, shape) != (other_kind, other_shape):
                tally.says(f"{name} is {other_kind} of {other_shape}, {kind} of {shape} is recorded")
                continue
            if kind not in FORMS:
                raise Unreadable(f"type {kind} is not known")
            one.seek(start + offset)
            other.seek(other_start + other_offset)
            packed.compare((one, other), prod(shape), FORMS[kind], f"{name}[{{}}]".format, tally)


def _header(file: BinaryIO) -> tuple[int, dict[str, Any]]:
    """Return where the tensors begin, and their entries by name."""
    size = file.read(8)
    length = struct.unpack("<Q", size)[0] if len(size) == 8 else _HEADER_MOST + 1
    if length > _HEADER_MOST:
        raise Unreadable("its header is too long")
    try:
        told = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise Unreadable("its header makes no sense") from None
    if not isinstance(told, dict):
        raise Unreadable("its header makes no sense")
    told.pop("__metadata__", None)
    return 8 + length, told


def _entry(given: object) -> tuple[str, list[int], int]:
    match given:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int()]}:
            if start >= 0 and all(type(size) is int and size >= 0 for size in shape):
                return kind, shape, start
    raise Unreadable("its header makes no sense")
