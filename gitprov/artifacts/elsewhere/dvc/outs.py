"""What `.dvc` files and `dvc.lock` say about the files beside them."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitprov.artifacts.elsewhere.texts import SIZE_LIMIT
from gitprov.gitrepo.process import raw
from gitprov.model.text import quote, unsafe_path
from gitprov.model.urls import unsafe_url

MD5: Final = re.compile(r"[0-9a-f]{32}(?:\.dir)?")
"""DVC's name for a file or, with `.dir`, a directory."""
LOCK: Final = "dvc.lock"
SUFFIX: Final = ".dvc"
_LARGEST: Final = {SUFFIX: 1 << 20, LOCK: 16 << 20}  # bytes that are read; what is longer is passed over
_ADDRESS: Final = re.compile(r"https?://[!-~]+")


class Out(NamedTuple):
    """One path that DVC keeps: relative to the top, its MD5 and bytes; and the address it was imported from."""

    path: str
    md5: str
    size: int | None
    url: str = ""
    etag: str = ""


def read(path: str, world_top: str) -> list[Out]:
    """Return what one `.dvc` file or `dvc.lock` (`path` below the top) says; what is malformed is passed over."""
    limit = _LARGEST[LOCK if os.path.basename(path) == LOCK else SUFFIX]
    try:
        with open(os.path.join(world_top, path), "rb") as file:
            return parse(file.read(limit + 1), path)
    except OSError:
        return []


def parse(data: bytes, path: str) -> list[Out]:
    """Return what the bytes of a `.dvc` file or `dvc.lock` say that stands at `path`, as `read` does."""
    document = _loaded(data, _LARGEST[LOCK if os.path.basename(path) == LOCK else SUFFIX])
    base = os.path.dirname(path)
    return [out for section in _sections(document) for out in _outs(section, base)]


def _loaded(data: bytes, limit: int) -> object:
    """Return YAML as plain data; `None` where it cannot be read."""
    import yaml  # most paths are in no hands of DVC

    safe_loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is many times faster
    try:
        return yaml.load(data, Loader=safe_loader) if len(data) <= limit else None  # noqa: S506 - plain data only
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _sections(document: object) -> Iterator[dict[Any, Any]]:
    """Yield the mappings that have outs: the file itself, or each stage of a lock (at the top, before schema 2.0)."""
    if not isinstance(document, dict):
        return
    yield document
    stages = document.get("stages", document)
    for stage in stages.values() if isinstance(stages, dict) else ():
        if isinstance(stage, dict):
            yield stage


def _outs(section: dict[Any, Any], base: str) -> Iterator[Out]:
    outs, wdir = section.get("outs"), section.get("wdir", ".")
    if not isinstance(outs, list) or not isinstance(wdir, str):
        return
    for out in outs:
        path, md5 = (out.get("path"), out.get("md5")) if isinstance(out, dict) else (None, None)
        if not isinstance(path, str) or not isinstance(md5, str) or not MD5.fullmatch(md5):
            continue
        whole = os.path.normpath(os.path.join(base, wdir, path))
        if whole == "." or not unsafe_path(quote(raw(whole))):
            url, etag = _origin(section) if len(outs) == 1 and not md5.endswith(".dir") else ("", "")
            yield Out("" if whole == "." else whole, md5, _size(out.get("size")), url, etag)


def _origin(section: dict[Any, Any]) -> tuple[str, str]:
    """Return the address that `dvc import-url` read the one out from, and its entity tag."""
    deps = section.get("deps")
    if not isinstance(deps, list) or len(deps) != 1 or not isinstance(deps[0], dict) or "cmd" in section:
        return "", ""
    url, etag = deps[0].get("path"), deps[0].get("etag") or deps[0].get("checksum")
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url) or unsafe_url(url):
        return "", ""
    return url, etag if isinstance(etag, str) else ""


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < SIZE_LIMIT else None
