"""The one text form of a moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gitprov.model.stamp import is_stamp, moment, order, stamp


def test_a_moment_is_printed_in_utc_whatever_its_zone() -> None:
    there = datetime(2026, 11, 20, 23, 0, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert stamp(there) == "2026-11-20T17:30:00Z"


def test_milliseconds_are_printed_only_where_there_are_any() -> None:
    assert stamp(datetime(2026, 1, 2, 3, 4, 5, 6_000, tzinfo=UTC)) == "2026-01-02T03:04:05.006Z"
    assert stamp(datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=UTC)) == "2026-01-02T03:04:05Z"


def test_a_moment_without_a_zone_has_no_stamp() -> None:
    with pytest.raises(ValueError, match="time zone"):
        stamp(datetime(2026, 1, 2))  # noqa: DTZ001 - the naive one is the case


def test_a_stamp_gives_its_moment_back() -> None:
    assert moment("2026-01-02T03:04:05.006Z") == datetime(2026, 1, 2, 3, 4, 5, 6_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-11-20 17:30:00Z",
        "2026-11-20T17:30:00",
        "2026-11-20T17:30:00+00:00",
        "2026-11-20T17:30:00.1Z",
        "2026-11-20T17:30:00.123456Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T17:30:60Z",
        "2026-02-30T17:30:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-20T17:30:00Z\n",
        "\uff12026-11-20T17:30:00Z",
    ],
)
def test_any_other_form_is_no_stamp(text: str) -> None:
    assert not is_stamp(text)


def test_order_is_by_time_across_whole_seconds_and_milliseconds_then_by_id() -> None:
    stamps = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00.010Z", "2026-01-01T00:00:01Z"]
    keys = [order(at, "f") for at in stamps]
    assert keys == sorted(keys)
    assert order(stamps[0], "a") < order(stamps[0], "b")
