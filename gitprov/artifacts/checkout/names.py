"""Names that some system takes for something else than a file of that name."""

import re
from typing import Final

from gitprov.artifacts.listing import refused_name

_DEVICE: Final = re.compile(
    rb"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)(?:[0-9]|\xc2[\xb9\xb2\xb3])) *(?:[.:].*)?",
    re.IGNORECASE | re.DOTALL,
)
_PARTIAL: Final = re.compile(rb"\.git-prov-[0-9a-f]{16}\.part")


def partial_name(random: bytes) -> bytes:
    """Return the name of a file that is being written, from 8 random bytes."""
    return b".git-prov-" + random.hex().encode() + b".part"


def is_partial(name: bytes) -> bool:
    """Tell whether a file has the name of one that is being written."""
    return _PARTIAL.fullmatch(name) is not None


def refused(name: bytes, *, portable: bool) -> str:
    """Say why nothing of this name is written; `""` when it may be.

    With `portable`, what Windows takes for a device or cannot keep is refused on every system, so that one check says
    for all colleagues whether they can have the data.
    """
    if reason := refused_name(name):
        return reason
    if is_partial(name):
        return "is a name that unfinished files have"
    if not portable:
        return ""
    if _DEVICE.fullmatch(name):
        return "is a device on Windows"
    if name.endswith((b".", b" ")):
        return "ends in a dot or a space, which Windows drops"
    return ""
