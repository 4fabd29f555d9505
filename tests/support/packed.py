"""Small files of binary formats, made without the libraries that usually write them."""

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence


def npy(
    values: Sequence[float], descr: str = "'<f8'", form: str = "<d", shape: str = "", *, fortran: bool = False
) -> bytes:
    """Return a NumPy array as `numpy.save` writes it."""
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': ({shape or f'{len(values)},'}), }}"
    padded = header.ljust((len(header) + 10) // 64 * 64 + 53) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode() + pack(values, form)


def pack(values: Sequence[float], form: str) -> bytes:
    """Return numbers in binary form."""
    return b"".join(struct.pack(form, value) for value in values)


def zipped(members: Mapping[str, bytes | str], year: int = 2026, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive whose members were all made in one year."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), content, compression)
    return file.getvalue()


def tarred(members: Mapping[str, bytes], mtime: int = 0) -> bytes:
    """Return a tar archive whose members all have one time."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), mtime
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def gzipped(content: bytes | str, mtime: int = 0) -> bytes:
    """Return content as gzip packs it at a moment."""
    return gzip.compress(content.encode() if isinstance(content, str) else content, mtime=mtime)


def png(pixel: int = 0, *texts: bytes, level: int = 6) -> bytes:
    """Return a picture of 2 x 2 grey pixels, with text chunks."""
    rows = b"".join(b"\0" + bytes([pixel, 0]) for _ in range(2))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))]
    chunks += [(b"tEXt", text) for text in texts]
    chunks += [(b"IDAT", zlib.compress(rows, level)), (b"IEND", b"")]
    parts = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pdf(content: bytes, date: str, identifier: str) -> bytes:
    """Return as much of a PDF as is compared: information, one packed page, identifiers, offsets."""
    page = zlib.compress(content)
    return (
        f"%PDF-1.4\n1 0 obj\n<< /CreationDate (D:{date}) /Producer (x) >>\nendobj\n".encode()
        + b"2 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(page), page)
        + f"xref\n0000000{len(date):03} 00000 n\ntrailer\n<< /ID [<{identifier}> <{identifier}>] >>\n".encode()
        + b"startxref\n%d\n%%%%EOF\n" % (300 + len(date))
    )


def safetensors(tensors: Mapping[str, Sequence[float]], kind: str = "F32", form: str = "<f") -> bytes:
    """Return weights as safetensors has them."""
    header: dict[str, object] = {}
    data = b""
    for name, values in tensors.items():
        packed = pack(values, form)
        offsets = [len(data), len(data) + len(packed)]
        header[name] = {"dtype": kind, "shape": [len(values)], "data_offsets": offsets}
        data += packed
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
