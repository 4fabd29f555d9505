"""How reviews are shown."""

from datetime import UTC, datetime
from typing import Any

from gitprov.views.reviews import recorded, remarks, review

NOW = datetime(2026, 1, 4, tzinfo=UTC)
REVIEW: dict[str, Any] = {
    "kind": "review",
    "id": "9" * 32,
    "at": "2026-01-01T00:00:00Z",
    "by": "Bo Ek <bo@example.org>",
    "run": "5" * 32,
    "verdict": "accepted",
}


def test_a_review_is_a_line_and_its_words_are_below_it() -> None:
    assert review({**REVIEW, "text": "Read it.\n\nRan it.", "owner": True}, NOW) == [
        "accepted: 3 days ago, by Bo Ek <bo@example.org>, an owner (9999999)",
        "  Read it.",
        "  Ran it.",
    ]
    assert review({**REVIEW, "self": True}, NOW) == [
        "accepted: 3 days ago, by Bo Ek <bo@example.org>, who made the run (9999999)"
    ]


def test_many_words_are_cut_and_say_where_all_of_them_are() -> None:
    lines = review({**REVIEW, "text": "\n".join(map(str, range(20)))}, NOW)
    assert len(lines) == 8
    assert lines[-1] == "  ...: git prov show 9999999"


def test_words_cannot_make_a_terminal_lie() -> None:
    assert "\x1b" not in "".join(review({**REVIEW, "text": "\x1b[2J", "by": "\x1b[31mred"}, NOW))


def test_what_was_recorded_is_a_line_each() -> None:
    assert recorded([REVIEW, {**REVIEW, "verdict": "rejected", "run": "6" * 32}]) == (
        "accepted run 5555555 (review 9999999)\nrejected run 6666666 (review 9999999)\n"
    )


def test_below_the_text_stands_each_run_with_what_it_is_judged_by() -> None:
    run = {"id": "5" * 32, "status": "ok", "command": ["python", "a b.py"], "by": "Ana <a@b>", "at": REVIEW["at"]}
    run |= {"metrics": {"acc": 0.93}}
    assert remarks("rejected", [(run, ("acc >= 0.9",))]) == (
        "Say why you reject this.\n"
        "Lines like these are left out, and an empty text records nothing.\n"
        "\n"
        "run 5555555 ok: python 'a b.py'\n"
        "    by Ana <a@b>, 2026-01-01 00:00:00Z\n"
        "    acc=0.93\n"
        "    judged by: acc >= 0.9\n"
    )
    assert remarks("accepted", [(run, ())] * 25).endswith("\nand 5 more\n")
