"""A lock as it is read: what was installed, each package judged, and what in it is refused.

The lock is a `pylock.toml` (PEP 751). It may have come from anybody, so that nothing of it is taken on trust: an
entry that does not fit is named and left out. Addresses of indexes in it are read to be mentioned, never to be used.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitprov.errors import InvalidRecord
from gitprov.model.text import single_line
from gitprov.replay.environment import patterns
from gitprov.replay.environment.package import Package, judged

MOST_BYTES: Final = 16 << 20
MOST_PACKAGES: Final = 20_000
_MARKER: Final = re.compile(r"(implementation_name|platform_machine|sys_platform) == '([\w.-]{1,40})'")
_CONDA: Final = re.compile(r"https?://[\w.~:/%+!-]+(?:#(?:sha256:)?[0-9a-f]{32,64})?|[\w.+!-]+(?:=[\w.+!-]+){1,2}")


class Lock(NamedTuple):
    """An environment as it was recorded."""

    python: str = ""
    """The interpreter's version; empty where it is not known, or there was none."""
    implementation: str = ""
    """`cpython`, `pypy`; empty where it is not known, like the next two."""
    machine: str = ""
    system: str = ""
    packages: tuple[Package, ...] = ()
    conda: tuple[str, ...] = ()
    """What conda kept, in the form that `conda create --file` takes below `@EXPLICIT`."""
    indexes: tuple[str, ...] = ()
    """Addresses of indexes that it names, as text for people. They are not used."""
    refused: tuple[str, ...] = ()
    """What could not be taken from it, and why."""

    def named(self) -> dict[str, Package]:
        """Return the packages by name."""
        return {package.name: package for package in self.packages}


def read(data: bytes) -> Lock:
    """Return what a lock says. Raises `InvalidRecord` for what is no lock at all."""
    table = _table(data)
    packages, refused = _packages(table.get("packages"))
    own = _own(table)
    conda, bad = _conda(own.get("conda"))
    facts = _facts(table.get("environments"))
    return Lock(
        python=_python(own.get("python")),
        implementation=facts.get("implementation_name", ""),
        machine=facts.get("platform_machine", ""),
        system=facts.get("sys_platform", ""),
        packages=tuple(packages[name] for name in sorted(packages)),
        conda=tuple(conda),
        indexes=_indexes(table.get("packages")),
        refused=(*refused, *bad),
    )


def _table(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise InvalidRecord(f"the lock has {len(data)} bytes, the limit is {MOST_BYTES}")
    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidRecord(f"the lock cannot be read: {single_line(str(error), 200)}") from None
    if str(table.get("lock-version", "")).partition(".")[0] != "1":
        raise InvalidRecord("the lock is no pylock.toml of version 1")
    return table


def _packages(listed: object) -> tuple[dict[str, Package], list[str]]:
    found: dict[str, Package] = {}
    refused: list[str] = []
    entries = listed if isinstance(listed, list) else []
    for entry in entries[:MOST_PACKAGES]:
        package, why = judged(entry)
        if package is None:
            refused.append(why)
        elif package.name in found:
            refused.append(f"{package.name} is named twice; the first counts")
        else:
            found[package.name] = package
    if len(entries) > MOST_PACKAGES:
        refused.append(f"{len(entries) - MOST_PACKAGES} packages beyond the first {MOST_PACKAGES}")
    return found, refused


def _own(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what stands under `[tool.git-prov]`."""
    tool = table.get("tool")
    own = tool.get("git-prov") if isinstance(tool, dict) else None
    return own if isinstance(own, dict) else {}


def _python(version: object) -> str:
    return version if isinstance(version, str) and patterns.PYTHON.fullmatch(version) else ""


def _facts(environments: object) -> dict[str, str]:
    marker = environments[0] if isinstance(environments, list) and environments else ""
    return dict(_MARKER.findall(marker)) if isinstance(marker, str) and len(marker) < 1000 else {}


def _conda(listed: object) -> tuple[list[str], list[str]]:
    specs = [str(spec) for spec in listed[:MOST_PACKAGES]] if isinstance(listed, list) else []
    good = [spec for spec in specs if len(spec) <= 2000 and _CONDA.fullmatch(spec)]
    bad = [f"{single_line(spec, 60)} is no package of conda" for spec in specs if spec not in set(good)]
    return good, bad


def _indexes(listed: object) -> tuple[str, ...]:
    entries = listed if isinstance(listed, list) else []
    named = {str(entry["index"]) for entry in entries if isinstance(entry, dict) and entry.get("index")}
    return tuple(sorted(single_line(index, 200) for index in named))
