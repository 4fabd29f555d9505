"""What people name data by: a digest or the beginning of one, a path, or a run for all that it read and made."""

import difflib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from gitprov.api.data.catalog import INPUT, OUTPUT, Catalog, Use
from gitprov.api.data.catalog import uses_of as uses_of_run
from gitprov.api.data.place import Place
from gitprov.api.resolve import recorded_path, resolve
from gitprov.artifacts import listing
from gitprov.artifacts.listing import Read
from gitprov.errors import InvalidRecord, NotFound, ProvError
from gitprov.gitrepo.refs import list_refs
from gitprov.model.text import quote, single_line, unquote
from gitprov.records.layout import ROOT

_DIGEST: Final = re.compile(r"(b3|git):([0-9a-f]{4,64})")
_WHOLE: Final = re.compile(r"[0-9a-f]{64}")
_RUN: Final = re.compile(r"@.*|[0-9a-f]{4,64}")
"""What is meant as a run, and hardly as a path."""
_LISTED: Final = 8
BOTH: Final = (INPUT, OUTPUT)


def named(place: Place, words: Sequence[str], roles: Collection[str] = BOTH) -> list[Use]:
    """Return the data that the words name, each path once, the newest first. `roles` is what is meant by a run.

    A word that is a path of known data means that, whatever else bears the name. Raises `NotFound`, with what is
    near.
    """
    found: dict[tuple[str, str], Use] = {}
    for word in words:
        for use in _one(place, word, roles):
            found[use.path or use.digest, use.digest] = use
    return list(found.values())


def _one(place: Place, word: str, roles: Collection[str]) -> list[Use]:
    if _WHOLE.fullmatch(word) and _known(place.catalog, f"b3:{word}"):
        word = f"b3:{word}"
    if match := _DIGEST.fullmatch(word):
        return [_by_digest(place, word, match[2])]
    if uses := by_path(place, word):
        return uses
    try:
        matches = resolve(place.session, place.catalog.reading, word)
    except NotFound as error:
        raise _nothing(place, word, error) from None
    return [use for match in matches[:1] for use in uses_of_run(match.stored) if use.role in roles]


def _by_digest(place: Place, word: str, digits: str) -> Use:
    if use := _known(place.catalog, word):
        return use
    found = {use.digest: use for use in place.catalog.uses if use.digest.startswith(word)}
    found = found or {use.digest: use for use in _inside_directories(place, word)}
    found = found or {use.digest: use for use in _without_path(place, word)}
    if not found and len(digits) in (40, 64) and word.startswith("git:"):
        return Use("", word)
    if not found:
        raise NotFound(f"{word} is not the beginning of a known digest", hint="see all: git prov data ls")
    if len(found) > 1:
        listed = "".join(f"\n  {use.digest[:19]} {single_line(use.path, 60)}" for use in list(found.values())[:_LISTED])
        raise NotFound(f"{word} is short for {len(found)} digests:{listed}", hint="give more of its digits")
    return next(iter(found.values()))


def _inside_directories(place: Place, word: str) -> Iterator[Use]:
    """Yield the files of known directories whose digests begin with a word, those of the newest last."""
    for use in place.catalog.uses:
        try:
            for below, entry in place.leaves(use):
                if below and entry.digest.startswith(word):
                    path = quote(os.path.join(use.raw, below))
                    yield use._replace(path=path, digest=entry.digest, size=entry.size, files=1)
        except ProvError:  # its listing is not here
            continue


def _without_path(place: Place, word: str) -> Iterator[Use]:
    """Yield what is stated of digests that begin with a word, wherever their bytes belong."""
    for one in place.known.values():
        if one.digest.startswith(word):
            yield Use("", one.digest, one.size or 0, one.files or 1, one.at)


def _known(catalog: Catalog, digest: str) -> Use | None:
    return next((use for use in reversed(catalog.uses) if use.digest == digest), None)


def by_path(place: Place, word: str) -> list[Use]:
    """Return the newest use of a path, of all that is known below it, or of the directory that holds it; or nothing."""
    if not word or "\0" in word:
        return []
    path = recorded_path(place.session, word)
    newest = place.catalog.newest() | {use.path: use for use in place.catalog.uses if use.absolute}
    if path in newest:
        return [newest[path]]
    above = unquote(path) + b"/"
    below = [use for use in newest.values() if path == "." or use.raw.startswith(above)]
    if below:
        return [use for use in below if not use.absolute]
    return _inside(newest, path, place.read)


def _inside(newest: dict[str, Use], path: str, read: Read) -> list[Use]:
    """The entry of a path in the listing of the nearest directory above it that is known."""
    parts = unquote(path).split(b"/")
    for length in range(len(parts) - 1, 0, -1):
        above = newest.get(quote(b"/".join(parts[:length])))
        if above is None or not above.digest.startswith("b3:"):
            continue
        try:
            entry = listing.find(above.digest, b"/".join(parts[length:]), read)
        except (NotFound, InvalidRecord, ValueError):
            continue
        if entry is not None:
            return [above._replace(path=path, digest=entry.digest, size=entry.size, files=1)]
    return []


def nothing_known(place: Place) -> str:
    """Say why there is nothing to show, and what brings something."""
    if joining := _joining(place):
        return f"no data is known here yet; {joining}; to add some: git prov data add PATH"
    if place.catalog.uses:
        return "no data was added yet (git prov data add PATH); what runs read and made: git prov data status"
    return "no data is known yet; add some: git prov data add PATH"


def _joining(place: Place) -> str:
    """Say how a clone that was never given our refs gets them; "" where it has some, or has nobody to ask."""
    repo = place.session.repo
    if not repo.remotes() or place.catalog.uses or list_refs(repo.git, ROOT):
        return ""
    specs = (spec for name in repo.remotes() for spec in repo.config.all(f"remote.{name}.fetch"))
    begin = "" if any(ROOT in spec for spec in specs) else "git prov init, then "
    return f"to have what others recorded: {begin}git prov sync"


def _nothing(place: Place, word: str, error: NotFound) -> NotFound:
    near = difflib.get_close_matches(
        recorded_path(place.session, word), {use.path for use in place.catalog.uses if use.path}, n=1
    )
    if near:
        return NotFound(
            f"{single_line(word, 80)} is no known data and no run", hint=f"did you mean {single_line(near[0], 80)}?"
        )
    hint = _joining(place)
    if _RUN.fullmatch(word):
        return NotFound(error.message, hint=hint) if hint else error
    message = f"{single_line(word, 80)} is no known data and no run"
    return NotFound(message, hint=hint or "see what is known: git prov data ls")
