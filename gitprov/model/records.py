"""Every kind of record, from its line of JSON and back. This is where what comes from outside is judged."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError

from gitprov.errors import InvalidRecord
from gitprov.model.base import Record
from gitprov.model.ids import ABBREV, is_id
from gitprov.model.people import Answer, Comment, Decision, Question, Retraction, Review
from gitprov.model.refusal import explain, shown
from gitprov.model.relations import Link, Replication
from gitprov.model.run import Run
from gitprov.model.stamp import is_stamp
from gitprov.model.unread import Unread
from gitprov.model.vouching import Signature
from gitprov.model.wire import check, decode, is_kind

__all__ = [
    "KINDS",
    "SCHEMA",
    "Answer",
    "Comment",
    "Decision",
    "Link",
    "Question",
    "Record",
    "Replication",
    "Retraction",
    "Review",
    "Run",
    "Signature",
    "Unread",
    "dump",
    "judge",
    "parse",
]

SCHEMA: Final = 1
"""The newest schema version that is understood here."""

KINDS: Final[dict[str, type[Record]]] = {
    "run": Run,
    "replication": Replication,
    "link": Link,
    "decision": Decision,
    "question": Question,
    "answer": Answer,
    "comment": Comment,
    "review": Review,
    "retraction": Retraction,
    "signature": Signature,
}
"""The class of each kind."""


def parse(line: bytes) -> Record | Unread:
    """Return the record that a line of JSON holds; InvalidRecord, naming field and reason, when it breaks a rule."""
    return judge(decode(line))


def judge(fields: dict[str, Any]) -> Record | Unread:
    """Return the record that plain data with the format's field names is; InvalidRecord as for `parse`."""
    kind, schema = _envelope(fields)
    model = KINDS.get(kind) if schema == SCHEMA else None
    _check(fields, text_too=model is not None)
    if model is None:
        return Unread(id=_sane(fields.get("id"), is_id), kind=kind, schema=schema, at=_sane(fields.get("at"), is_stamp))
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise InvalidRecord(f"{_name(fields)}: {explain(error)}") from None


def dump(record: Record) -> dict[str, Any]:
    """Return the record as plain data with the format's field names; what is empty is left out."""
    return record.plain()


def _envelope(fields: dict[str, Any]) -> tuple[str, int]:
    """Return kind and schema, the two fields that have one meaning in every version."""
    kind, schema = fields.get("kind"), fields.get("schema")
    if not isinstance(kind, str) or not is_kind(kind):
        raise InvalidRecord(f"record has no kind, or none that is a plain word{shown(kind)}")
    if type(schema) is not int or schema < 1:
        raise InvalidRecord(f"{kind}: schema is not an integer from 1 on{shown(schema)}")
    return kind, schema


def _check(fields: dict[str, Any], *, text_too: bool) -> None:
    """Hold the rules of the wire, naming the record where one is broken."""
    try:
        check(fields, text_too=text_too)
    except InvalidRecord as error:
        raise InvalidRecord(f"{_name(fields)}: {error.message}") from None


def _name(fields: dict[str, Any]) -> str:
    """Return how messages name a record whose kind is known to be a plain word: `run 9f2c1ab`."""
    return f"{fields['kind']} {_sane(fields.get('id'), is_id)[:ABBREV]}".rstrip()


def _sane(value: object, is_one: Callable[[str], bool]) -> str:
    return value if isinstance(value, str) and is_one(value) else ""
