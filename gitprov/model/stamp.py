"""The one text form of a moment: RFC 3339, UTC, `Z`, whole seconds or milliseconds.

One form means that moments compare as text once the `Z` is off, which is how records are ordered everywhere.
"""

import re
from datetime import UTC, datetime
from typing import Final

_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{3})?Z")


def stamp(moment: datetime) -> str:
    """Return an aware `moment` as `2026-11-20T17:30:00Z`, with milliseconds where there are any."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no UTC form")
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    whole = moment.microsecond // 1000 == 0
    return moment.isoformat(timespec="seconds" if whole else "milliseconds") + "Z"


def is_stamp(text: str) -> bool:
    """Tell whether `text` is a moment in that form and on the calendar."""
    if _FORM.fullmatch(text) is None:
        return False
    try:
        moment(text)
    except ValueError:
        return False
    return True


def moment(text: str) -> datetime:
    """Return the aware moment that a stamp names; ValueError when it is none."""
    return datetime.fromisoformat(text)


def order(at: str, record_id: str) -> tuple[str, str]:
    """Return the key that sorts records by time, then by id; `at` must be a stamp.

    Without the `Z` a shorter stamp sorts before a longer one of the same second, as it should.
    """
    return at.removesuffix("Z"), record_id
