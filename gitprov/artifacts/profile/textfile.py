"""Text of files whose encoding nobody states, packed or not."""

import codecs
import gzip
import io
import zlib
from typing import IO, Final, cast

from gitprov.artifacts.profile.tables import no_table

_HEAD: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNREADABLE: Final = (EOFError, gzip.BadGzipFile, zlib.error, UnicodeError)
"""What reading raises where a packed file is damaged or cut off, or an encoding turns out to be another."""


class TextFile:
    """A file opened for reading as text: its `head`, and a `stream` that begins with it.

    UTF-8 unless a mark at the beginning says otherwise, or the beginning is no UTF-8: then it is Latin-1, which every
    byte is. A byte that is no UTF-8 further on is kept as a lone surrogate. OSError; ProvError for a binary file.
    """

    def __init__(self, path: str, *, is_packed: bool) -> None:
        self.path = path
        self._raw = cast(IO[bytes], gzip.open(path) if is_packed else open(path, "rb"))  # noqa: SIM115 - see close
        try:
            data = self._raw.read(_HEAD)
            self._raw.seek(0)
            encoding = _encoding(data)
            if encoding is None:
                raise no_table(path, "it holds bytes that no text has")
            self.head = data.decode(encoding, "ignore")
        except UNREADABLE as error:
            self._raw.close()
            raise no_table(path, str(error)) from None
        except BaseException:
            self._raw.close()
            raise
        errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
        self.stream = io.TextIOWrapper(self._raw, encoding, errors, newline="")

    def close(self) -> None:
        """Let go of the file."""
        self.stream.close()


def _encoding(head: bytes) -> str | None:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the head may end within a character
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
