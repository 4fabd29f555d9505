"""What people name data by: a digest or the beginning of one, a path, or a run for all that it read and made."""

import difflib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from gitprov.api.data.catalog import INPUT, OUTPUT, Catalog, Use
from gitprov.api.data.known import by_path, joining
from gitprov.api.data.place import Place
from gitprov.api.data.runs import uses_of
from gitprov.api.resolve import resolve
from gitprov.api.spelling import recorded_path
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import quote, single_line

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
        matches = resolve(place.session, place.reading, word)
    except NotFound as error:
        raise _nothing(place, word, error) from None
    return [use for match in matches[:1] for use in uses_of(match.stored) if use.role in roles]


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


def _nothing(place: Place, word: str, error: NotFound) -> NotFound:
    near = difflib.get_close_matches(
        recorded_path(place.session, word), {use.path for use in place.catalog.uses if use.path}, n=1
    )
    if near:
        return NotFound(
            f"{single_line(word, 80)} is no known data and no run", hint=f"did you mean {single_line(near[0], 80)}?"
        )
    hint = joining(place)
    if _RUN.fullmatch(word):
        return NotFound(error.message, hint=hint) if hint else error
    message = f"{single_line(word, 80)} is no known data and no run"
    return NotFound(message, hint=hint or "see what is known: git prov data ls")
