"""What a scan could not read."""

from typing import Final

from gitprov.artifacts.listing import Skipped
from gitprov.artifacts.scan import Scanned

_UNREADABLE: Final = "cannot be read"
"""How a scan begins to say that something is there and cannot be read."""


def unread(scanned: Scanned) -> list[Skipped]:
    """Return what a scan could not read."""
    return [one for one in scanned.skipped if one.reason.startswith(_UNREADABLE)]
