"""The listing of a directory that DVC keeps: a JSON file in its cache, named after its own MD5."""

import json
from typing import Final

from gitprov.artifacts.elsewhere.dvc.outs import MD5
from gitprov.errors import InvalidRecord
from gitprov.model.text import quote, unsafe_path, visible

LARGEST: Final = 256 << 20
"""Bytes of a listing that are read: some two million files."""


def parse(data: bytes, md5: str) -> dict[str, str]:
    """Return the MD5 of each file by its path below the directory. `InvalidRecord` refuses the whole, saying why."""
    import hashlib  # a repository without DVC comes past here

    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if f"{found}.dir" != md5:
        raise InvalidRecord(f"DVC's listing {md5} is damaged: its MD5 is {found}")
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidRecord(f"DVC's listing {md5} is not JSON") from error
    files: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else [None]:
        path, of = (row.get("relpath"), row.get("md5")) if isinstance(row, dict) else (None, None)
        if not isinstance(path, str) or not isinstance(of, str) or not MD5.fullmatch(of) or of.endswith(".dir"):
            raise InvalidRecord(f"DVC's listing {md5} is not a list of paths with their MD5")
        if reason := _refused(path):
            raise InvalidRecord(f"the path {visible(path)[:80]} in DVC's listing {md5} {reason}")
        if path in files:
            raise InvalidRecord(f"the path {visible(path)[:80]} stands twice in DVC's listing {md5}")
        files[path] = of
    _refuse_files_as_directories(files, md5)
    return files


def _refuse_files_as_directories(files: dict[str, str], md5: str) -> None:
    for path in files:
        above, slash, _ = path.rpartition("/")
        while slash:
            if above in files:
                raise InvalidRecord(f"{visible(above)[:80]} is a file and a directory in DVC's listing {md5}")
            above, slash, _ = above.rpartition("/")


def _refused(path: str) -> str:
    """Say why a path may not stand in a listing; the rules are those of our own listings."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "is not text"
    return unsafe_path(quote(f"d/{path}"))  # below a directory: only a path's beginning can be a drive letter
