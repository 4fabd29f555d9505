"""Judging a plan beyond the listings themselves: where things go, links that lead out, and what is on the disk."""

import os
from collections.abc import Callable, Iterable
from typing import Final

from gitprov.artifacts.checkout.contents import Alike, Contents, folded_name, refusal
from gitprov.artifacts.checkout.directories import Directories
from gitprov.artifacts.checkout.links import escape
from gitprov.artifacts.checkout.names import refused
from gitprov.artifacts.checkout.standing import Standing, standing
from gitprov.artifacts.checkout.writing import Item, StandIn, leaves
from gitprov.artifacts.listing import Entry, Read, find
from gitprov.artifacts.store.layout import unwritable
from gitprov.errors import ProvError
from gitprov.model.text import quote

_NAMED: Final = 5  # files in the way that are named; the others are counted
_PARTIAL: Final = "bring what can be written here and leave the rest out: --partial"


def judge_places(items: list[Item], contents: Contents) -> None:
    """Judge where the items themselves go: their paths, and that none is in another's way."""
    taken: dict[bytes, dict[bytes, bytes]] = {}
    ends = {item.path for item in items}
    if len(ends) < len(items) or (b"" in ends and len(items) > 1):
        raise refusal(_first_twice(items), "is named twice")
    for item in items:
        if not item.path and item.entry.mode == "dir":
            continue
        above = b""
        for name in item.path.split(b"/"):
            path = above + b"/" + name if above else name
            if reason := contents.refused(name):
                raise refusal(item.path, reason if path == item.path else f"lies below a name that {reason}")
            if above in ends and above:
                raise refusal(item.path, f"lies inside {quote(above)}, which is to be written as well")
            one = taken.setdefault(above, {}).setdefault(folded_name(name), name)
            if one != name:
                contents.alike.append(Alike(above, one, name))
            above = path


def judge_leaves(
    root: bytes, items: Iterable[Item], read: Read, *, portable: bool, partial: bool, known: StandIn
) -> dict[bytes, str]:
    """Return the links that are not written, by their paths: each with the reason, "" where it stands there already.

    Without `partial`, one that does not stand there refuses the whole; so does, with `portable`, a name that only some
    systems can have.
    """
    left_out: dict[bytes, str] = {}
    with Directories(root, make=False) as directories:
        for item in items:
            is_directory = _is_directory(item.entry, read)
            for path, entry in leaves([item], read):
                below = path[len(item.path) :].lstrip(b"/") if item.entry.mode == "dir" else path
                unportable = _unportable(path) if portable else ""
                reason = (
                    _link(path, below, entry, read, is_directory, portable=portable) if entry.mode == "link" else ""
                )
                if not reason and not unportable:
                    continue
                if known(path, entry) or _stands(directories, path, entry):
                    left_out |= {path: ""} if reason else {}
                elif unportable or not partial:
                    raise refusal(path, reason or unportable, hint=_PARTIAL)
                else:
                    left_out[path] = reason
    return left_out


def _unportable(path: bytes) -> str:
    return next((reason for name in path.split(b"/") if (reason := refused(name, portable=True))), "")


def _link(
    path: bytes, below: bytes, entry: Entry, read: Read, is_directory: Callable[[bytes], bool], *, portable: bool
) -> str:
    """Say why a link leads out. A listing that lies about it refuses the whole."""
    text = read(entry.digest)
    if len(text) != entry.size:
        raise refusal(path, f"is a link that says {entry.size} bytes and has {len(text)}")
    return escape(below, text, is_directory, portable=portable)


def _is_directory(top: Entry, read: Read) -> Callable[[bytes], bool]:
    def ask(path: bytes) -> bool:
        found = find(top.digest, path, read) if top.mode == "dir" else None
        return found is not None and found.mode == "dir"

    return ask


def _stands(directories: Directories, path: bytes, entry: Entry) -> bool:
    if directories.root is None:
        return False
    above = directories.at(os.path.dirname(path))
    return standing(above, entry._replace(name=os.path.basename(path))) is Standing.SAME


def judge_disk(root: bytes, entries: Iterable[tuple[bytes, Entry]], stand_in: StandIn, known: StandIn) -> None:
    """Refuse what would overwrite something, or go through a link."""
    others: list[bytes] = []
    count = 0
    try:
        with Directories(root, make=False) as directories:
            if directories.root is None:
                return
            for path, entry in entries:
                if known(path, entry):
                    continue
                found = standing(directories.at(os.path.dirname(path)), entry._replace(name=os.path.basename(path)))
                if found is Standing.DIRECTORY:
                    raise refusal(path, "is to be a file, and a directory stands there")
                if found is Standing.OTHER and not stand_in(path, entry):
                    count += 1
                    others += [path] if count <= _NAMED else []
    except OSError as error:
        raise unwritable(quote(root), error) from error
    if count:
        names = ", ".join(quote(path, one_line=True) for path in others)
        more = f" and {count - len(others)} more" if count > len(others) else ""
        raise ProvError(
            f"{names}{more} would be overwritten with other bytes; nothing was written",
            hint="move them away, or use --force to replace them",
        )


def _first_twice(items: list[Item]) -> bytes:
    paths = [item.path for item in items]
    return next((path for path in paths if paths.count(path) > 1), b".")
