"""What queries mean, on plain records."""

from typing import Any

import pytest

from gitprov.index.query import parse

RUN: dict[str, Any] = {
    "kind": "run",
    "schema": 1,
    "id": "9f2c1ab05e1d4c63a0b1d0f0a8b1c2d3",
    "status": "ok",
    "exit": 0,
    "command": ["python", "train.py", "--name", "a b"],
    "at": "2026-11-20T17:30:05.250Z",
    "seconds": 12.5,
    "by": "Ana Lima <ana@example.org>",
    "tags": ["baseline", "paper"],
    "code": {"commit": "ab" * 20, "base": "cd" * 20},
    "input": [{"path": "data/a.csv", "size": 10}, {"path": "data/b.csv", "size": 2000}],
    "params": {"lr": 0.1, "layers": 3, "model": {"kind": "tree", "wide": True}, "note": 'say "hi"', "nothing": None},
    "metrics": {"accuracy": 0.93, "val/acc": 0.9, "val.loss": 0.2, "worst": "Infinity", "bad": "NaN", "n": 2**70},
}

HOLD = [
    'status == "ok"',
    "status == 'ok'",
    "metrics.accuracy > 0.9 and params.lr == 0.1",
    'status == "failed" or exit == 0',
    # `and` binds closer than `or`, `not` closer than `and`
    'status == "ok" or status == "ok" and status == "lost"',
    '(status == "lost" or status == "ok") and exit == 0',
    'not status == "failed" and exit == 0',
    'not (status == "failed" or exit == 1)',
    "NOT exit == 1 AND exit == 0",
    # numbers
    "params.layers >= 3 and params.layers <= 3.0",
    "params.layers == 3.0",
    "0.9 < metrics.accuracy",
    "metrics.accuracy < 1e0",
    "seconds > -1 and seconds > +.5",
    "metrics.n > 1180591620717411303423 and metrics.n < 1180591620717411303425",
    # a metric that is no ordinary number
    "metrics.worst > 1e308",
    'metrics.bad == "NaN"',
    "not metrics.bad < 1 and not metrics.bad >= 1 and metrics.bad != 1",
    # kinds never mix
    "params.model.wide == true",
    "params.model.wide != 1",
    'params.lr != "0.1"',
    # names with other characters, and names that hold dots themselves
    "metrics.'val/acc' == 0.9",
    'metrics."val/acc" == 0.9',
    "metrics.val/acc == 0.9",
    "metrics.val.loss == 0.2",
    "metrics.'val.loss' == 0.2",
    # a backslash stands for itself, but before the quote
    r'params.note == "say \"hi\""',
    "params.note == 'say \"hi\"'",
    r'command ~ "train\.py\s--name"',
    # presence
    "params.lr",
    "not params.gone",
    "params.gone == null",
    "params.nothing == null",
    "null == params.gone",
    "params.lr != null",
    # lists of values
    'tag == "paper"',
    'tag in ["draft", "paper"]',
    'tag not in ["draft"]',
    'tag != "draft"',
    'input.path ~ "b\\.csv$"',
    "input.size > 1000 and input.size < 100",
    'status in ["failed", "ok",]',
    'status not in ["failed", "lost"]',
    "params.layers in [1, 2, 3]",
    # conveniences
    "command ~ \"--name 'a b'\"",
    'commit == "ababab" and base == "cdcd"',
    'id == "9f2c1ab" and id in ["9f2c"]',
    'by ~ "(?i)ANA"',
    # fields with fields
    "params.lr < metrics.accuracy",
    "metrics.accuracy == metrics.accuracy",
    # dates: all of that time
    'at == "2026-11-20"',
    'at <= "2026-11-20" and at >= "2026-11-20"',
    'at > "2026-11-19" and at < "2026-12" and at > "2025"',
    'at == "2026-11-20 17:30" and at < "2026-11-20T17:31"',
    'at == "2026-11-20T18:30:05+01:00"',
    'at in ["2026-11-20", "2026-11-21"]',
    'at ~ "^2026"',
]

FAIL = [
    'status == "failed"',
    "metrics.accuracy > 0.93",
    # what a run does not have compares with nothing
    "params.gone == 1",
    "params.gone != 1",
    "params.gone < 1",
    'params.gone not in ["x"]',
    'params.gone ~ "."',
    "params.nothing",
    # kinds never mix
    "params.lr == true",
    'params.lr == "0.1"',
    'params.lr < "1"',
    "exit == false",
    "metrics == 1",
    # one of several values decides, for every one of them
    'tag != "paper"',
    'tag not in ["paper", "draft"]',
    # three digits are no abbreviation
    'id == "9f2"',
    'commit == "abc"',
    'at > "2026-11-20"',
    'at < "2026"',
    "params.lr > metrics.accuracy",
]


@pytest.mark.parametrize("query", HOLD)
def test_a_query_that_fits(query: str) -> None:
    assert parse(query).matches(RUN)


@pytest.mark.parametrize("query", FAIL)
def test_a_query_that_does_not_fit(query: str) -> None:
    assert not parse(query).matches(RUN)


def test_a_query_says_which_fields_it_names_each_once() -> None:
    query = parse("metrics.'val/acc' > 0.5 and (params.lr == 1 or metrics.val/acc < 0.1)")
    assert [field.name for field in query.fields] == ["metrics.val/acc", "params.lr"]


def test_a_field_of_our_own_time_is_known_where_a_record_has_it() -> None:
    query = parse('flavour == "sweet"', lambda: {"flavour"})
    assert query.matches({**RUN, "flavour": "sweet"})
    assert not query.matches(RUN)
