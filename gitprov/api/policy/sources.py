"""Where settings stand: the working tree, the index, a commit. Bytes and a name for them, not yet understood."""

import os
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from gitprov.api.settings import FILE, LIMIT, PROJECT, is_endless, mentions_us, read_file
from gitprov.errors import ConfigError
from gitprov.gitrepo.process import text
from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.repo import Repo
from gitprov.model.ids import ABBREV, is_oid

WORKTREE: Final = ""
"""The files as they stand in the working tree."""
INDEX: Final = ":"
"""What is about to be committed."""
_OURS: Final = "2"
"""The stage of the index in which a merge keeps what was ours."""
_LINK: Final = "120000"
_FILE_MODE: Final = "100"


class Source(NamedTuple):
    """A text with settings in it."""

    data: bytes
    file: str
    """What to call it: `.gitprov.toml`, `:.gitprov.toml` in the index, `main:pyproject.toml` in a commit."""
    above: tuple[str, ...] = ()
    """The keys below which the settings stand in it."""


class _Entry(NamedTuple):
    mode: str
    oid: str


def find(repo: Repo, source: str, *, index_file: str = "") -> Source | None:
    """Return the text in which settings stand; None where there are none.

    `source` is `WORKTREE`, `INDEX` or a revision; a repository without a working tree has its settings in `HEAD`.
    `index_file` is the index that git means, where it is not its usual one (`GIT_INDEX_FILE` of a hook). Raises
    `ConfigError` where it cannot be read, `GitFailed` where there is no such revision.
    """
    if source == WORKTREE and repo.worktree is not None:
        return _in_worktree(repo.worktree)
    if source == INDEX:
        return _in_git(repo, _staged(repo, index_file), "")
    if source == WORKTREE:
        with_head = repo.git.succeeds("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return _in_git(repo, _committed(repo, "HEAD"), "HEAD") if with_head else None
    return _in_git(repo, _committed(repo, source), source[:ABBREV] if is_oid(source) else source)


def _in_worktree(top: str) -> Source | None:
    path = os.path.join(top, FILE)
    if os.path.islink(path) and not _is_inside(os.path.realpath(path), os.path.realpath(top)):
        raise _leads_out(FILE)
    own = read_file(path, FILE)
    if own is not None:
        return Source(own, FILE)
    return _of_project(read_file(os.path.join(top, PROJECT), PROJECT, optional=True), PROJECT)


def _is_inside(path: str, top: str) -> bool:
    return path.startswith(top.rstrip(os.sep) + os.sep)


def _leads_out(file: str) -> ConfigError:
    return ConfigError(
        f"{file} is a link: what it leads to does not travel with the repository",
        hint="put the file itself in its place",
    )


def _of_project(data: bytes | None, file: str) -> Source | None:
    return Source(data, file, ("tool", "gitprov")) if data is not None and mentions_us(data) else None


def _staged(repo: Repo, index_file: str) -> "dict[str, _Entry]":
    """What stands in the index; where a merge has left several, what was ours."""
    where = ("-C", repo.worktree) if repo.worktree else ()
    env = {"GIT_INDEX_FILE": index_file} if index_file else None
    found: dict[str, _Entry] = {}
    for mode, oid, stage, path in _rows(repo.git.run(*where, "ls-files", "-s", "-z", "--", FILE, PROJECT, env=env)):
        if stage in ("0", _OURS):
            found[path] = _Entry(mode, oid)
    return found


def _committed(repo: Repo, revision: str) -> "dict[str, _Entry]":
    rows = _rows(repo.git.run("ls-tree", "-z", "--full-tree", "--end-of-options", revision, "--", FILE, PROJECT))
    return {path: _Entry(mode, oid) for mode, _, oid, path in rows}


def _rows(listing: bytes) -> Iterator[list[str]]:
    """The three words of each entry, and its path."""
    for row in text(listing).split("\0")[:-1]:
        words, _, path = row.partition("\t")
        yield [*words.split(), path]


def _in_git(repo: Repo, entries: "Mapping[str, _Entry]", revision: str) -> Source | None:
    """The text among these entries of the index, or of a commit."""
    own, project = entries.get(FILE), entries.get(PROJECT)
    if own is not None:
        file = f"{revision}:{FILE}"
        if own.mode == _LINK:
            raise _leads_out(file)
        if not own.mode.startswith(_FILE_MODE):
            raise ConfigError(f"{file} is not a file", hint="put a file in its place, or take it out")
        return Source(_blob(repo, own.oid, file), file)
    if project is None or not project.mode.startswith(_FILE_MODE):
        return None
    file = f"{revision}:{PROJECT}"
    return _of_project(_blob(repo, project.oid, file), file)


def _blob(repo: Repo, oid: str, file: str) -> bytes:
    reader = CatFile(repo)
    try:
        found = next(iter(reader.many([oid], limit=LIMIT)), None)
    finally:
        reader.close()
    if found is None or found.kind != "blob":
        raise ConfigError(f"{file} cannot be read: its object is missing or damaged", hint="see: git fsck")
    if found.size > LIMIT:
        raise ConfigError(f"{file} cannot be read: it has more than {LIMIT >> 20} MiB", hint="make it shorter")
    if is_endless(found.data):
        raise ConfigError(f"{file} cannot be read: it has a key of more than 100 parts", hint="mend the file")
    return found.data
