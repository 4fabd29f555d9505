"""What is said of bytes that could not be had: where they were last seen, and by whom."""

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.api.data.words import place_of
from gitprov.model.known import Copy
from gitprov.model.records import Run


def last_seen(place: Place, use: Use, absent: int, files: int) -> str:
    """Return one clause for a use of which so many files were found nowhere."""
    what = "no copy was found" if files == 1 else f"no copy was found of {absent} of {files} files"
    pointer = place.known.get(use.digest)
    copies = [_copy(copy) for copy in pointer.copies] if pointer else []
    if copies:
        return f"{what}; last seen in {', '.join(dict.fromkeys(copies))}"
    if pointer:
        return f"{what}; {pointer.by} added it on {pointer.at[:10]}, and may still have it: git prov data push"
    stored = place.catalog.reading.runs_by_id().get(use.run)
    if stored is not None and isinstance(stored.record, Run):
        return f"{what}; {stored.record.by} had it on {use.at[:10]}, in run {use.run[:7]}: git prov data push there"
    return what


def _copy(copy: Copy) -> str:
    kind = "remote " if copy.location.kind == "remote" else ""
    return f"{kind}{place_of(copy.location)} on {copy.at[:10]}"
