"""What an observed process and `git prov run` say to each other: variables, and the events in a process's own file.

An event is `<kind> <when> <payload>` and a NUL, which no path holds. A file of events is only ever appended to, so
what a killed process wrote can be read; what is cut short or makes no sense is passed over.
"""

EVENTS = "GIT_PROV_EVENTS"
"""The directory that a run's processes write their events to."""
FILES = "GIT_PROV_FILES"
"""Set where the Python observer is to report the files that are touched."""
DEPTH = "GIT_PROV_DEPTH"
"""How many observed Python processes stand above the next one; set for the children of one."""
SUFFIX = ".events"
STRACE = "strace" + SUFFIX
"""The one file of events that is in the order of the whole run: what strace saw."""

READ = b"r"
"""Opened for reading. Payload of this and the next three: the absolute path."""
WRITTEN = b"w"
"""Opened for writing, made new or emptied."""
UPDATED = b"u"
"""Opened for writing as it is; whether anything was written is for the reader of events to judge."""
READ_AND_UPDATED = b"b"
"""Opened for both, as it is; whether anything was written is judged likewise."""
OPENED_OR_MADE = b"o"
"""Opened for both, and made if it was not there: strace does not see which."""
RENAMED = b"m"
"""Payload: length of the old path in bytes, a space, old path, new path."""
LINKED = b"l"
"""A hard or symbolic link was made; payload as for `RENAMED`."""
ABSENT = b"a"
"""Not there, told just before it is made: what was tried to be read there before did not succeed."""
REMOVED = b"d"
"""A file or directory was removed."""
EXECUTED = b"x"
"""A program was started; payload: its path."""
CONNECTED = b"n"
"""A network connection; payload: `host:port`."""
PROCESS = b"p"
"""The first event of a Python process; payload: a JSON object that says which process it is."""
TOLD = b"j"
"""Something that was observed inside a Python process; payload: a JSON object."""
ENDED = b"q"
"""The last event of a Python process that ended in order; payload: a JSON object with what is known then."""


_LONGEST_NUMBER = 20


def encode(kind: bytes, when: int, payload: bytes) -> bytes:
    """Return one event; `when` orders the events of one machine."""
    return b"%b %d %b\0" % (kind, when, payload)


def pair(first: bytes, second: bytes) -> bytes:
    """Return the payload that holds two paths."""
    return b"%d %b%b" % (len(first), first, second)


def unpair(payload: bytes) -> "tuple[bytes, bytes]":
    """Return the two paths of a payload. Raises `ValueError` where it holds none."""
    length, _, rest = payload.partition(b" ")
    return rest[: int(length)], rest[int(length) :]


def decode(data: bytes) -> "list[tuple[bytes, int, bytes]]":
    """Return the events in a file's bytes as `(kind, when, payload)`."""
    events = []
    whole = data.rstrip(b"\0")  # a mapped file ends in as many zeros as it has room left
    items = whole.split(b"\0")
    if len(whole) == len(data):
        items.pop()  # cut short
    for item in items:
        parts = item.split(b" ", 2)
        if len(parts) == 3 and len(parts[0]) == 1 and parts[1].isdigit() and len(parts[1]) <= _LONGEST_NUMBER:
            events.append((parts[0], int(parts[1]), parts[2]))
    return events
