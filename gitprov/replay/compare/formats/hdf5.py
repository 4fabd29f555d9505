"""HDF5, also netCDF-4: times that objects were modified at are noise; the rest is compared by h5py where installed."""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from gitprov.replay.compare.formats import values
from gitprov.replay.compare.formats.libraries import need
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_MOST: Final = 256 << 20
# The message "Object Modification Time" in a header of version 1 (type 0x0012, 8 bytes, version 1, four bytes of time),
# https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
_MODIFIED: Final = re.compile(rb"\x12\x00\x08\x00[\x00-\x01\x04\x05]\x00\x00\x00\x01\x00\x00\x00(?=(.{4}))", re.DOTALL)
_HEADER: Final = re.compile(rb"OHDR\x02([\x20-\x3f])")
_STAMPS: Final = 16
_NAME: Final = "times of HDF5 objects"


def hdf5(before: Source, after: Source, tally: Tally) -> None:
    """Compare two HDF5 files."""
    mine, its = before.read(_MOST), after.read(_MOST)
    if len(mine) == len(its) and _without_times(mine) == _without_times(its):
        tally.noise(_NAME)
        return
    h5py = need("h5py", "h5py, for it differs in more than times of objects")
    with h5py.File(io.BytesIO(mine), "r") as one, h5py.File(io.BytesIO(its), "r") as other:
        _group(one, other, tally)
    if tally.outcome().grade == "same":
        tally.noise("layout of the HDF5 file")


def _without_times(data: bytes) -> bytes:
    """Return a file with the times in its object headers blanked, and the checksums that follow from them."""
    blank = bytearray(data)
    for found in _MODIFIED.finditer(data):
        blank[found.end() : found.end() + 4] = bytes(4)
    for found in _HEADER.finditer(data):
        _blank_header(blank, found)
    return bytes(blank)


def _blank_header(blank: bytearray, found: re.Match[bytes]) -> None:
    """Blank the four times of a header of version 2, and the checksum at its end."""
    flags = found[1][0]
    start = found.end()
    width = 1 << (flags & 3)  # of the field that says how long the header's first part is
    at = start + _STAMPS + (4 if flags & 0x10 else 0)
    if at + width > len(blank):
        return
    length = int.from_bytes(blank[at : at + width], "little")
    end = at + width + length
    blank[start : start + _STAMPS] = bytes(_STAMPS)
    if end + 4 <= len(blank):
        blank[end : end + 4] = bytes(4)


def _group(before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401 - h5py has no types
    """Compare what two files hold, by names; links outside the file are not followed."""
    mine, its = dict(_members(before)), dict(_members(after))
    _attributes("/", before, after, tally)
    for name in {**mine, **its}:
        if name not in mine or name not in its:
            tally.says(f"{name} stands only in what is {'recorded' if name in mine else 'new'}")
            continue
        one, other = mine[name], its[name]
        _attributes(name, one, other, tally)
        if hasattr(one, "shape") and hasattr(other, "shape"):
            _dataset(name, one, other, tally)


def _members(file: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    found: list[tuple[str, Any]] = []
    file.visititems(lambda name, item: found.append((name, item)))
    yield from found


def _dataset(name: str, before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401
    if before.is_virtual or before.external or after.is_virtual or after.external:
        raise Unreadable(f"{name} has its values in other files")
    if before.shape != after.shape or before.dtype != after.dtype:
        tally.says(f"{name} is {after.dtype} of {after.shape}, {before.dtype} of {before.shape} is recorded")
        return
    if before.shape is None:
        return
    if before.nbytes > _MOST:
        raise Unreadable(f"{name} is too large")
    _values(name, before[()], after[()], tally)


def _attributes(name: str, before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401
    mine, its = dict(before.attrs), dict(after.attrs)
    for key in {**mine, **its}:
        if key not in mine or key not in its:
            tally.says(f"attribute {key} of {name} is only {'recorded' if key in mine else 'new'}")
        else:
            _values(f"{name}@{key}", mine[key], its[key], tally)


def _values(name: str, before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401
    if not _same_array(before, after):
        values.walk(_plain(before), _plain(after), tally, name)


def _same_array(before: Any, after: Any) -> bool:  # noqa: ANN401
    """Tell whether two arrays are the same bytes, which is quicker than to look at their values."""
    if not (hasattr(before, "tobytes") and hasattr(after, "tobytes")) or before.dtype.kind == "O":
        return False
    is_one_form = before.dtype == after.dtype and before.shape == after.shape
    return is_one_form and bool(before.tobytes() == after.tobytes())


def _plain(value: Any) -> object:  # noqa: ANN401
    listed = value.tolist() if hasattr(value, "tolist") else value
    return listed.decode("utf-8", "backslashreplace") if isinstance(listed, bytes) else listed
