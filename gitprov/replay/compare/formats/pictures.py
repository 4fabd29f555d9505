"""Images: what a PNG says beside its pixels is noise; pixels are compared by Pillow where it is installed."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any, Final

from gitprov.replay.compare.formats.libraries import need
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import Source
from gitprov.replay.compare.tally import Tally

_MOST: Final = 64 << 20
_PIXELS: Final = 50_000_000
_SHOWING: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"fcTL", b"fdAT")
"""Chunks that bear on what is seen; https://www.w3.org/TR/png-3/."""
_NOISE: Final = {b"tIME": "time of last change", b"tEXt": "text about the picture", b"iTXt": "text about the picture"}
_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")


def png(before: Source, after: Source, tally: Tally) -> None:
    """Compare two PNG pictures: without any library where only what stands beside the pixels differs."""
    mine, its = (_chunks(source.read(_MOST)) for source in (before, after))
    if _seen(mine) != _seen(its):
        pixels(before, after, tally)
        return
    for kind in dict.fromkeys(kind for kind, _ in (*mine, *its)):
        if kind not in _SHOWING and [part for part in mine if part[0] == kind] != [
            part for part in its if part[0] == kind
        ]:
            tally.noise(_NOISE.get(kind, "metadata of the picture"))
    if tally.outcome().grade == "same":
        tally.noise("compression of the picture")


def pixels(before: Source, after: Source, tally: Tally) -> None:
    """Compare two pictures pixel by pixel; sizes first."""
    library = need("PIL.Image", "Pillow")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is amiss in somebody else's picture is no remark of ours
        with _opened(library, before) as mine, _opened(library, after) as its:
            if mine.size != its.size:
                sizes = [f"{image.width} x {image.height}" for image in (mine, its)]
                tally.says(f"{sizes[1]} pixels, {sizes[0]} are recorded")
            elif getattr(mine, "n_frames", 1) != 1 or getattr(its, "n_frames", 1) != 1:
                raise Unreadable("has several frames")
            else:
                _compare(mine, its, tally)


def _compare(before: Any, after: Any, tally: Tally) -> None:  # noqa: ANN401
    """Compare the pixels of two images of one size, in the same form."""
    if before.mode != after.mode or before.mode not in ("L", "RGB", "RGBA"):
        before, after = before.convert("RGBA"), after.convert("RGBA")
    difference = need("PIL.ImageChops", "Pillow").difference(before, after)
    bands = difference.getextrema()
    largest = max(high for _, high in (bands if isinstance(bands[0], tuple) else (bands,)))
    box = difference.getbbox(alpha_only=False)
    if not largest or box is None:
        tally.noise("metadata of the picture")
        return
    where = f"the pixels from {box[0]},{box[1]} to {box[2] - 1},{box[3] - 1}"
    stated = tally.terms.tolerances.named(*tally.terms.names)
    if stated is not None and (stated.is_any or largest <= stated.absolute):
        tally.number(where, 0, int(largest))
    else:
        tally.says(f"{where} differ, by at most {largest} of 255")


def _opened(library: Any, source: Source) -> Any:  # noqa: ANN401
    image = library.open(io.BytesIO(source.read(_MOST)), formats=_FORMATS)
    if image.width * image.height > _PIXELS:
        image.close()
        raise Unreadable(f"has more than {_PIXELS // 1_000_000} million pixels")
    return image


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    return list(_each(data))


def _each(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG, as kind and content."""
    place = 8
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if place + 12 + length > len(data):
            raise Unreadable("is cut off")
        yield kind, data[place + 8 : place + 8 + length]
        place += 12 + length


def _seen(chunks: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return what bears on what is seen, the pixels unpacked."""
    packed = b"".join(content for kind, content in chunks if kind == b"IDAT")
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, 4 * _MOST)
    except zlib.error:
        raise Unreadable("is damaged") from None
    if unpacker.unconsumed_tail:
        raise Unreadable("unpacks to too much")
    return [(kind, content) for kind, content in chunks if kind in _SHOWING and kind != b"IDAT"] + [(b"IDAT", unpacked)]
