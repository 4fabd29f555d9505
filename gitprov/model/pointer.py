"""What people and programs say about bytes: a statement is one JSON document about one digest.

Statements only add. What is known of a digest is their union: see `model.known`. Like records they come from other
people's clones, and this is where they are judged.
"""

from typing import Annotated, Any, Final, Literal

from annotated_types import MaxLen
from pydantic import AfterValidator, Field, Strict, ValidationError

from gitprov.errors import InvalidRecord
from gitprov.model.base import Part
from gitprov.model.fields import Count, Line, RepoPath, Stamp, Text, refused
from gitprov.model.ids import is_content_digest, is_location_id
from gitprov.model.refusal import explain
from gitprov.model.urls import unsafe_url
from gitprov.model.wire import check, decode, is_kind

SCHEMA: Final = 1
"""The newest schema of statements that is understood here."""
STATEMENT_LIMIT: Final = 64 << 10
"""The most bytes a statement may have."""
LOCATIONS_LIMIT: Final = 100
"""The most places one statement may name."""
GONE_LIMIT: Final = 1000
"""The most places one statement may take back."""


def _content_digest(text: str) -> str:
    if not is_content_digest(text):
        raise refused("is not the digest of bytes (b3: and 64 hex digits)")
    return text


def _kind(text: str) -> str:
    if not is_kind(text):
        raise refused("is not a lower-case word")
    return text


def _url(text: str) -> str:
    if reason := unsafe_url(text):
        raise refused(reason, shown="")  # never show what may be a password
    return text


def _location_id(text: str) -> str:
    if not is_location_id(text):
        raise refused("is not a location's id (a statement's id, a colon, a number)")
    return text


class Location(Part):
    """Where a copy of the bytes is, or was. Its id is the statement's and its number there: `<id>:0`."""

    kind: Annotated[str, Strict(), AfterValidator(_kind)]
    """What it is: `remote`, `url`, `s3`, `lfs`, `dvc`, `annex`; others are kept and passed on."""
    remote: Line | None = None
    """The name of a data remote, as the repository's settings have it."""
    url: Annotated[str, Strict(), AfterValidator(_url)] | None = None
    """An address without credentials."""
    etag: Line | None = None
    """The entity tag that the address had, quotes and all."""
    version: Line | None = None
    """The version id of an object in a bucket."""
    oid: Line | None = None
    """Git LFS: SHA-256 of the bytes, 64 hex digits."""
    md5: Line | None = None
    """DVC: the MD5, with `.dir` behind it for a directory."""
    key: Line | None = None
    """git-annex: the key."""
    size: Count | None = None
    """Bytes there, where the place says so."""
    at: Stamp | None = None
    """When the copy was last seen there, if not at the time of the statement."""


class Statement(Part):
    """What somebody says about the bytes with one digest."""

    schema_: Literal[1] = Field(alias="schema")
    """The version of the schema, 1."""
    digest: Annotated[str, Strict(), AfterValidator(_content_digest)]
    """The bytes it is about; for a directory, its listing."""
    at: Stamp
    """When it was said."""
    by: Line
    """Who said it: `Name <address>`."""
    kind: Literal["file", "directory"] | None = None
    """What the digest is of."""
    size: Count | None = None
    """Bytes; of a directory, of all files in it."""
    files: Count | None = None
    """How many files a directory has."""
    media_type: Line | None = None
    """The media type of a file: `text/csv`."""
    path: RepoPath | None = None
    """Where in the repository it was added."""
    profile: Annotated[str, Strict(), AfterValidator(_content_digest)] | None = None
    """The digest of a table's profile, an attachment."""
    licence: Line | None = None
    """Under which licence, best as an SPDX expression."""
    owner: Line | None = None
    """Whose data they are."""
    note: Text | None = None
    """What people should know about them."""
    location: Annotated[tuple[Location, ...], MaxLen(LOCATIONS_LIMIT)] = ()
    """Places where the bytes are."""
    gone: Annotated[tuple[Annotated[str, Strict(), AfterValidator(_location_id)], ...], MaxLen(GONE_LIMIT)] = ()
    """Ids of locations where they are no longer."""


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
    try:
        return Statement.model_validate(fields)
    except ValidationError as error:
        raise InvalidRecord(explain(error)) from None
