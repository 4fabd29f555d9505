"""The distributions installed in a directory, from the names of what is in it.

A name says name and version (`numpy-1.26.4.dist-info`); inside is looked only for where a distribution came from a
URL or a directory (`direct_url.json`), which no name tells.
"""

import json
import os
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from gitprov.capture.secrets.redactor import Redactor

_NAME_AND_VERSION: Final = r"([A-Za-z0-9](?:[\w.-]*?[A-Za-z0-9])?)-(v?\d.*)"
_PYTHON_SUFFIX: Final = r"-py\d+(\.\d+)*(-.*)?"
_MOST_BYTES: Final = 64 * 1024


class Distribution(NamedTuple):
    """An installed distribution: normalised name, version (`""` when unknown), and where it came from.

    `source` is empty for what came from an index; else the table that PEP 751 has for it, under its name: `vcs`,
    `directory` (with an absolute path) or `archive`. An archive without a hash has no such table: there it is `url`.
    """

    name: str
    version: str
    source: dict[str, Any]
    folder: str = ""
    """What tells of it in its directory: `numpy-1.26.4.dist-info`."""


def list_distributions(directory: str) -> list[Distribution]:
    """Return the distributions in one site directory, sorted by name; none when it cannot be read."""
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    found = {}
    for name in names:
        stem, suffix = os.path.splitext(name)
        if suffix in _READERS and (one := _READERS[suffix](directory, name, stem)):
            found[one.name] = one
    return [found[name] for name in sorted(found)]


def source_trees(installed: Iterable[Distribution]) -> dict[str, str]:
    """Return the source trees that are imported from in place (editable installs), by distribution."""
    trees: dict[str, str] = {}
    seen = set()
    for one in installed:
        directory = one.source.get("directory")
        if one.name not in seen and isinstance(directory, dict) and directory.get("editable"):
            trees[one.name] = directory["path"]
        seen.add(one.name)
    return trees


def _dist_info(directory: str, name: str, stem: str) -> Distribution | None:
    match = re.fullmatch(_NAME_AND_VERSION, stem)
    if match is None:  # such as "~ip-23.0", which a broken uninstall leaves behind
        return None
    record = _read(os.path.join(directory, name, "direct_url.json"))
    return Distribution(_normalised(match[1]), match[2], _source(record) if record else {}, name)


def _egg_info(directory: str, name: str, stem: str) -> Distribution | None:
    match = re.fullmatch(_NAME_AND_VERSION, re.sub(_PYTHON_SUFFIX + "$", "", stem))
    if match is not None:
        return Distribution(_normalised(match[1]), match[2], {}, name)
    if not stem[:1].isalnum():
        return None
    version = _version_in(os.path.join(directory, name))
    # Without a version in its name it belongs to a source tree that is worked in, but for some that Debian installs.
    is_installed = os.path.basename(directory) in ("site-packages", "dist-packages")
    source = {} if is_installed else {"directory": {"path": directory, "editable": True}}
    return Distribution(_normalised(stem), version, source, name)


def _egg_link(directory: str, name: str, stem: str) -> Distribution | None:
    """Read what `setup.py develop` writes: a file that names the source tree."""
    lines = _read(os.path.join(directory, name)).decode("utf-8", "surrogateescape").splitlines()
    if not lines:
        return None
    tree = os.path.normpath(os.path.join(directory, lines[0].strip()))
    version = _version_in(os.path.join(tree, f"{stem.replace('-', '_')}.egg-info"))
    return Distribution(_normalised(stem), version, {"directory": {"path": tree, "editable": True}}, name)


_READERS: Final = {".dist-info": _dist_info, ".egg-info": _egg_info, ".egg": _egg_info, ".egg-link": _egg_link}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version_in(egg_info: str) -> str:
    match = re.search(rb"^Version: *(\S+)", _read(os.path.join(egg_info, "PKG-INFO")), re.MULTILINE)
    return match[1].decode("ascii", "replace") if match else ""


def _read(path: str) -> bytes:
    """Return the first bytes of a file that may not be there."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(_MOST_BYTES) or b""
    except OSError:
        return b""


def _source(record: bytes) -> dict[str, Any]:
    """Turn a `direct_url.json` (PEP 610) into the table that a lock has for it; `{}` for one that makes no sense."""
    try:
        data = json.loads(record)
        url = Redactor().url(str(data["url"]))
    except (ValueError, TypeError, KeyError):
        return {}
    within = {"subdirectory": str(data["subdirectory"])} if data.get("subdirectory") else {}
    if isinstance(vcs := data.get("vcs_info"), dict):
        return _vcs(url, vcs, within)
    if isinstance(directory := data.get("dir_info"), dict):
        editable = {"editable": True} if directory.get("editable") is True else {}
        return {"directory": {"path": _path_of(url), **editable, **within}}
    return _archive(url, data.get("archive_info"), within)


def _vcs(url: str, vcs: dict[str, Any], within: dict[str, str]) -> dict[str, Any]:
    if not vcs.get("vcs") or not vcs.get("commit_id"):
        return {}
    requested = {"requested-revision": str(vcs["requested_revision"])} if vcs.get("requested_revision") else {}
    return {"vcs": {"type": str(vcs["vcs"]), "url": url, **requested, "commit-id": str(vcs["commit_id"]), **within}}


def _archive(url: str, archive: object, within: dict[str, str]) -> dict[str, Any]:
    """Return the archive's table, whose hashes are required."""
    known = archive if isinstance(archive, dict) else {}
    algorithm, _, value = str(known.get("hash") or "").partition("=")
    hashes = known.get("hashes") or ({algorithm: value} if value else {})
    # A file of this machine is named alone: whoever restores puts it beside the lock.
    where = {"path": os.path.basename(_path_of(url))} if url.startswith("file:") else {"url": url}
    if not isinstance(hashes, dict) or not hashes:
        return {"url": where.get("path", url)}
    return {"archive": {**where, "hashes": {str(key): str(hashes[key]) for key in sorted(hashes)}, **within}}


def _path_of(url: str) -> str:
    from urllib.parse import unquote

    return unquote(url.removeprefix("file://").removeprefix("localhost")) if url.startswith("file:") else url
