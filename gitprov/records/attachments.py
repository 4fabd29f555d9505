"""Attachments under `refs/prov/data`: each content once, however many runs have it."""

import os
from collections.abc import Iterable, Mapping

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


def _search(repo: Repo, digests: list[str]) -> set[str]:
    refs = list_refs(repo.git, DATA, REMOTES)
    tips = [ref.oid for ref in refs if ref.kind == "commit" and (ref.name.startswith(DATA) or "/data/" in ref.name)]
    if not tips:
        return set()
    paths = [digest.replace(":", "/", 1) for digest in digests]
    plain = (
        "--root",
        "--no-renames",
        "--no-follow",
        "--no-show-signature",
    )  # whatever the person has set for `git log`
    args = ("log", *plain, "--format=", "--name-only", "--diff-filter=A", "-z", *tips, "--", *paths)
    found = repo.git.run(*args).decode("utf-8", "replace")
    return {path.strip("\n").replace("/", ":", 1) for path in found.split("\0") if path.strip("\n")}
