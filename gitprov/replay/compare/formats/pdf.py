"""PDF: dates, identifiers and the offsets that shift with them are noise; streams are unpacked to be compared."""

import re
import zlib
from typing import Final

from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_UNPACKED: Final = 256 << 20
_TEXT: Final = rb"(?:\((?:\\.|[^\\)]){0,100}\)|<[0-9A-Fa-f\s]{0,100}>)"
# Every repetition has an end: a document may begin ten million dates and finish none.
_NOISE: Final = (
    ("creation date", re.compile(rb"/(?:CreationDate|ModDate|LastModified)\s{0,9}" + _TEXT, re.DOTALL)),
    ("creation date", re.compile(rb"<(xmp:\w{1,30}Date|pdf:\w{1,30}Date|stEvt:when)>[^<]{0,80}</\1>")),
    ("creation date", re.compile(rb"xmp:\w{1,30}Date=\"[^\"]{0,80}\"")),
    ("document identifier", re.compile(rb"/ID\s{0,9}\[(?:\s{0,9}" + _TEXT + rb"){2}\s{0,9}\]", re.DOTALL)),
    ("document identifier", re.compile(rb"<(xmpMM:\w{1,30}ID)>[^<]{0,200}</\1>|xmpMM:\w{1,30}ID=\"[^\"]{0,200}\"")),
    ("offsets", re.compile(rb"\d{10} \d{5} [nf]|startxref\s{1,9}\d+|/Length \d+|/Prev \d+")),
)
_STREAM: Final = re.compile(rb"stream\r?\n")
_END: Final = b"endstream"


def pdf(before: Source, after: Source, tally: Tally) -> None:
    """Compare two PDF files; where a page differs, only that much is said."""
    (mine, found), (its, also) = (_evened(source.read()) for source in (before, after))
    if mine == its:
        tally.noise(*_named(found, also))
        return
    (mine, found), (its, also) = (_evened(_unpacked(source.read())) for source in (before, after))
    if mine == its:
        tally.noise(*_named(found, also), "compression")
    else:
        tally.says(_first(mine, its))


def _evened(data: bytes) -> tuple[bytes, dict[str, list[bytes]]]:
    """Return a document without its noise, and the noise by name."""
    found: dict[str, list[bytes]] = {}
    for name, pattern in _NOISE:
        found.setdefault(name, []).extend(match[0] for match in pattern.finditer(data))
        data = pattern.sub(b"-", data)
    return data, found


def _named(before: dict[str, list[bytes]], after: dict[str, list[bytes]]) -> list[str]:
    """Return what of the noise really differs; offsets only follow from the rest."""
    return [name for name in before if before[name] != after[name] and name != "offsets"] or ["offsets"]


def _unpacked(data: bytes) -> bytes:
    """Return a document with its Flate-encoded streams unpacked, as long as that does not come to too much."""
    parts: list[bytes] = []
    left, at = _UNPACKED, 0
    while (start := _STREAM.search(data, at)) and (end := data.find(_END, start.end())) >= 0:
        unpacked = _inflated(data[start.end() : end], left)
        left -= len(unpacked)
        parts += [data[at : start.end()], unpacked, b"\n", _END]
        at = end + len(_END)
    return b"".join((*parts, data[at:]))


def _inflated(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most) if most > 0 else data
    except zlib.error:
        return data


def _first(before: bytes, after: bytes) -> str:
    """Say between which objects the first difference is."""
    at = next((n for n, (mine, its) in enumerate(zip(before, after, strict=False)) if mine != its), 0)
    if objects := re.findall(rb"(\d+) \d+ obj\b", before[: at or min(len(before), len(after))]):
        return f"object {int(objects[-1])} of the document differs"
    return "the document differs"
