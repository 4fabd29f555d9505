"""A query that cannot be read is answered with the place, the reason and what was probably meant."""

import pytest

from gitprov.errors import ExitStatus, UsageError
from gitprov.index.query import parse

UNREADABLE = [
    # query, what stands above the mark, a word of the reason, a word of the hint
    ("", "", "a field is missing before the end", "for example"),
    ("   ", "", "a field is missing before the end", "for example"),
    ("status ==", "", "a value is missing before the end", "for example"),
    ('status = "ok"', '= "ok"', "'=' means nothing here", "'==' compares"),
    ('status == "ok" && exit == 0', "&& exit == 0", "'&'", "joined with 'and'"),
    ('status == "ok', '"ok', "means nothing here", "the quote is not closed"),
    ("status == ok", "ok", "no field ok", 'text stands in quotes: "ok"'),
    ("status in [ok]", "ok]", "no field ok", 'text stands in quotes: "ok"'),
    ("id == 9f2c1ab", "9f2c1ab", "a number runs into other letters", "text stands in quotes"),
    ("metrics. > 1", ". > 1", "'.' means nothing", "a name is missing"),
    ("(exit == 0", "", "')' is missing before the end", "for example"),
    ("exit == 0)", ")", "'and' or 'or' is missing before )", "for example"),
    ("exit == 0 exit == 1", "exit == 1", "'and' or 'or' is missing before exit", "for example"),
    ("exit < 1 < 2", "< 2", "'and' or 'or' is missing before <", "for example"),
    ("1 == 2", "== 2", "one side must be a field", "for example"),
    ("exit > null", "> null", "null is only equal or not", "for example"),
    ("status ~ 5", "5", "a regular expression, in quotes", "for example"),
    ("status ~ '('", "'('", "not a regular expression", "for example"),
    ("'ok' ~ 'o'", "'ok' ~ 'o'", "a field stands here", "for example"),
    ("5", "5", "a field stands here", "for example"),
    ("status in 'ok'", "'ok'", "'[' is missing", "for example"),
    ("status in ['ok' 'no']", "'no']", "']' is missing", "for example"),
    ("status in [null]", "null]", "a list holds values", "for example"),
    ("status not == 1", "== 1", "'in' is missing before ==", "for example"),
    ("statsu == 'ok'", "statsu == 'ok'", "no field statsu", "did you mean status?"),
    ("accuracy > 0.9", "accuracy > 0.9", "no field accuracy", "did you mean metrics.accuracy?"),
    ("code.comit == 'abcd'", "code.comit == 'abcd'", "no field code.comit", "did you mean code.commit?"),
    ("at > 'yesterday'", "'yesterday'", "not a date", "2026-11-01"),
    ("at == '2026-13-01'", "'2026-13-01'", "not a date", "2026-11-01"),
    ("at == '2026-02-30'", "'2026-02-30'", "not a date", "2026-11-01"),
    ("not", "", "a field is missing", "for example"),
]


@pytest.mark.parametrize(("query", "pointed_at", "reason", "hint"), UNREADABLE)
def test_an_unreadable_query_is_pointed_at(query: str, pointed_at: str, reason: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(query, lambda: {"metrics.accuracy"})

    said, shown, mark = caught.value.message.split("\n")
    assert reason in said
    assert shown == "  " + query
    assert mark == " " * (2 + len(query) - len(pointed_at)) + "^"
    assert hint in caught.value.hint
    assert caught.value.status == ExitStatus.USAGE


def test_control_characters_of_a_query_do_not_reach_the_terminal() -> None:
    with pytest.raises(UsageError) as caught:
        parse("status == \x1b[31m")
    assert "\x1b" not in caught.value.message + caught.value.hint


def test_a_query_nested_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="levels deep"):
        parse("(" * 5000 + "exit == 0" + ")" * 5000)
    with pytest.raises(UsageError, match="levels deep"):
        parse("not " * 5000 + "exit == 0")


def test_warnings_about_a_regular_expression_are_kept_from_the_person() -> None:
    assert parse("status ~ '[[a-z]o'").matches({"status": "ok"}) is False
