"""What is said of bytes that could not be had: where they were last seen, and by whom."""

import os
import shlex

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.api.data.words import place_of
from gitprov.model.known import Copy, Pointer
from gitprov.model.records import Run
from gitprov.model.text import quote


def last_seen(place: Place, use: Use, absent: int, files: int) -> str:
    """Return one clause for a use of which so many files were found nowhere."""
    what = "no copy was found" if files == 1 else f"no copy was found of {absent} of {files} files"
    pointer = place.known.get(use.digest) or _above(place, use)
    copies = [_copy(place, copy) for copy in pointer.copies] if pointer else []
    if copies:
        return f"{what}; last seen in {', '.join(dict.fromkeys(copies))}"
    if pointer:
        return f"{what}; {pointer.by} added it on {pointer.at[:10]}, and may still have it: git prov data push"
    stored = place.reading.runs_by_id().get(use.run)
    if stored is not None and isinstance(stored.record, Run):
        return f"{what}; {stored.record.by} had it on {use.at[:10]}, in run {use.run[:7]}: git prov data push there"
    return what


def _above(place: Place, use: Use) -> Pointer | None:
    """What is known of the nearest directory above a path: its copies have the files in it."""
    newest = place.catalog.newest()
    path = os.path.dirname(use.raw)
    while path.strip(b"/"):
        above = newest.get(quote(path))
        if above is not None and (found := place.known.get(above.digest)):
            return found
        path = os.path.dirname(path)
    return None


def _copy(place: Place, copy: Copy) -> str:
    said = copy.location
    seen = f"{place_of(said)} on {copy.at[:10]}"
    if said.kind != "remote":
        return seen
    if said.remote and said.url and said.remote not in place.settings.remotes:
        add = f"git prov data remote add {shlex.quote(said.remote)} {shlex.quote(said.url)}"
        return f"remote {seen} (not configured here: {add})"
    return f"remote {seen}"
