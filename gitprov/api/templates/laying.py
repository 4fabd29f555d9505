"""Writing files where there are none. What is there stays as it is, and nothing is written through a link."""

import os
from typing import Final

from gitprov.api.templates.finding import Piece

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def lay(top: str, piece: Piece) -> str:
    """Write a file below a directory; return why it was not written, "" where it was. Raises `OSError`."""
    above = top
    for part in piece.path.split("/")[:-1]:
        above = os.path.join(above, part)
        if os.path.islink(above):
            return f"{os.path.relpath(above, top)} is a link"
        if os.path.lexists(above) and not os.path.isdir(above):
            return f"{os.path.relpath(above, top)} is not a directory"
    os.makedirs(above, exist_ok=True)
    file = os.path.join(top, piece.path)
    try:
        place = os.open(file, _FLAGS, 0o777 if piece.executable else 0o666)
    except FileExistsError:
        return "it is the same already" if _is_same(file, piece.data) else "it is there already"
    with open(place, "wb") as opened:
        opened.write(piece.data)
    return ""


def _is_same(file: str, data: bytes) -> bool:
    """Whether an ordinary file holds just this."""
    try:
        if os.path.islink(file) or not os.path.isfile(file) or os.path.getsize(file) != len(data):
            return False
        with open(file, "rb") as opened:
            return opened.read() == data
    except OSError:
        return False
