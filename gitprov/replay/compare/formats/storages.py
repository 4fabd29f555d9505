"""The numbers in PyTorch's files. Their pickle says which member holds what; it is taken apart, never loaded."""

import pickletools
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from gitprov.replay.compare.formats import packed
from gitprov.replay.compare.formats.packed import Layout
from gitprov.replay.compare.formats.tensors import FORMS
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_PICKLE_MOST: Final = 16 << 20
_PICKLE: Final = "data.pkl"
_LAYOUTS: Final = {
    "DoubleStorage": FORMS["F64"], "FloatStorage": FORMS["F32"], "HalfStorage": FORMS["F16"],
    "BFloat16Storage": FORMS["BF16"], "LongStorage": FORMS["I64"], "IntStorage": FORMS["I32"],
    "ShortStorage": FORMS["I16"], "CharStorage": FORMS["I8"], "ByteStorage": FORMS["U8"], "BoolStorage": FORMS["BOOL"],
}  # fmt: skip
_STORAGE: Final = re.compile(r"torch (\w+Storage)")


def top_of(archive: zipfile.ZipFile) -> str:
    """Return the directory that all of a PyTorch file stands in, with its slash; "" for any other archive."""
    names = archive.namelist()
    top = names[0].split("/", 1)[0] + "/" if names and "/" in names[0] else ""
    return top if top + _PICKLE in names and all(name.startswith(top) for name in names) else ""


def of_archive(archive: zipfile.ZipFile) -> dict[str, Layout]:
    """Return which members of a PyTorch file hold numbers, and how; empty for any other archive."""
    top = top_of(archive)
    if not top or archive.getinfo(top + _PICKLE).file_size > _PICKLE_MOST:
        return {}
    found: dict[str, Layout] = {}
    kind = ""
    try:
        for told in _texts(archive.read(top + _PICKLE)):
            if storage := _STORAGE.fullmatch(told):
                kind = storage[1]
            elif kind and told.isdigit():
                if kind in _LAYOUTS:
                    found[f"{top}data/{told}"] = _LAYOUTS[kind]
                kind = ""
    except (ValueError, KeyError, IndexError, OverflowError, NotImplementedError, zipfile.BadZipFile):
        return {}
    return found


def compare(before: Source, after: Source, layout: Layout, sizes: tuple[int, int], tally: Tally) -> None:
    """Compare two members that hold numbers; `sizes` are their bytes."""
    counts = tuple(size // layout.size for size in sizes)
    if counts[0] != counts[1]:
        tally.says(f"{before.name} has {counts[1]} numbers, {counts[0]} are recorded")
        return
    with before.open() as one, after.open() as other:
        packed.compare((one, other), counts[0], layout, lambda n: f"{before.name}[{n}]", tally)


def _texts(data: bytes) -> Iterator[str]:
    """Yield the texts of a pickle in the order in which it uses them: one that is remembered stands there again."""
    memory: dict[Any, str] = {}
    last = ""
    for code, argument, _ in pickletools.genops(data):
        if code.name in ("PUT", "BINPUT", "LONG_BINPUT"):
            memory[argument] = last
        elif code.name == "MEMOIZE":
            memory[len(memory)] = last
        elif code.name in ("GET", "BINGET", "LONG_BINGET"):
            last = memory.get(argument, "")
            yield last
        else:
            last = argument if isinstance(argument, str) else ""
            yield last
