from gitprov.model.results import Problem
from gitprov.views import remarks


def test_a_skipped_record_is_named_with_the_reason_and_what_it_shows() -> None:
    found = [
        Problem("record in commit 0123456789ab", "is not JSON", "run x"),
        Problem("refs/prov/log/x", "names a blob, not a commit", ""),
    ]
    assert remarks.problems(found) == [
        "warning: skipped record in commit 0123456789ab: is not JSON (run x)",
        "warning: refs/prov/log/x: names a blob, not a commit",
    ]


def test_many_problems_are_counted_from_the_twentieth_on() -> None:
    lines = remarks.problems([Problem(f"record in commit {number}", "is bad", "") for number in range(33)])
    assert len(lines) == remarks.SHOWN + 1
    assert "13 more" in lines[-1]


def test_remarks_are_one_harmless_line_each() -> None:
    (line,) = remarks.problems([Problem("record\x1b", "a\nb", "\u202e")])
    assert line == "warning: record\\x1b: a\\nb (\\u202e)"
    assert remarks.notes(["a\nb\x1b"]) == ["note: a\\nb\\x1b"]
