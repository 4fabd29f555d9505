"""Keeping the bytes of what a reproduced run made in the store of this clone, for those that read them."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from gitprov.api.data.storing import open_store
from gitprov.api.reproduce.running import Rerun
from gitprov.api.session import Session
from gitprov.artifacts import listing
from gitprov.errors import ProvError
from gitprov.model.text import quote, unquote


def keep_outputs(session: Session, rerun: Rerun, worktree: str) -> list[str]:
    """Keep the outputs, which still lie in `worktree`; return warnings."""
    warnings = []
    with open_store(session).keeper() as keeper:
        for entry in rerun.record.get("output") or ():
            try:
                for file, digest in _files(entry, rerun, worktree):
                    keeper.keep_file(digest, file)
            except (KeyError, OSError, ProvError) as error:
                why = error.strerror if isinstance(error, OSError) else "it cannot be listed or has changed"
                warnings.append(f"the bytes of {quote(entry['path'])} are not kept: {why}")
    return warnings


def _files(entry: Mapping[str, Any], rerun: Rerun, worktree: str) -> Iterator[tuple[bytes, str]]:
    """Yield the files of an output with their digests. What git has under its own name is not kept again."""
    digest, file = str(entry.get("digest", "")), os.path.join(os.fsencode(worktree), unquote(entry["path"]))
    if not digest.startswith("b3:"):
        return
    if not os.path.isdir(file):
        yield file, digest
        return
    for below, found in listing.walk(digest, rerun.listings.__getitem__):
        if found.mode != "link":
            yield os.path.join(file, below), found.digest
