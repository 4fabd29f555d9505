"""A record as bytes: the message of its commit. A summary line for people, an empty line, one line of JSON."""

import json
from collections.abc import Mapping
from typing import Any

from gitprov.errors import InvalidRecord
from gitprov.model.ids import ABBREV
from gitprov.model.limits import LINE_LIMIT
from gitprov.model.text import single_line
from gitprov.model.words import command_line

_SUMMARY_WIDTH = 72
_TEXT_FIELDS = ("text", "message", "because", "title", "question", "answer", "verdict")

GATHERED = b"gather "
"""How the message begins of a commit that gathers idle logs as its parents: it holds no record."""


def summary(record: Mapping[str, Any]) -> str:
    """The line people see in `git log refs/prov/log/...`: `run 9f2c1ab ok: python train.py --lr 0.1`."""
    head = f"{record['kind']} {record['id'][:ABBREV]}"
    if record["kind"] == "run":
        said = f"{head} {record['status']}: {command_line(record)}"
    else:
        words = next((record[field] for field in _TEXT_FIELDS if isinstance(record.get(field), str)), "")
        said = f"{head}: {words}" if words else head
    return single_line(said, _SUMMARY_WIDTH)


def size(fields: object) -> int:
    """How many bytes of its line a record, or a part of one, takes."""
    return len(_json(fields))


def _json(fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def message(record: Mapping[str, Any]) -> bytes:
    """The bytes of a record's commit message. Raises `InvalidRecord` for what JSON cannot say, or over the limit."""
    try:
        line = _json(record)
    except (ValueError, TypeError) as error:
        raise InvalidRecord(f"record {record['id'][:ABBREV]} cannot be written: {error}") from None
    if len(line) > LINE_LIMIT:
        raise InvalidRecord(
            f"record {record['id'][:ABBREV]} has {len(line)} bytes, more than {LINE_LIMIT}",
            hint="keep large values in files and record them with -o",
        )
    return summary(record).encode() + b"\n\n" + line + b"\n"


def json_line(commit: bytes) -> bytes:
    """The record's own bytes in a raw commit object: the line of JSON, as it stands.

    Empty for a commit that only gathers logs. Raises `InvalidRecord` when the message has another shape.
    """
    body = commit.partition(b"\n\n")[2]
    if body.startswith(GATHERED):
        return b""
    _, empty, line = body.partition(b"\n\n")
    line = line.removesuffix(b"\n")
    if not empty or not line or b"\n" in line:
        raise InvalidRecord("the commit's message is not a summary line, an empty line and one line of JSON")
    return line
