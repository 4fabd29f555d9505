"""An environment as a lock file: `pylock.toml`, PEP 751, https://packaging.python.org/specifications/pylock-toml/.

It states what was installed, no more. What came from an index has its name and version only: which of a release's
files was installed, and its hash, is not kept by any installer. That fits the specification's schema; an installer
that wants files and hashes has to look them up first. What the specification has no place for (the interpreter's own
version, packages of conda that are not Python's) stands under `[tool.git-prov]`, which installers pass over.

The bytes are a function of the environment: sorted, without times, and without paths of this machine except those of
source trees outside the repository.
"""

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import tomli_w

from gitprov.capture.sites import Distribution

_VERSION: Final = (  # PEP 440, as its appendix B spells it
    r"(?i)v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?"
)


def render(
    facts: dict[str, Any], distributions: Iterable[Distribution], conda: Sequence[str] = (), worktree: str = ""
) -> bytes:
    """Return the lock of an environment; `facts` are `facts.facts()`, of distributions of one name the first counts.

    Source trees inside `worktree` are written relative to it, as if the lock stood at its root.
    """
    packages: dict[str, dict[str, Any]] = {}
    for distribution in distributions:
        packages.setdefault(distribution.name, _package(distribution, worktree))
    minor = ".".join(facts["version"].split(".")[:2])
    tool = {"python": facts["version"], **({"conda": list(conda)} if conda else {})}
    lock = {
        "lock-version": "1.0",
        "environments": [_marker(facts)],
        "requires-python": f"=={minor}.*",
        "created-by": "git-prov",
        "packages": [packages[name] for name in sorted(packages)],
        "tool": {"git-prov": tool},
    }
    return tomli_w.dumps(lock).encode()


def _marker(facts: dict[str, Any]) -> str:
    return (
        f"implementation_name == '{facts['implementation']}' and platform_machine == '{facts['machine']}'"
        f" and sys_platform == '{facts['system']}'"
    )


def _package(distribution: Distribution, worktree: str) -> dict[str, Any]:
    package: dict[str, Any] = {"name": distribution.name}
    version, source = distribution.version, dict(distribution.source)
    # A source tree can change below its version, so the specification wants none there.
    if version and "vcs" not in source and "directory" not in source and re.fullmatch(_VERSION, version):
        package["version"] = version
        version = ""
    if "directory" in source:
        source["directory"] = {**source["directory"], "path": _seen_from(worktree, source["directory"]["path"])}
    package.update(source)
    if version:
        package["tool"] = {"git-prov": {"version": version}}
    return package


def _seen_from(worktree: str, path: str) -> str:
    real, root = os.path.realpath(path), os.path.realpath(worktree)
    inside = worktree and (real == root or real.startswith(root.rstrip("/") + "/"))
    return os.path.relpath(real, root) if inside else path
