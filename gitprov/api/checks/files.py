"""The files that are checked: from what a person names, or the settings do, to single files and their digests."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gitprov.api.session import Session
from gitprov.artifacts.hashing import digest_file
from gitprov.artifacts.statcache import remembering
from gitprov.capture.files.declared import Declared
from gitprov.model.text import quote, unquote


class File(NamedTuple):
    """One file."""

    path: str
    """As a record names it: relative to the repository, or absolute; in the form of `model.text.quote`."""
    real: str
    """Where it is."""
    named: bool
    """Whether it was named itself, not by a pattern or a directory."""


def single(declared: Iterable[Declared]) -> Iterator[File]:
    """Yield the files among what was found, and those in its directories; links and `.git` are not entered."""
    for one in declared:
        if one.kind == "file":
            yield File(one.path, one.real, one.named)
        elif one.kind == "directory":
            for real in _below(one.real):
                short = os.path.relpath(real, one.root) if one.root and not one.absolute else real
                yield File(quote(short), real, named=False)


def digests(session: Session, files: Iterable[File], known: Mapping[str, str]) -> Iterator[tuple[File, str]]:
    """Yield each file with its digest: one that is `known` by its path, else worked out or remembered. OSError."""
    files = list(files)
    sizes = [os.stat(file.real).st_size for file in files if file.path not in known]
    cache = remembering(os.path.join(session.state.cache, "digests"), sizes, session.clock)
    try:
        digest = cache.digest if cache else digest_file
        for file in files:
            yield file, known.get(file.path) or digest(file.real).digest
    finally:
        if cache:
            cache.close()


def is_below(path: str, directory: str) -> bool:
    """Tell whether a recorded path lies below another one, a directory."""
    return directory == "." or unquote(path).startswith(unquote(directory) + b"/")


def _below(directory: str) -> list[str]:
    found: list[str] = []
    for where, directories, names in os.walk(directory):
        directories[:] = sorted(name for name in directories if name != ".git")
        found += (os.path.join(where, name) for name in sorted(names))
    return [path for path in found if os.path.isfile(path) and not os.path.islink(path)]
