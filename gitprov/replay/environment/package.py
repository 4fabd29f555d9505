"""One package of a lock: what it is and where it came from, held against patterns."""

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote as unquoted

from gitprov.model.text import is_clean, single_line, unsafe_absolute, unsafe_path
from gitprov.replay.environment import patterns

INDEX: Final = "index"
VCS: Final = "vcs"
ARCHIVE: Final = "archive"
DIRECTORY: Final = "directory"

Entry = Mapping[str, Any]


class Package(NamedTuple):
    """An installed distribution as a lock has it."""

    name: str
    version: str = ""
    """As it was recorded; empty where it is not known."""
    source: str = INDEX
    """`index`, `vcs`, `archive` or `directory`."""
    url: str = ""
    """Of a repository or an archive, an address that may be used; empty where there is none."""
    commit: str = ""
    """Of a repository."""
    path: str = ""
    """Of a directory, from the repository's root, or absolute for one outside; of an archive, its file's name."""
    requested: str = ""
    """The branch or tag that led to the commit; only said, never used."""
    subdirectory: str = ""
    editable: bool = False
    """Whether it was imported from its directory in place."""
    hashes: tuple[str, ...] = ()
    """Of files that are it: `sha256:...`."""
    is_condas: bool = False
    """Whether conda installed it."""
    problem: str = ""
    """Why it cannot be installed as it was recorded; empty where it can."""

    @property
    def is_inside(self) -> bool:
        """Whether it is a directory of the repository itself."""
        return self.source == DIRECTORY and bool(self.path) and not os.path.isabs(self.path)


def judged(entry: object) -> tuple[Package | None, str]:
    """Return the package that an entry of a lock is; or `None`, and why it is refused."""
    if not isinstance(entry, dict):
        return None, "an entry that is no table"
    name = entry.get("name")
    if not isinstance(name, str) or not patterns.is_name(name):
        return None, f"{_shown(name)} is no package's name"
    if entry.get("marker"):
        return None, f"{name} is only for some environments, and which these are is not judged here"
    own = _table(_table(entry, "tool"), "git-prov")
    version = entry.get("version") or own.get("version") or ""
    package = Package(name, str(version), is_condas=own.get("installer") == "conda")
    if version and not patterns.is_version(str(version)):
        package = package._replace(version=_shown(version), problem=f"its version {_shown(version)} is none")
    return _sourced(package, entry, own), ""


def _sourced(package: Package, entry: Entry, own: Entry) -> Package:
    if vcs := _table(entry, "vcs"):
        return _vcs(package, vcs)
    if directory := _table(entry, "directory"):
        return _directory(package, directory)
    if archive := _table(entry, "archive"):
        return _archive(package, archive)
    if url := own.get("url"):
        return _archive(package, {"url": url} if "/" in str(url) else {"path": url})
    if not package.version:
        return package._replace(problem="its version is not known")
    return package._replace(hashes=_file_hashes(entry))


def _vcs(package: Package, vcs: Entry) -> Package:
    url, commit = str(vcs.get("url", "")), str(vcs.get("commit-id", ""))
    package = package._replace(source=VCS, subdirectory=str(vcs.get("subdirectory", "")))
    if vcs.get("type") != "git":
        return package._replace(problem=f"it came from {_shown(vcs.get('type'))}; only git is understood")
    if not patterns.COMMIT.fullmatch(commit):
        return package._replace(problem="its commit was not recorded")
    requested = vcs.get("requested-revision")
    package = package._replace(commit=commit, requested=requested if isinstance(requested, str) else "")
    if url.startswith("file:///"):
        path = unquoted(url.removeprefix("file://"))
        problem = "" if is_clean(path) and "\n" not in path else "its repository has no plain name"
        return _inside(package._replace(path=path, problem=problem), package.subdirectory)
    problem = patterns.unsafe_repository(url)
    return _inside(package._replace(url="" if problem else url, problem=_it(problem)), package.subdirectory)


def _directory(package: Package, directory: Entry) -> Package:
    path, within = str(directory.get("path", "")), str(directory.get("subdirectory", ""))
    # An archive unpacked in the repository may have been given with another directory below it.
    package = package._replace(source=DIRECTORY, editable=directory.get("editable") is True, subdirectory=within)
    why = unsafe_absolute(path) if path.startswith("/") else unsafe_path(path)
    if why or path.startswith('"') or "\n" in path:
        # What is not plain text would have to stand in files of which each line means something.
        return package._replace(problem=f"its directory {why or 'has no plain name'}")
    return _inside(package._replace(path=path), within)


def _archive(package: Package, archive: Entry) -> Package:
    url, path = str(archive.get("url", "")), os.path.basename(str(archive.get("path", "")))
    within = str(archive.get("subdirectory", ""))
    package = package._replace(source=ARCHIVE, hashes=_hashes(archive.get("hashes")), subdirectory=within)
    if url:
        problem = patterns.unsafe_archive(url)
        return _inside(package._replace(url="" if problem else url, problem=_it(problem)), within)
    if not patterns.FILE.fullmatch(path):
        return package._replace(problem="the file it was installed from has no proper name")
    return package._replace(path=path)


def _inside(package: Package, subdirectory: str) -> Package:
    if subdirectory and not package.problem and (why := patterns.unsafe_subdirectory(subdirectory)):
        return package._replace(problem=f"it {why}", subdirectory="")
    return package


def _file_hashes(entry: Entry) -> tuple[str, ...]:
    wheels = entry.get("wheels")
    files = [*(wheels if isinstance(wheels, list) else []), entry.get("sdist")]
    found = (_hashes(file.get("hashes")) for file in files if isinstance(file, dict))
    return tuple(dict.fromkeys(hash_ for hashes in found for hash_ in hashes))


def _hashes(table: object) -> tuple[str, ...]:
    pairs = table.items() if isinstance(table, dict) else ()
    return tuple(f"{name}:{digits}" for name, digits in pairs if patterns.is_hash(str(name), str(digits).lower()))


def _table(entry: Entry, name: str) -> Entry:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def _it(problem: str) -> str:
    return f"it {problem}" if problem else ""


def _shown(value: object) -> str:
    return single_line(str(value), 60)
