"""What conda, mamba and pixi installed below a prefix, in the form that `conda create --file` takes.

Each package has a record in `conda-meta`. Its URL and digest name one build of one channel, which is all that is
needed to install the same again; so an environment without any Python (R from conda) is described as well as others.
"""

import json
import os
import re
from typing import Any, Final, NamedTuple

from gitprov.capture.secrets.redactor import Redactor

DIRECTORY: Final = "conda-meta"
_IN_PATH: Final = r"/t/[^/]+/"  # a private channel's access token stands in its path
_INFO: Final = r"(?:^|/)site-packages/([^/]+\.(?:dist|egg)-info)(?:/|$)"


class Package(NamedTuple):
    """One installed package."""

    spec: str
    """A line of an explicit list, `URL#MD5` or `URL#sha256:...`; `name=version=build` where no URL is known."""
    name: str
    version: str
    folders: list[str]
    """The folders that tell Python of it, `numpy-1.26.4.dist-info`: those distributions are conda's."""


def has_conda(prefix: str) -> bool:
    """Tell whether conda or its like keeps the environment at `prefix`."""
    return bool(prefix) and os.path.isdir(os.path.join(prefix, DIRECTORY))


def kind(prefix: str) -> str:
    """Say who keeps the environment at `prefix`: `pixi`, `conda`; empty for nobody of them."""
    if not has_conda(prefix):
        return ""
    return "pixi" if os.path.exists(os.path.join(prefix, DIRECTORY, "pixi")) else "conda"


def list_packages(prefix: str) -> list[Package]:
    """Return what is installed below `prefix`, sorted; none where there is no conda."""
    directory = os.path.join(prefix, DIRECTORY)
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(".json"))
    except OSError:
        return []
    found = (_package(os.path.join(directory, name), name[: -len(".json")]) for name in names)
    return sorted(package for package in found if package is not None)


def _package(path: str, stem: str) -> Package | None:
    parts = stem.rsplit("-", 2)
    if len(parts) != 3:
        return None
    name, version, _ = parts
    record = _record(path)
    return Package(_explicit(record) or "=".join(parts), name, version, _folders(record.get("files")))


def _folders(files: object) -> list[str]:
    named = [file for file in files if isinstance(file, str) and "-info" in file] if isinstance(files, list) else []
    return sorted({match[1] for file in named if (match := re.search(_INFO, file))})


def _explicit(record: dict[str, Any]) -> str:
    url = record.get("url")
    if not isinstance(url, str) or "://" not in url:
        return ""
    url = re.sub(_IN_PATH, "/", Redactor().url(url))
    for name, length, mark in (("md5", 32, ""), ("sha256", 64, "sha256:")):  # every conda knows the first
        if re.fullmatch(f"[0-9a-f]{{{length}}}", str(record.get(name))):
            return f"{url}#{mark}{record[name]}"
    return url


def _record(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb", buffering=0) as file:
            record = json.loads(file.readall() or b"")
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
