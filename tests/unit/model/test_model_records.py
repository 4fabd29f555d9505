"""Records as they are read back and as they come from outside."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from gitprov.errors import InvalidRecord
from gitprov.model.records import Comment, Decision, Run, Unread, dump, judge, parse

RUN: dict[str, Any] = {
    "kind": "run",
    "schema": 1,
    "id": "9f2c1ab0" * 4,
    "status": "ok",
    "at": "2026-11-20T17:30:00Z",
    "by": "Ana Lima <ana@example.org>",
}


def run(**fields: object) -> Run:
    """Return the record that a run with these further fields is."""
    record = judge({**RUN, **fields})
    assert isinstance(record, Run)
    return record


def refusal(**fields: object) -> str:
    """Return why a run with these further fields is refused."""
    with pytest.raises(InvalidRecord) as caught:
        judge({**RUN, **fields})
    return caught.value.message


def test_a_record_knows_its_moment() -> None:
    assert run(at="2026-11-20T17:30:00.250Z").moment == datetime(2026, 11, 20, 17, 30, 0, 250_000, tzinfo=UTC)


def test_a_record_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(run(), "status", "failed")  # noqa: B010 - the plain assignment is refused by the type checker already


def test_kind_and_schema_need_not_be_said_in_code() -> None:
    record = Decision(id="1" * 32, at="2026-11-20T17:30:00Z", by="Ana", text="Yes.")
    assert dump(record) == {
        "kind": "decision",
        "schema": 1,
        "id": "1" * 32,
        "at": "2026-11-20T17:30:00Z",
        "by": "Ana",
        "text": "Yes.",
    }


def test_what_is_empty_is_left_out_but_never_what_people_put_in_params() -> None:
    kept: dict[str, Any] = {"a": "", "b": [], "c": {}, "d": None, "e": 0, "f": False}
    record = run(
        tags=[], message="", metrics={}, code={}, exit=0, seconds=0.0, params=kept, capture={"complete": False}
    )
    assert dump(record) == {**RUN, "exit": 0, "seconds": 0.0, "params": kept, "capture": {"complete": False}}


def test_null_means_that_a_field_is_absent() -> None:
    record = run(exit=None, seconds=None, code={"commit": None})
    assert record.exit is None
    assert dump(record) == RUN


def test_fields_that_are_not_known_are_kept_at_every_level() -> None:
    fields = {
        **RUN,
        "cluster": {"job": 7, "empty": []},
        "code": {"branch": "main"},
        "input": [{"path": "a", "etag": ""}],
        "schema_": 4,
        "plain": "x",
        "model_config": {},
    }
    record = judge(fields)
    assert isinstance(record, Run)
    assert dump(record) == fields
    assert record.schema_ == 1


def test_numbers_keep_their_type_and_all_their_digits() -> None:
    fields = {**RUN, "params": {"i": 1, "f": 1.0, "b": True, "big": 10**900}, "metrics": {"i": 2, "f": 2.0, "n": "NaN"}}
    record = parse(json.dumps(fields).encode())
    assert isinstance(record, Run)
    assert repr(dump(record)["params"]) == repr(fields["params"])
    assert repr(dump(record)["metrics"]) == repr(fields["metrics"])


@pytest.mark.parametrize("value", [True, None, "0.9", "nan", [1], float("inf")])
def test_what_is_no_number_is_no_metric(value: object) -> None:
    assert refusal(metrics={"m": value}).startswith("run 9f2c1ab: metrics.m ")


def test_a_record_made_in_code_is_judged_too() -> None:
    with pytest.raises(ValidationError, match=r"metrics\.m\n  is not a number"):
        Run(id="1" * 32, at="2026-11-20T17:30:00Z", by="Ana", status="ok", metrics={"m": float("inf")})


def test_a_signal_has_a_number_or_a_name() -> None:
    assert run(signal=9).signal == 9
    assert run(signal="SIGKILL").signal == "SIGKILL"
    assert refusal(signal=True) == "run 9f2c1ab: signal is neither a signal's number nor its name: True"


def test_the_path_of_an_artifact_leaves_the_repository_only_where_it_is_marked() -> None:
    assert run(input=[{"path": "/data/x", "absolute": True}]).input[0].absolute
    assert refusal(input=[{"path": "/data/x"}]) == "run 9f2c1ab: input[0] path is absolute: /data/x"
    assert refusal(input=[{"path": "/data/x", "absolute": False}]).endswith("path is absolute: /data/x")
    assert refusal(input=[{"path": "x", "absolute": True}]).endswith("path is marked absolute and is not: x")


def test_a_refusal_shows_the_offending_text_escaped_on_one_line_and_cut() -> None:
    message = refusal(status="gr\ne\tat" * 100)
    assert message.startswith(r"run 9f2c1ab: status is not 'ok', 'failed', 'killed' or 'lost': gr\ne\tat")
    assert message.endswith("…")
    assert len(message) < 150
    assert refusal(code={"k" * 500: "\x1b"}).count("k") < 70


def test_a_refusal_of_a_record_without_a_sane_id_shows_none() -> None:
    assert refusal(id="\n\n") == r"run: id is not a record id (32 hex digits): \n\n"


def test_a_person_comments_on_something() -> None:
    fields = {**RUN, "kind": "comment", "text": "Nice."}
    del fields["status"]
    with pytest.raises(InvalidRecord, match=r"comment 9f2c1ab: the record names none of run, commit, digest, record"):
        judge(fields)
    assert isinstance(judge({**fields, "commit": "a" * 40}), Comment)


def test_a_record_that_is_not_read_keeps_only_what_has_its_known_form() -> None:
    assert judge({"kind": "run", "schema": 2, "id": 7, "at": "soon"}) == Unread("", "run", 2, "")
    assert judge({**RUN, "kind": "new-kind", "x": "\x1b"}) == Unread(RUN["id"], "new-kind", 1, RUN["at"])
