"""How far the views have come: kept inside the summary view's own tree, so that both always move together."""

import json
from typing import NamedTuple

NAME = "covered"
"""The entry beside the notes in the tree of the summary view."""


class Covered(NamedTuple):
    """The state of the logs that the views show."""

    logs: dict[str, str]
    """Log tips by ref that the summary view shows."""
    noted: dict[str, str]
    """Log tips by ref that the notes view shows; behind `logs` where a large note waits to be worth rewriting."""
    notes: str
    """The commit the notes view stood at when we last wrote it; "" for none."""
    merged: dict[str, str]
    """The remotes' notes views that ours descends from, by ref."""
    head: str
    """The newest commit that was looked at for runs on the same tree."""
    waiting: int
    """How many bytes of sections the notes view is behind."""
    settled: bool
    """Whether the newest runs were looked for below older commits; a run leaves that to the next reader."""


def parse(data: bytes) -> Covered | None:
    """`None` when the bytes are not of this version: the views are then built anew."""
    try:
        fields = json.loads(data)
        if fields.pop("version") != 1:
            return None
        return Covered(**fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def dump(covered: Covered) -> bytes:
    """The bytes that `parse` reads."""
    return json.dumps({"version": 1, **covered._asdict()}, indent=0, sort_keys=True).encode() + b"\n"
