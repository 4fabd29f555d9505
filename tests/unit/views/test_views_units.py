from datetime import UTC, datetime

import pytest

from gitprov.views import units

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-21T12:00:00Z", "0 seconds ago"),
        ("2026-11-21T11:59:59Z", "1 second ago"),
        ("2026-11-21T11:58:00Z", "2 minutes ago"),
        ("2026-11-21T09:00:00.500Z", "3 hours ago"),
        ("2026-11-20T12:00:00Z", "24 hours ago"),
        ("2026-11-14T12:00:00Z", "7 days ago"),
        ("2026-10-21T12:00:00Z", "4 weeks ago"),
        ("2026-01-02T12:00:00Z", "11 months ago"),
        ("2020-11-21T12:00:00Z", "6 years ago"),
        # the clock of another machine is ahead of ours
        ("2026-11-21T13:00:00Z", "2026-11-21 13:00:00Z"),
        # never from a record that was understood, but never an error either
        ("not a\x1b time", "not a\\x1b time"),
    ],
)
def test_a_moment_is_told_as_git_tells_it(at: str, said: str) -> None:
    assert units.ago(at, NOW) == said


def test_any_value_of_a_record_stands_on_one_harmless_line() -> None:
    assert units.value(None) == ""
    assert units.value(True) == "true"
    assert units.value(0.1234567) == "0.123457"
    assert units.value([1, "a", None]) == "1, a, "
    assert units.value({"b": [1]}) == '{"b": [1]}'
    assert units.value("a\nb\x1b[31m\u202e") == "a\\nb\\x1b[31m\\u202e"


def test_ids_are_shortened_and_nothing_else_is() -> None:
    assert units.short("ab" * 16) == "abababa"
    assert units.short("ab" * 20) == "abababa"
    assert units.short("abababababab") == "abababababab"
