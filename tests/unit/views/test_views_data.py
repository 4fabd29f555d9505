"""Answers of the data verbs as text: plain, narrow, and harmless whatever the names."""

import json

from gitprov.model.data import (
    CHANGED,
    FETCHED,
    MISSING,
    NEW,
    SAME,
    UNREADABLE,
    Absent,
    Added,
    Change,
    Compared,
    Fetched,
    Held,
    Moved,
    Pointed,
    Pushed,
    Rows,
    Verified,
    Wrong,
)
from gitprov.views import data, data_json

DIGEST = "b3:" + "0123456789abcdef" * 4
EVIL = "a\x1b[31m\u202eb"


def test_what_was_added_is_one_line() -> None:
    directory = Added("data", DIGEST, 2048, 1200, "directory", news=True, kept=True)
    assert data.added([directory]) == "data: 1,200 files, 2 KiB, b3:0123456789, kept in the store\n"
    file = directory._replace(kind="file", files=1, kept=False)
    assert data.added([file]) == "data: 2 KiB, b3:0123456789, not kept\n"
    assert "not copied, it is in Git LFS" in data.added([file._replace(locations=("Git LFS",))])
    partly = directory._replace(locations=("DVC",))
    assert data.added([partly]).endswith(", kept in the store but for what is in DVC\n")
    assert "nothing new" in data.added([file._replace(news=False)])


def test_status_says_what_differs_and_since_when() -> None:
    found = [
        Compared("a", SAME, DIGEST, DIGEST, 1, "added"),
        Compared("b.csv", CHANGED, DIGEST, DIGEST, 1, "added", changes=(Change("b.csv", CHANGED, Rows(2, 1)),)),
        Compared("c", MISSING, DIGEST, "", 1, "9f2c1ab0" * 4),
        Compared("d", NEW, "", DIGEST, 1024),
        Compared(
            *("e", CHANGED, DIGEST, DIGEST, 1, "added", ""),
            changes=(Change("x.csv", CHANGED, Rows(1, 0)), Change("y", NEW)),
            counts={CHANGED: 1, NEW: 12},
        ),
    ]

    assert (
        data.status(found, columns=None, colour=False)
        == """\
same     a
changed  b.csv  2 rows added, 1 row removed, since it was added
missing  c      since run 9f2c1ab
new      d      1 KiB, not added and used by no run
changed  e      1 changed, 12 new, since it was added
    changed  x.csv (1 row added)
    new      y
    and 11 more
"""
    )


def test_a_long_path_gives_way_to_the_terminal() -> None:
    found = [Compared("very/" * 40 + "long", MISSING, DIGEST, "", 1, "added")]

    (line,) = data.status(found, columns=80, colour=False).splitlines()
    assert len(line) <= 80
    assert line.endswith("since it was added")


def test_nothing_in_a_name_reaches_the_terminal_as_anything_but_text() -> None:
    damages = (Wrong(DIGEST, EVIL, EVIL),)
    pieces = [
        data.added([Added(EVIL, DIGEST, 1, 1, "file", news=True, kept=True, locations=(EVIL,))]),
        data.status(
            [Compared(EVIL, CHANGED, DIGEST, source=EVIL, counts={NEW: 1}, changes=(Change(EVIL, NEW),))],
            columns=80,
            colour=False,
        ),
        data.fetched([Fetched(EVIL, MISSING, DIGEST, reason=EVIL), Fetched(EVIL, FETCHED, DIGEST, 1, 1, (EVIL,))]),
        data.pushed([Pushed(EVIL, EVIL, 1, 1, 1)]),
        data.verified([Verified(EVIL, 1, 1, damages, (Absent(DIGEST, EVIL),))], colour=False),
        data.listed([Pointed(DIGEST, (EVIL,), 1, 1, "file", "", (EVIL,))], columns=80, colour=False),
        data.held([Held(EVIL, 1, 1, EVIL)], columns=80),
        data.moved([Moved(EVIL, EVIL, 1), Moved(EVIL, EVIL, 0, EVIL)]),
        data.remotes([(EVIL, EVIL, True)], columns=80),
    ]

    assert all("\x1b" not in piece and "\u202e" not in piece for piece in pieces)
    assert all("\\x1b" in piece for piece in pieces)


def test_what_was_fetched_says_from_where_and_what_was_not_says_why() -> None:
    found = [
        Fetched("a", FETCHED, DIGEST, 1024, 3, ("the store", "remote x")),
        Fetched("b", SAME, DIGEST, 1024, 1),
        Fetched("", MISSING, DIGEST, 1024, 1, reason="no copy was found"),
    ]

    assert data.fetched(found) == (
        "a: 3 files, 1 KiB, from the store, remote x\nb: 1 KiB, there already\nb3:0123456789: no copy was found\n"
    )


def test_files_that_did_not_come_are_named_and_many_are_counted() -> None:
    lost = tuple(f"a/{n}" for n in range(12))
    (whole,) = [data.fetched([Fetched("a", MISSING, DIGEST, 1, 20, reason="no copy was found", missing=lost)])]
    assert whole.splitlines()[:2] == ["a: no copy was found", "    missing  a/0"]
    assert whole.splitlines()[-2:] == [
        "    and 2 more missing",
        "    nothing of it was written; bring the rest of it: --partial",
    ]
    some = Fetched("a", FETCHED, DIGEST, 1, 1, ("git",), "last seen", ("a/1",), (("a/x", "is a link"),))
    assert data.fetched([some]).splitlines() == [
        "a: 1 B, from git",
        "    last seen",
        "    missing  a/1",
        "    left out  a/x is a link",
    ]


def test_a_push_that_sends_nothing_says_so() -> None:
    assert data.pushed([Pushed("store", "/x", 0, 0, 5)]) == "store: has all 5 files\n"
    assert data.pushed([Pushed("store", "/x", 0, 0, 0)]) == "store: nothing to send\n"
    assert data.pushed([Pushed("store", "/x", 2, 2048, 1)]) == "store: 2 files, 2 KiB sent, 1 file there before\n"


def test_what_a_push_could_not_send_is_named_and_many_are_counted() -> None:
    missing = tuple(Fetched(f"data/{n}", MISSING, DIGEST, reason="no copy was found") for n in range(12))
    lines = data.pushed([Pushed("store", "/x", 0, 0, 0, missing)]).splitlines()
    assert lines[:2] == ["store: nothing to send", "    data/0: no copy was found"]
    assert lines[-1] == "    and 2 more could not be sent"


def test_damages_are_named_and_many_are_counted() -> None:
    damages = tuple(Wrong(DIGEST, f"objects/{number}", "is wrong") for number in range(12))
    lines = data.verified([Verified("store", 3, 10, damages)], colour=False).splitlines()

    assert lines[0] == "store: 3 files, 10 B sound"
    assert lines[1] == "    damaged b3:0123456789 in objects/0: is wrong"
    assert lines[-1] == "    and 2 more damaged"


def test_a_list_fits_the_terminal() -> None:
    found = [Pointed(DIGEST, ("data/" + "x" * 100,), 5 << 30, 1, "file", "", ("here", "store"))]
    lines = data.listed(found, columns=80, colour=False).splitlines()

    assert lines[0].split() == ["digest", "size", "files", "path", "copies"]
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].endswith("here, store")


def test_json_holds_the_fields_without_what_is_empty() -> None:
    found = [Compared("b", CHANGED, DIGEST, counts={NEW: 1}, changes=(Change("x", NEW),))]

    assert json.loads(data_json.answers("paths", found)) == {
        "schema": 1,
        "paths": [
            {
                "path": "b",
                "state": "changed",
                "digest": DIGEST,
                "size": 0,
                "changes": [{"path": "x", "state": "new"}],
                "counts": {"new": 1},
            }
        ],
    }


def test_what_cannot_be_read_is_said_in_words_and_large_numbers_have_commas() -> None:
    inside = {"changes": (Change("y", UNREADABLE),), "counts": {UNREADABLE: 1, NEW: 1200}}
    found = [
        Compared("a", UNREADABLE, DIGEST, "", 1, "added"),
        Compared("b", CHANGED, DIGEST, DIGEST, 1, "added", **inside),  # type: ignore[arg-type] # two fields
    ]

    assert data.status(found, columns=None, colour=False).splitlines() == [
        "cannot be read  a",
        "changed         b  1 cannot be read, 1,200 new, since it was added",
        "    cannot be read y",
        "    and 1,200 more",
    ]
    pointed = Pointed(DIGEST, ("data",), 1, 1204, "directory", "", ("here",))
    assert " 1,204 " in data.listed([pointed], columns=None, colour=False)


def test_damages_are_objects_in_json_and_name_their_path_in_text() -> None:
    found = [Verified("store", 1, 1, (Wrong(DIGEST, "objects/01", "is wrong", "data/a"),), (Absent(DIGEST, "b"),))]

    (place,) = json.loads(data_json.answers("places", found))["places"]
    assert place["damages"] == [{"digest": DIGEST, "place": "objects/01", "reason": "is wrong", "path": "data/a"}]
    assert place["missing"] == [{"digest": DIGEST, "path": "b"}]
    assert "damaged b3:0123456789 in objects/01: is wrong (data/a)" in data.verified(found, colour=False)
