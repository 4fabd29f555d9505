"""What people and programs say about bytes: a statement is one JSON document about one digest.

Statements only add. What is known of a digest is their union: see `model.known`. Like records they come from other
people's clones, and this is where they are judged: field by field and by hand, since the quickest verbs on data read
them, and a model of pydantic takes longer to import than a hundred thousand files to look at.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from gitprov.errors import InvalidRecord
from gitprov.model.ids import is_content_digest, is_location_id
from gitprov.model.refusal import shown
from gitprov.model.stamp import is_stamp
from gitprov.model.text import unsafe_path
from gitprov.model.urls import unsafe_url
from gitprov.model.wire import Trail, check, decode, is_kind, place

SCHEMA: Final = 1
"""The newest schema of statements that is understood here."""
STATEMENT_LIMIT: Final = 64 << 10
"""The most bytes a statement may have."""
LOCATIONS_LIMIT: Final = 100
"""The most places one statement may name."""
GONE_LIMIT: Final = 1000
"""The most places one statement may take back."""


class Location(NamedTuple):
    """Where a copy of the bytes is, or was. Its id is the statement's and its number there: `<id>:0`."""

    kind: str
    """What it is: `remote`, `url`, `s3`, `lfs`, `dvc`, `annex`; others are kept and passed on."""
    remote: str | None = None
    """The name of a data remote, as the repository's settings have it."""
    url: str | None = None
    """An address without credentials."""
    etag: str | None = None
    """The entity tag that the address had, quotes and all."""
    version: str | None = None
    """The version id of an object in a bucket."""
    oid: str | None = None
    """Git LFS: SHA-256 of the bytes, 64 hex digits."""
    md5: str | None = None
    """DVC: the MD5, with `.dir` behind it for a directory."""
    key: str | None = None
    """git-annex: the key."""
    size: int | None = None
    """Bytes there, where the place says so."""
    at: str | None = None
    """When the copy was last seen there, if not at the time of the statement."""
    others: Mapping[str, Any] = {}
    """Fields that are not known here: kept, not judged."""

    def plain(self) -> dict[str, Any]:
        """Return the fields that were given, under the names of the format; what is empty is left out."""
        return _plain(self)


class Statement(NamedTuple):
    """What somebody says about the bytes with one digest."""

    digest: str
    """The bytes it is about; for a directory, its listing."""
    at: str
    """When it was said."""
    by: str
    """Who said it: `Name <address>`."""
    kind: str | None = None
    """What the digest is of: `file` or `directory`."""
    size: int | None = None
    """Bytes; of a directory, of all files in it."""
    files: int | None = None
    """How many files a directory has."""
    media_type: str | None = None
    """The media type of a file: `text/csv`."""
    path: str | None = None
    """Where in the repository it was added."""
    profile: str | None = None
    """The digest of a table's profile, an attachment."""
    licence: str | None = None
    """Under which licence, best as an SPDX expression."""
    owner: str | None = None
    """Whose data they are."""
    note: str | None = None
    """What people should know about them."""
    location: tuple[Location, ...] = ()
    """Places where the bytes are."""
    gone: tuple[str, ...] = ()
    """Ids of locations where they are no longer."""
    others: Mapping[str, Any] = {}
    """Fields that are not known here: kept, not judged."""

    def plain(self) -> dict[str, Any]:
        """Return the document: the fields that were given; what is empty is left out."""
        lists = {"location": [one.plain() for one in self.location], "gone": list(self.gone)}
        return {"schema": SCHEMA, **_plain(self), **{name: value for name, value in lists.items() if value}}


def parse(data: bytes) -> Statement | None:
    """Return the statement that a document holds, `None` where its schema is newer.

    Raises `InvalidRecord`, naming field and reason, where it breaks a rule.
    """
    if len(data) > STATEMENT_LIMIT:
        raise InvalidRecord(f"statement is {len(data)} bytes long, the limit is {STATEMENT_LIMIT}")
    return judge(decode(data.removesuffix(b"\n")))


def judge(fields: dict[str, Any]) -> Statement | None:
    """Return the statement that plain data is; as for `parse`."""
    schema = fields.get("schema")
    if type(schema) is not int or schema < 1:
        raise InvalidRecord("schema is not an integer from 1 on")
    check(fields, text_too=schema == SCHEMA)
    if schema != SCHEMA:
        return None
    given = {name: value for name, value in fields.items() if name != "schema"}
    judged = _judged(given, (), _OF_STATEMENT, required=("digest", "at", "by"))
    places = _list(given, "location", LOCATIONS_LIMIT)
    location = tuple(_location(number, one) for number, one in enumerate(places))
    gone = _list(given, "gone", GONE_LIMIT)
    for number, one in enumerate(gone):
        _refuse(("gone", number), one, _location_id(one))
    return Statement(**judged, location=location, gone=tuple(gone), others=_others(given, Statement))


def _location(number: int, given: object) -> Location:
    trail = ("location", number)
    if not isinstance(given, dict):
        raise InvalidRecord(f"{place(trail)} is not a table{shown(given)}")
    judged = _judged(given, trail, _OF_LOCATION, required=("kind",))
    return Location(**judged, others=_others(given, Location))


def _judged(
    given: Mapping[str, Any], above: Trail, rules: Mapping[str, "_Rule"], *, required: tuple[str, ...]
) -> dict[str, Any]:
    """Return the fields that have rules and keep them. Raises `InvalidRecord` for the first that does not."""
    found = {}
    for name, rule in rules.items():
        value = given.get(name)
        if value is None and name not in required:
            continue
        if name not in given:
            raise InvalidRecord(f"{place((*above, name))} is missing")
        _refuse((*above, name), value, rule(value))
        found[name] = value
    return found


def _refuse(trail: Trail, value: object, reason: str) -> None:
    if reason:
        said = "" if trail[-1] == "url" and isinstance(value, str) else shown(value)  # never what may be a password
        raise InvalidRecord(f"{place(trail)} {reason}{said}")


def _list(given: Mapping[str, Any], name: str, limit: int) -> list[Any]:
    value = given.get(name, [])
    if not isinstance(value, list):
        raise InvalidRecord(f"{name} is not a list{shown(value)}")
    if len(value) > limit:
        raise InvalidRecord(f"{name} has too many entries")
    return value


def _others(given: Mapping[str, Any], known: type[Location | Statement]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in known._fields or name == "others"}


def _plain(part: Location | Statement) -> dict[str, Any]:
    """The fields of their own that are not empty, and those that are not known here."""
    known = {name: value for name, value in part._asdict().items() if isinstance(value, str | int) and value != ""}
    return {**known, **part.others}


# What follows says why a value is refused, in words that come behind the field's name; "" where it is not.

_Rule = Callable[[object], str]


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "is not text"


def _of_text(is_good: Callable[[str], bool], otherwise: str) -> _Rule:
    return lambda value: _text(value) or ("" if is_good(value) else otherwise)  # type: ignore[arg-type] # it is text


def _where(reason_against: Callable[[str], str]) -> _Rule:
    return lambda value: _text(value) or reason_against(value)  # type: ignore[arg-type] # it is text


def _count(value: object) -> str:
    if type(value) is not int:  # true and false are none
        return "is not an integer"
    return "is less than nothing" if value < 0 else ""


def _what(value: object) -> str:
    return "" if value in ("file", "directory") else "is not 'file' or 'directory'"


_line: Final = _of_text(lambda text: text != "" and "\n" not in text, "is not one line of text")
_stamp: Final = _of_text(is_stamp, "is not a UTC time like 2026-11-20T17:30:00Z")
_digest: Final = _of_text(is_content_digest, "is not the digest of bytes (b3: and 64 hex digits)")
_location_id: Final = _of_text(is_location_id, "is not a location's id (a statement's id, a colon, a number)")
_OF_LOCATION: Final[Mapping[str, _Rule]] = {
    "kind": _of_text(is_kind, "is not a lower-case word"),
    "remote": _line,
    "url": _where(unsafe_url),
    **dict.fromkeys(("etag", "version", "oid", "md5", "key"), _line),
    "size": _count,
    "at": _stamp,
}
_OF_STATEMENT: Final[Mapping[str, _Rule]] = {
    "digest": _digest,
    "at": _stamp,
    "by": _line,
    "kind": _what,
    "size": _count,
    "files": _count,
    "media_type": _line,
    "path": _where(unsafe_path),
    "profile": _digest,
    "licence": _line,
    "owner": _line,
    "note": _text,
}
