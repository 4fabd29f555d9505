"""Compressed files: gzip, bzip2, xz. What is inside is compared by its own kind."""

import bz2
import gzip
import io
from collections.abc import Callable
from lzma import LZMAFile
from typing import BinaryIO, Final, cast

from gitprov.model.words import size as as_words
from gitprov.replay.compare.outcome import Unreadable
from gitprov.replay.compare.source import DEEPEST, UNPACKED, Source, same_bytes
from gitprov.replay.compare.tally import Tally

_SUFFIXES: Final = (".gz", ".bz2", ".xz", ".lzma", ".tgz", ".svgz")
_INNER: Final = {".tgz": ".tar", ".svgz": ".svg"}


def gzipped(before: Source, after: Source, tally: Tally) -> None:
    """Compare two gzip files; time and name in the header are noise."""
    _compare(before, after, lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)), tally)
    if tally.outcome().grade == "same":
        headers = [source.head(8) for source in (before, after)]
        tally.noise("time in the gzip header" if headers[0] != headers[1] else "compression")


def bzipped(before: Source, after: Source, tally: Tally) -> None:
    """Compare two bzip2 files."""
    _compare(before, after, lambda file: cast(BinaryIO, bz2.BZ2File(file)), tally)


def xzipped(before: Source, after: Source, tally: Tally) -> None:
    """Compare two xz files."""
    _compare(before, after, _unpacked_xz, tally)


def _unpacked_xz(file: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, LZMAFile(file))


def _compare(before: Source, after: Source, unpack: Callable[[BinaryIO], BinaryIO], tally: Tally) -> None:
    if before.depth >= DEEPEST:
        raise Unreadable("compressed again and again, too deep")
    one, other = (_inside(source, unpack) for source in (before, after))
    if not same_bytes(one, other):
        tally.part("unpacked", one, other)


def _inside(source: Source, unpack: Callable[[BinaryIO], BinaryIO]) -> Source:
    def opened() -> BinaryIO:
        packed = source.open()
        return cast(BinaryIO, io.BufferedReader(_Limited(unpack(packed), packed)))

    return Source(_inner_name(source.name), opened, source.depth + 1)


def _inner_name(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] + _INNER.get(suffix, "")
    return name


class _Limited(io.RawIOBase):
    """A stream that gives up where it unpacks to more than any file made in good faith."""

    def __init__(self, stream: BinaryIO, below: BinaryIO) -> None:
        self._stream, self._below = stream, below
        self._left = UNPACKED

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # any buffer will do
        """Fill a buffer as far as there is something; Unreadable beyond the limit."""
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable(f"unpacks to more than {as_words(UNPACKED)}")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream and the file below it."""
        if not self.closed:
            self._stream.close()
            self._below.close()
        super().close()
