"""What is known of data from what was said of them."""

from typing import Any

from gitprov.model.known import Said, by_path, union
from gitprov.model.pointer import judge

DIGEST, OTHER = "b3:" + "ab" * 32, "b3:" + "cd" * 32
_numbers = iter(range(10_000))


def said(minute: int, digest: str = DIGEST, **fields: Any) -> Said:  # noqa: ANN401 - any field
    """Return something that was said at a minute, under an id of its own."""
    at = f"2026-01-01T00:{minute:02}:00Z"
    statement = judge({"schema": 1, "digest": digest, "at": at, "by": "Ana <a@b.c>", **fields})
    assert statement is not None
    return Said(f"{next(_numbers):032x}", statement)


def test_of_each_field_the_newest_word_stands() -> None:
    known = union(
        [
            said(3, licence="CC0-1.0"),
            said(1, size=5, kind="file", licence="none", note="first"),
            said(2, path="b.csv", note="second", by="Bo <b@b.c>"),
        ]
    )

    pointer = known[DIGEST]
    assert (pointer.kind, pointer.size, pointer.licence, pointer.note) == ("file", 5, "CC0-1.0", "second")
    assert (pointer.path, pointer.owner, pointer.copies) == ("b.csv", None, ())
    assert (pointer.at, pointer.by) == ("2026-01-01T00:03:00Z", "Ana <a@b.c>")


def test_of_two_words_at_one_time_the_greater_id_stands() -> None:
    one, two = said(1, note="one"), said(1, note="two")

    assert union([two, one])[DIGEST].note == "two"


def test_places_add_up_until_somebody_takes_them_back() -> None:
    first = said(1, location=[{"kind": "remote", "remote": "old"}, {"kind": "url", "url": "https://example.org/x"}])
    moved = said(2, gone=[f"{first.id}:0"], location=[{"kind": "remote", "remote": "new"}])

    [pointer] = union([moved, first]).values()

    assert [(copy.id, copy.location.remote or copy.location.url) for copy in pointer.copies] == [
        (f"{first.id}:1", "https://example.org/x"),
        (f"{moved.id}:0", "new"),
    ]
    assert pointer.statements == (first.id, moved.id)


def test_a_place_that_is_named_again_counts_again() -> None:
    place = {"kind": "remote", "remote": "store"}
    first = said(1, location=[place])
    gone = said(2, gone=[f"{first.id}:0"])
    again = said(3, location=[place])

    assert union([first, gone])[DIGEST].copies == ()
    assert [copy.id for copy in union([again, gone, first])[DIGEST].copies] == [f"{again.id}:0"]


def test_what_is_said_of_one_digest_is_not_said_of_another() -> None:
    first = said(1, location=[{"kind": "remote", "remote": "store"}])
    stranger = said(2, OTHER, gone=[f"{first.id}:0"], note="mine")

    known = union([first, stranger])

    assert list(known) == [DIGEST, OTHER]
    assert (known[DIGEST].note, len(known[DIGEST].copies)) == (None, 1)


def test_a_path_has_the_digest_that_was_added_there_last() -> None:
    first, second = said(1, path="a.csv"), said(2, OTHER, path="a.csv")
    elsewhere, silent = said(1, path="b.csv"), said(9, note="no path")

    found = by_path([silent, second, elsewhere, first])

    assert {path: one.statement.digest for path, one in found.items()} == {"a.csv": OTHER, "b.csv": DIGEST}
