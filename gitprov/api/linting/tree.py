"""What is tracked: names, and the configuration files among them. Read from the working tree, as it is now."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gitprov.api.linting import names, recorded
from gitprov.api.linting.absolute import find
from gitprov.api.policy.loading import load
from gitprov.api.session import Session
from gitprov.errors import ExitStatus, NotFound, ProvError, UsageError
from gitprov.gitrepo.changes import index_entries
from gitprov.gitrepo.repo import Repo
from gitprov.model.advice import Advice, Linted
from gitprov.model.text import quote, single_line

_ENDINGS: Final = (".yaml", ".yml", ".toml", ".json", ".ini", ".cfg")
_LARGEST: Final = 256 << 10
"""Bytes of a configuration file that somebody wrote."""
_FILE: Final = "100"
"""How the modes of ordinary files begin."""
_OF_MACHINES: Final = ("docker-compose", "compose.")
"""Beginnings of names of files that are about machines, where such paths are right."""


def lint(session: Session, paths: Sequence[str] = ()) -> Linted:
    """Look at all that is tracked and at the newest runs, or at these paths alone.

    Raises `NotFound` for a path where nothing is tracked, `PolicyError` where the settings cannot be read.
    """
    repo = session.repo
    if repo.worktree is None:
        raise ProvError("there is no working tree here to look at", hint="do it in a clone")
    entries = index_entries(repo)
    ignored = _ignored(repo, entries)
    every = [path for path in entries if path not in ignored]
    chosen = _chosen(repo, paths, every) if paths else every
    found = list(names.advice(chosen, every))
    for path in chosen:
        if entries[path][0].startswith(_FILE) and _is_configuration(path):
            found += _of_configuration(repo.worktree, path)
    runs = [] if paths else recorded.newest(session)
    in_order = sorted(found, key=lambda one: (one.path, one.line))
    return Linted([*in_order, *recorded.advice(runs, repo.worktree)], len(chosen), len(runs))


def _ignored(repo: Repo, tracked: Iterable[str]) -> frozenset[str]:
    patterns = load(repo).shared.lint.ignore
    if not patterns:
        return frozenset()
    from pathspec import GitIgnoreSpec  # dear to import

    return frozenset(GitIgnoreSpec.from_lines(patterns).match_files(tracked))


def _chosen(repo: Repo, paths: Sequence[str], tracked: Sequence[str]) -> list[str]:
    """What is tracked at these paths, as the person wrote them."""
    chosen: dict[str, None] = {}
    for path in paths:
        place = _from_top(repo, path)
        there = [one for one in tracked if place in (".", one) or one.startswith(f"{place}/")]
        if not there:
            raise NotFound(
                f"nothing is tracked at {single_line(quote(path), 100)}",
                hint="see what is: git ls-files",
                status=ExitStatus.FATAL,
            )
        chosen.update(dict.fromkeys(there))
    return list(chosen)


def _from_top(repo: Repo, path: str) -> str:
    top = os.path.realpath(repo.worktree or "")
    place = os.path.join(top, repo.prefix, path)
    below = os.path.normpath(
        os.path.relpath(os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place)), top)
    )
    if below == ".." or below.startswith("../"):
        raise UsageError(f"{single_line(quote(path), 100)} is not in this repository")
    return below


def _is_configuration(path: str) -> bool:
    """Whether a file is one that people write for programs; what is in a directory with a dot is for machines."""
    *above, name = path.split("/")
    return (
        name.endswith(_ENDINGS)
        and not name.startswith(_OF_MACHINES)
        and not name.endswith(("-lock.json", ".lock.json", "-lock.yaml"))
        and not any(part.startswith(".") for part in above)
    )


def _of_configuration(top: str, path: str) -> Iterator[Advice]:
    file = os.path.join(top, path)
    try:
        if os.path.islink(file) or not os.path.isfile(file) or os.path.getsize(file) > _LARGEST:
            return
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
    except (OSError, ValueError):
        return
    for found in find(text, top):
        what = f"has {single_line(quote(found.path), 100)}"
        yield Advice("absolute", quote(path), found.line, what, found.why, found.instead)
