"""How two locks differ, package by package."""

from typing import Final

from gitprov.model.environments import Change
from gitprov.model.text import quote
from gitprov.replay.environment.lock import Lock
from gitprov.replay.environment.package import ARCHIVE, DIRECTORY, INDEX, VCS, Package

PYTHON: Final = "python"
_STAND_IN: Final = ({ARCHIVE, INDEX}, {DIRECTORY, VCS})
"""A release for a file that it was installed from, the recorded commit for a source tree."""


def differences(before: Lock, after: Lock) -> list[Change]:
    """Return what differs, the interpreter first, then packages by name."""
    one, other = stated(before), stated(after)
    names = sorted({**one, **other}, key=lambda name: (name != PYTHON, name))
    changes = (Change(name, one.get(name, ""), other.get(name, "")) for name in names)
    return [change for change in changes if change.before != change.after]


def stated(lock: Lock) -> dict[str, str]:
    """Return what is installed, by name, in words that are the same only where the packages are."""
    python = {PYTHON: lock.python} if lock.python else {}
    conda = dict(_conda(spec) for spec in lock.conda)
    return {**python, **{one.name: statement(one) for one in lock.packages}, **conda}


def versions(lock: Lock) -> dict[str, str]:
    """Return the version of each distribution; where that says too little, its commit or directory."""
    return {one.name: statement(one) for one in lock.packages}


def both(before: Lock, after: Lock) -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of both, the same where one was installed in the place of the other as well as it can be."""
    mine, its = versions(before), versions(after)
    one, other = before.named(), after.named()
    for name in one.keys() & other.keys():
        sources = {one[name].source, other[name].source}
        if one[name].version == other[name].version and sources in _STAND_IN:
            its[name] = mine[name]
    return mine, its


def statement(package: Package) -> str:
    """Return which package it is, without its name: `1.26.4`, `1.2 (git 1a2b3c4d5e)`, `0.1 (editable, libs/b)`."""
    more = []
    if package.source == VCS:
        more.append(f"git {package.commit[:10]}")
    elif package.source == ARCHIVE:
        more.append(package.hashes[0][:18] if package.hashes else quote(package.url or package.path, one_line=True))
    elif package.source == DIRECTORY:
        kind = "editable, " if package.editable else ""
        more.append(f"{kind}{quote(package.path, one_line=True)}")
    if package.is_condas:
        more.append("conda")
    said = f"({', '.join(more)})" if more else ""
    return f"{package.version} {said}".strip() or "?"


def _conda(spec: str) -> tuple[str, str]:
    """Return name and version with build of a package that conda keeps."""
    if "://" not in spec:
        name, _, rest = spec.partition("=")
        return f"conda: {name}", rest
    file = spec.partition("#")[0].rpartition("/")[2]
    stem = file.removesuffix(".conda").removesuffix(".tar.bz2")
    name, version, build = [*stem.rsplit("-", 2), "", ""][:3]
    return f"conda: {name}", f"{version}={build}"
