"""What other tools say they have: Git LFS, DVC, git-annex, an address. Believed only where the file proves it."""

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from gitprov.api.data.paths import Found
from gitprov.api.data.place import Place
from gitprov.api.data.words import tool
from gitprov.artifacts.elsewhere import finding
from gitprov.artifacts.elsewhere.location import Location
from gitprov.errors import ProvError
from gitprov.model.results import Problem
from gitprov.model.text import quote, unquote


class Claims(NamedTuple):
    """Where the bytes of one path are, besides here."""

    locations: list[dict[str, Any]]
    """Of the path itself."""
    by_path: dict[bytes, list[dict[str, Any]]]
    """Of files in a directory, by their path below it; of a file itself under `b""`."""
    problems: list[Problem]


def claims_of(place: Place, found: Found) -> Claims:
    """Return what is claimed and true. Raises `ProvError` for a file that only stands for bytes that are not here."""
    root = os.fsdecode(unquote(found.path))
    claims = Claims([], {}, [])
    if found.kind == "file":
        for location in finding.locate(root, place.world):
            _take(place, claims, root, b"", location)
        claims.locations.extend(claims.by_path.get(b"", []))
        return claims
    for path, location in finding.locate_tree(root, place.world):
        below = os.path.relpath(path, root) if path != root else ""
        _take(place, claims, path, os.fsencode(below), location)
    return claims


def _take(place: Place, claims: Claims, path: str, below: bytes, location: Location) -> None:
    file = place.file_of(os.fsencode(path))
    if location.md5.endswith(".dir"):  # it cannot be proved, and its files can
        return
    if not os.path.lexists(file):  # it has been removed: what is added is what is there
        return
    if not os.path.exists(file) or _is_pointer(file, location):
        word = tool(location.kind)
        raise ProvError(
            f"{quote(path)} only stands for its bytes, which {word} has and which are not here",
            hint=f"bring them first: {_BRING.get(location.kind, '')} {quote(path)}",
        )
    from gitprov.artifacts.elsewhere import proof  # where nothing is claimed, nothing has to be proved

    try:
        if proof.proves(location, os.fsdecode(file)):
            claims.by_path.setdefault(below, []).append(location.fields())
    except OSError as error:
        claims.problems.append(Problem(quote(path), f"cannot be read: {error.strerror}", ""))


_BRING = {"lfs": "git lfs pull -I", "annex": "git annex get", "dvc": "dvc pull"}


def _is_pointer(file: bytes, location: Location) -> bool:
    """Whether a working file is a pointer instead of the bytes: it is far smaller than they are."""
    return location.size is not None and os.path.isfile(file) and os.stat(file).st_size != location.size


def describe_address(place: Place, url: str, size: int) -> dict[str, Any]:
    """Ask about an address, and return it as a location. Raises `ProvError` where it is not there, or has another size.

    A version of an object in a bucket is named as S3's own tools do: `s3://bucket/key?versionId=...`.
    """
    from gitprov.artifacts.elsewhere import http, s3  # they need a Python with TLS, which data that is here does not

    address, _, version = url.partition("?versionId=")
    is_bucket = url.startswith("s3://")
    location = s3.describe_s3(address, version) if is_bucket else http.describe_url(url, place.session.environ)
    if location.size is not None and location.size != size:
        raise ProvError(
            f"what is at that address has {location.size:,} bytes, and the file here {size:,}",
            hint="get it anew from there, or leave --url out",
        )
    return location.fields()


def words_of(locations: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Return in words which tools have it."""
    return tuple(dict.fromkeys(tool(one["kind"]) for one in locations))
