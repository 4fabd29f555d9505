"""When two runs ran, so that a date in what they wrote is known for what it is."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gitprov.model.stamp import is_stamp, moment
from gitprov.replay.compare.moments import EVERYWHERE, Span

_LONGEST: Final = 366 * 86400.0

Record = Mapping[str, Any]


def recorded_span(record: Record) -> Span | None:
    """Return when a recorded run ran, in whichever time zone that was; None where its record does not say."""
    at, seconds = str(record.get("at", "")), record.get("seconds", 0)
    if not is_stamp(at) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        return None
    start = moment(at).timestamp()
    return Span(start, start + seconds, EVERYWHERE)


def own_span(record: Record) -> Span | None:
    """Return when a run was made here: its clock had this machine's offset, that of its `TZ`, or none from UTC."""
    span = recorded_span(record)
    return span and span._replace(offsets=sorted({0, *_offsets(span, record)}))


def _offsets(span: Span, record: Record) -> Iterator[int]:
    told = (record.get("environment") or {}).get("variables") or {}
    for instant in (span.start, span.end):
        yield time.localtime(instant).tm_gmtoff
        if zone := told.get("TZ"):
            with contextlib.suppress(KeyError, ValueError, OSError):  # no zone's name, or not known on this machine
                yield _offset(instant, ZoneInfo(str(zone)))


def _offset(instant: float, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
