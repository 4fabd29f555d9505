"""R: its version and the packages that a run loaded, from the files it touched; R itself is not asked.

A package is a directory in a library, and its `DESCRIPTION` says what it is and where it came from. R reads
`Meta/package.rds` of a package when it loads it, and of no other.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.capture.environment.finding import locate
from gitprov.capture.headfile import head

_LOADED: Final = "/Meta/package.rds"
_FIELD: Final = r"^([A-Za-z@]+):[ \t]*(.*)$"
_MOST: Final = 500
# How the usual installers say which commit they took; the repository's own name stands in `Repository`.
_REMOTE: Final = {"RemoteHost": "host", "RemoteUsername": "user", "RemoteRepo": "repo", "RemoteSha": "commit"}


def r_packages(paths: Iterable[str]) -> list[dict[str, str]]:
    """Return `name` and `version` of each package that was loaded, sorted; of all that do not belong to R itself.

    `repository` names where it was released (`CRAN`); `host`, `user`, `repo` and `commit` tell of one from a
    repository of source code. `paths` are the absolute paths that the run read.
    """
    folders = sorted({path[: -len(_LOADED)] for path in paths if path.endswith(_LOADED)})
    found = (_package(folder) for folder in folders[:_MOST])
    return sorted((one for one in found if one), key=lambda one: (one["name"], one["version"]))


def r_version(paths: Iterable[str], argv0: str, environ: Mapping[str, str], cwd: str) -> str:
    """Return the version of the R that the run used, from the files it touched or else from the program `argv0`.

    Empty where there was no R: `argv0` counts only where it is `R` or `Rscript`.
    """
    base = next((path for path in paths if path.endswith("/library/base/R/base.rdb")), "")
    home = base.removesuffix("/library/base/R/base.rdb") if base else _home(argv0, environ, cwd)
    return _description(os.path.join(home, "library/base")).get("Version", "") if home else ""


def _home(argv0: str, environ: Mapping[str, str], cwd: str) -> str:
    """Return R's own directory, which its start script names."""
    if os.path.basename(argv0) not in ("R", "Rscript"):
        return ""
    program = locate(argv0, environ, cwd)
    script = os.path.join(os.path.dirname(os.path.realpath(program)), "R") if program else ""
    match = re.search(r"^R_HOME_DIR=[\"']?([^\"'\s]+)", head(script), re.MULTILINE)
    return match[1] if match else ""


def _package(folder: str) -> dict[str, str]:
    described = _description(folder)
    if described.get("Priority") == "base" or not described.get("Package"):
        return {}
    found = {"name": described["Package"], "version": described.get("Version", "")}
    if repository := described.get("Repository"):
        found["repository"] = repository
    if described.get("RemoteSha") and described.get("RemoteType") not in (None, "standard"):
        found |= {name: described[field] for field, name in _REMOTE.items() if field in described}
    return found


def _description(folder: str) -> dict[str, Any]:
    return dict(re.findall(_FIELD, head(os.path.join(folder, "DESCRIPTION")), re.MULTILINE))
