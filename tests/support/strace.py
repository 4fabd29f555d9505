"""How strace prints a string."""

_LETTERS = {0x0A: b"\\n", 0x09: b"\\t", 0x0D: b"\\r", 0x0B: b"\\v", 0x0C: b"\\f", 0x22: b'\\"', 0x5C: b"\\\\"}


def quoted(name: bytes, *, angle: bool = False, hexadecimal: bool = False) -> bytes:
    """Return a string in quotes, or as it stands in angle brackets, where these are escaped too."""
    printed = []
    for place, code in enumerate(name):
        following = name[place + 1 : place + 2]
        if code in _LETTERS:
            printed.append(_LETTERS[code])
        elif 0x20 <= code < 0x7F and not (angle and code in b"<>"):
            printed.append(bytes([code]))
        elif hexadecimal:
            printed.append(b"\\x%02x" % code)
        else:  # as short as it can be without swallowing a digit that follows
            printed.append(b"\\%03o" % code if following in b"01234567" and following else b"\\%o" % code)
    return b"".join(printed) if angle else b'"' + b"".join(printed) + b'"'
