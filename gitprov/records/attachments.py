"""Attachments under `refs/prov/data`: each content once, however many runs have it."""

import os
from collections.abc import Iterable, Mapping

from gitprov.gitrepo.read import CatFile
from gitprov.gitrepo.refs import list_refs
from gitprov.gitrepo.repo import Repo
from gitprov.records.layout import DATA, REMOTES, State


def not_stored(repo: Repo, state: State, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """What of `data` (bytes by digest) no data ref holds yet, ours or fetched."""
    unknown = {digest: content for digest, content in data.items() if not os.path.exists(_mark(state, digest))}
    if not unknown:
        return {}
    stored = _search(repo, list(unknown))
    mark_stored(state, stored)
    return {digest: content for digest, content in unknown.items() if digest not in stored}


def read(repo: Repo, digests: Iterable[str]) -> dict[str, bytes]:
    """The bytes of those attachments that are here; whether they are what their digest says is the caller's to see."""
    where = _search(repo, list(digests))
    reader = CatFile(repo)
    try:
        found = {digest: reader.get(f"{commit}:{_path(digest)}") for digest, commit in where.items()}
    finally:
        reader.close()
    return {digest: item.data for digest, item in found.items() if item}


def mark_stored(state: State, digests: Iterable[str]) -> None:
    """Remember that these are stored, so that the next run does not look for them."""
    for digest in digests:
        path = _mark(state, digest)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb"):
                pass
        except OSError:
            return  # a cache


def _mark(state: State, digest: str) -> str:
    return os.path.join(state.cache, "stored", digest.replace(":", "-"))


_MOST_NAMED = 500
"""More paths than this are not named on a command line: everything is listed instead."""


def _path(digest: str) -> str:
    return digest.replace(":", "/", 1)


def _search(repo: Repo, digests: list[str]) -> dict[str, str]:
    """The commit that brought each of the attachments, as far as they are here."""
    refs = list_refs(repo.git, DATA, REMOTES)
    tips = [ref.oid for ref in refs if ref.kind == "commit" and (ref.name.startswith(DATA) or "/data/" in ref.name)]
    if not tips or not digests:
        return {}
    paths = {_path(digest): digest for digest in digests}
    # whatever the person has set for `git log`
    plain = ("--root", "--no-renames", "--no-follow", "--no-show-signature")
    named = list(paths) if len(paths) <= _MOST_NAMED else ["b3"]
    args = ("log", *plain, "--format=%x00%H", "--name-only", "--diff-filter=A", "-z", *tips, "--", *named)
    found: dict[str, str] = {}
    commit = ""
    for item in repo.git.run(*args).decode("utf-8", "replace").split("\0"):
        word = item.strip("\n")
        if word in paths:
            found[paths[word]] = commit
        elif "/" not in word and word:
            commit = word
    return found
