"""What kind of file something is: by how it begins, else by its name."""

import re
from typing import Final

from gitprov.replay.compare.source import Source

_HEAD: Final = 4096
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"II*\0", "image"),
    (b"MM\0*", "image"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"), (b"%PDF-", "pdf"), (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"), (b"\x93NUMPY", "npy"), (b"MATLAB 5.0 MAT-file", "mat"),
)  # fmt: skip
_PICKLE: Final = re.compile(rb"\x80[\x02-\x05]")
_SUFFIXES: Final = {
    "json": "json", "geojson": "json", "ipynb": "notebook", "jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv",
    "tsv": "csv", "tab": "csv", "yaml": "yaml", "yml": "yaml", "toml": "toml", "svg": "markup", "html": "markup",
    "htm": "markup", "xml": "markup", "eps": "markup", "ps": "markup", "pyc": "pyc", "safetensors": "safetensors",
    "pkl": "pickle", "pickle": "pickle", "joblib": "pickle", "p": "pickle", "dill": "pickle", "bmp": "image",
    "webp": "image",
}  # fmt: skip
_BINARY: Final = ("pyc", "safetensors", "pickle", "image")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(source: Source) -> str:
    """Return what a file is: `json`, `zip`, ...; `text` or `bytes` where nothing more is known."""
    head = source.head(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    by_name = _SUFFIXES.get(source.name.lower().rpartition(".")[2], "")
    if by_name in _BINARY:
        return by_name
    if _PICKLE.match(head):
        return "pickle"
    if _CONTROL.search(head):
        return "bytes"
    return by_name or "text"
