"""What stands in the way of data at the moment it is added: files nobody can read, names that others cannot have."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Final

from gitprov.api.data.unread import unread
from gitprov.artifacts import listing
from gitprov.artifacts.checkout.links import escape
from gitprov.artifacts.checkout.names import refused
from gitprov.artifacts.listing import Read
from gitprov.artifacts.scan import Scanned
from gitprov.errors import ProvError
from gitprov.model.results import Problem
from gitprov.model.text import quote, single_line, unquote

_NAMED: Final = 20
_DEVICE: Final = re.compile(
    rb"""\t"?(?:\.git-prov-|(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[^.:"\n]{1,8}) *[.:"\n])""", re.IGNORECASE
)
_ENDS: Final = (b".\n", b" \n", b'."\n', b' "\n')
_LINK: Final = b"link "


def refuse_unread(path: str, scanned: Scanned) -> None:
    """Raise `ProvError` where something could not be read: the digest would be that of less than the directory."""
    if found := unread(scanned):
        first = single_line(f"{path}/{found[0].path}", 200)
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        raise ProvError(
            f"{first} {found[0].reason}{more}; nothing of {path} was added",
            hint="make it readable (chmod u+rX), or move it out of the directory, and add again",
        )


def is_doubtful(data: bytes) -> bool:
    """Whether a listing may hold something that is refused where it is fetched; quick, and rather once too often."""
    if data.startswith(_LINK) or b"\n" + _LINK in data or any(end in data for end in _ENDS):
        return True
    return _DEVICE.search(data) is not None


def refused_later(path: str, digest: str, read: Read, link: Callable[[bytes], bytes]) -> list[Problem]:
    """Return what `git prov data get` refuses by default: of the path itself, and of what is in it.

    `digest` is that of the directory; "" where what is in it is not looked at. `link` reads the text of a link in it.
    """
    parts = unquote(path).split(b"/")
    own = next(((part, reason) for part in parts if (reason := refused(part, portable=True))), None)
    found = [_problem(path, f"has the name {quote(own[0])!r} in it, which {own[1]}")] if own else []
    if digest:
        inside = ((below, reason) for below, reason in _inside(digest, read, link) if reason)
        found += [_problem(f"{path}/{quote(below)}", reason) for below, reason in islice(inside, _NAMED)]
        if more := sum(1 for _ in inside):
            found.append(_problem(path, f"holds {more:,} more of this kind"))
    return found


def _problem(where: str, reason: str) -> Problem:
    return Problem(where, f"{reason}: git prov data get will refuse this", "")


def _inside(digest: str, read: Read, link: Callable[[bytes], bytes]) -> Iterator[tuple[bytes, str]]:
    is_directory = partial(_is_directory, digest, read)
    for path, entry in listing.walk(digest, read):
        reason = next((reason for part in path.split(b"/") if (reason := refused(part, portable=True))), "")
        if not reason and entry.mode == "link":
            with suppress(OSError):  # it is gone meanwhile
                reason = escape(path, link(path), is_directory, portable=True)
        yield path, reason


def _is_directory(digest: str, read: Read, path: bytes) -> bool:
    entry = listing.find(digest, path, read)
    return entry is not None and entry.mode == "dir"
