"""An environment as a lock file: `pylock.toml`, PEP 751, https://packaging.python.org/specifications/pylock-toml/.

It states what was installed, no more. What came from an index has its name and version only: which of a release's
files was installed, and its hash, is not kept by any installer. That fits the specification's schema; an installer
that wants files and hashes has to look them up first. What the specification has no place for stands under
`[tool.git-prov]`, which installers pass over: the interpreter's own version; `conda`, the lines of a file that
`conda create --file` takes below `@EXPLICIT`; and of a package, that conda installed it, or the URL of an archive of
which nobody kept a hash.

The bytes are a function of the environment: sorted, without times, and without paths of this machine except those of
source trees outside the repository.
"""

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import tomli_w

from gitprov.capture.environment.conda import Package
from gitprov.capture.environment.sites import Distribution
from gitprov.capture.realpaths import is_really_inside

VERSION: Final = (  # PEP 440, as its appendix B spells it
    r"(?i)v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?"
)
"""A version that installers understand, as an expression."""


def render(
    facts: dict[str, Any], distributions: Iterable[Distribution], conda: Sequence[Package] = (), worktree: str = ""
) -> bytes:
    """Return the lock of an environment; `facts` are `facts.facts()`, of distributions of one name the first counts.

    Without Python the facts are empty and conda's packages are all there is. Source trees inside `worktree` are
    written relative to it, as if the lock stood at its root.
    """
    folders = {folder for package in conda for folder in package.folders}
    packages: dict[str, dict[str, Any]] = {}
    for one in distributions:
        packages.setdefault(one.name, _package(one, worktree, is_condas=one.folder in folders))
    tool = {"python": facts["version"]} if facts else {}
    lock = {
        "lock-version": "1.0",
        **(_interpreters(facts) if facts else {}),
        "created-by": "git-prov",
        "packages": [packages[name] for name in sorted(packages)],
        "tool": {"git-prov": {**tool, **({"conda": [package.spec for package in conda]} if conda else {})}},
    }
    return tomli_w.dumps(lock).encode()


def _interpreters(facts: dict[str, Any]) -> dict[str, Any]:
    minor = ".".join(facts["version"].split(".")[:2])
    return {"environments": [_marker(facts)], "requires-python": f"=={minor}.*"}


def _marker(facts: dict[str, Any]) -> str:
    return (
        f"implementation_name == '{facts['implementation']}' and platform_machine == '{facts['machine']}'"
        f" and sys_platform == '{facts['system']}'"
    )


def _package(distribution: Distribution, worktree: str, *, is_condas: bool) -> dict[str, Any]:
    package: dict[str, Any] = {"name": distribution.name}
    version, source = distribution.version, dict(distribution.source)
    url = source.pop("url", "")
    # A source tree can change below its version, so the specification wants none there.
    if version and "vcs" not in source and "directory" not in source and re.fullmatch(VERSION, version):
        package["version"] = version
        version = ""
    if "directory" in source:
        source["directory"] = {**source["directory"], "path": _seen_from(worktree, source["directory"]["path"])}
    package.update(source)
    told = {"version": version, "url": url, "installer": "conda" if is_condas else ""}
    if own := {name: value for name, value in told.items() if value}:
        package["tool"] = {"git-prov": own}
    return package


def _seen_from(worktree: str, path: str) -> str:
    if not is_really_inside(path, worktree):
        return path
    return os.path.relpath(os.path.realpath(path), os.path.realpath(worktree))
