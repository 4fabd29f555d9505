"""`git prov run --keep`: the bytes of what a run read and made go into the store when it has ended."""

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from gitprov.api.data.storing import open_store
from gitprov.api.draft import Draft
from gitprov.api.settings import KEEP_ALL
from gitprov.artifacts import listing
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.store import Keeper
from gitprov.errors import ProvError
from gitprov.model.text import quote, unquote


class _File(NamedTuple):
    path: str
    """As the record has it."""
    file: bytes
    digest: str


def keep_files(draft: Draft, which: str) -> None:
    """Keep outputs, and inputs where `which` is all. What has changed since, or cannot be read, is named as missing."""
    names = ("input", "output") if which == KEEP_ALL else ("output",)
    with draft.naming("keeping bytes"):
        store = open_store(draft.session)
        with store.keeper() as keeper:
            for name in names:
                for entry in draft.fields.get(name, ()):
                    _keep(draft, keeper, entry)


def _keep(draft: Draft, keeper: Keeper, entry: dict[str, Any]) -> None:
    try:
        for found in _files(draft, entry):
            try:
                keeper.keep_file(found.digest, found.file)
            except (OSError, ProvError) as error:
                why = error.strerror if isinstance(error, OSError) else "it has changed since"
                draft.missing.append(f"the bytes of {found.path} are not kept: {why}")
                draft.warnings.append(f"the bytes of {found.path} are not kept: {why}")
    except (KeyError, OSError, ProvError):  # a listing that is not at hand
        draft.missing.append(f"the bytes of {entry['path']} are not kept: it cannot be listed")


def _files(draft: Draft, entry: dict[str, Any]) -> Iterator[_File]:
    """Yield the files of an entry. What git has under its own name is not kept again."""
    digest = entry.get("digest", "")
    if not digest.startswith("b3:"):
        return
    file = os.path.join(os.fsencode(draft.session.repo.worktree or ""), unquote(entry["path"]))
    if not os.path.isdir(file):
        yield _File(entry["path"], file, digest)
        return
    for below, found in list(listing.walk(digest, draft.data.__getitem__)):
        inside = os.path.join(file, below)
        if found.mode != "link":
            yield _File(quote(os.path.join(unquote(entry["path"]), below)), inside, found.digest)
        elif digest_bytes(text := os.readlink(inside)) == found.digest:
            draft.data[found.digest] = text  # it travels with the listing
