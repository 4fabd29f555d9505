"""A record as a commit's message, and back: the summary is for people, the line of JSON is the record."""

import json
from typing import Any

import pytest

from gitprov.errors import InvalidRecord
from gitprov.model.limits import LINE_LIMIT
from gitprov.records import codec
from support.records import record_id, run_record

HEADER = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n"
SIGNED = HEADER + b"gpgsig -----BEGIN SSH SIGNATURE-----\n \n U1NI\n -----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize("header", [HEADER, SIGNED])
def test_what_is_written_is_the_line_that_is_read(header: bytes) -> None:
    record = run_record(1, message="Ümlaut\nand a second line\n\nand more", command=["a", "new\\nline"])

    line = codec.json_line(header + b"\n" + codec.message(record))

    assert json.loads(line) == record
    assert line == json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({}, "run {id} ok: python train.py"),
        ({"status": "failed", "command": ["sh", "-c", "a b", "it's"]}, "run {id} failed: sh -c 'a b' 'it'\\''s'"),
        ({"command": ["a\nb\x1b[31m"]}, "run {id} ok: 'a\\nb\\x1b[31m'"),
        ({"kind": "decision", "title": "use lr 0.1"}, "decision {id}: use lr 0.1"),
        ({"kind": "link"}, "link {id}"),
        ({"kind": "review", "verdict": "accepted"}, "review {id}: accepted"),
        ({"kind": "review", "verdict": "rejected", "text": "It leaks."}, "review {id}: It leaks."),
    ],
)
def test_the_summary_is_one_harmless_line(fields: dict[str, Any], summary: str) -> None:
    said = codec.message(run_record(1, **fields)).decode().split("\n")

    assert said[0] == summary.format(id=record_id(1)[:7])
    assert said[1] == ""
    assert len(said) == 4


def test_a_long_summary_is_cut() -> None:
    assert len(codec.summary(run_record(1, command=["x" * 500]))) == 72


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"summary only\n",
        b"summary\n\n",
        b"summary\n\n\n",
        b'summary\n{"no": "empty line"}\n',
        b'summary\n\n{"two":\n"lines"}\n',
        b'summary\n\n{"a":1}\n\nSigned-off-by: somebody\n',
    ],
)
def test_a_message_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRecord, match="summary line"):
        codec.json_line(HEADER + b"\n" + body)


def test_a_commit_that_gathers_logs_holds_no_record() -> None:
    assert codec.json_line(HEADER + b"\ngather 3 idle logs\n") == b""


def test_a_record_over_the_limit_is_not_written_and_the_next_step_is_named() -> None:
    with pytest.raises(InvalidRecord, match="bytes, more than") as refused:
        codec.message(run_record(1, message="x" * LINE_LIMIT))

    assert "-o" in refused.value.hint


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\udce9", object()])
def test_what_json_cannot_say_is_refused_by_name(value: object) -> None:
    with pytest.raises(InvalidRecord, match=record_id(1)[:7]):
        codec.message(run_record(1, message=value))
